"""What a command may be given in place of a file of its own: result folders, ids of runs, scenario files."""

from __future__ import annotations

from pathlib import Path

from itnt_core.errors import ItntError
from itnt_core.report import Source
from itnt_core.results import has_result
from itnt_core.runs import RunStore, UnknownRunError

SCENARIO_SUFFIXES = (".yaml", ".yml", ".json")


def result_source(text: str, refusal: type[ItntError]) -> Source:
    """Return the result folder that a path or a run id names (``refusal`` where it names none)."""
    folder = Path(text)
    if has_result(folder):
        return Source(folder, folder.resolve().name, text)
    try:
        store = RunStore()
        run = store.get(text)
    except UnknownRunError as error:
        raise refusal(f"'{text}' is neither a result folder nor the id of a run: 'runs list' shows the ids.") from error
    return Source(store.folder(run.id), run.title, run.id)
