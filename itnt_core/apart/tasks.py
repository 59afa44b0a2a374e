"""What a reading process may be asked to do: names, never code, travel to it.

Each task is ``function(question, scratch, say)``: ``question`` is plain data, ``scratch`` the only folder it may write
into (an upload lies there as ``input``), ``notify`` sends progress; it returns plain data for JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from .spoken import Notify

Task = Callable[[dict[str, Any], Path, Notify], Any]

TASKS: dict[str, str] = {
    "result": "itnt_core.results.reading_task:result_task",
    "city": "itnt_core.city.files.import_task:import_task",
    "city folder": "itnt_core.city.files.import_task:folder_task",
    "export": "itnt_core.exports.export_process:export_task",
    "calibration": "itnt_core.calibration.sitting_apart:calibration_task",
    "promise": "itnt_core.promise.drawing_apart:promise_task",
    "elements": "itnt_core.sky.element_process:elements_task",
    "plain data": "itnt_core.scenario.reading:plain_data_task",
    "traces": "itnt_core.traces.process:traces_task",
    "traffic": "itnt_core.twin.traffic.process:traffic_task",
}


def find_task(name: str) -> Task:
    """Return the function of a task (KeyError for any other name)."""
    module, _, function = TASKS[name].partition(":")
    found: Task = getattr(import_module(module), function)
    return found
