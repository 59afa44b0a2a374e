"""The exam for pages: taken in a process of its own, so that the dashboard stays quick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from itnt_core.apart import ApartError, Limits, Notify, Refused, run_apart

from .cases import DOWNTILT_DEG
from .panels import CalibrationError, Panel, panel_of, sit

LIMITS = Limits(seconds=120.0, memory_mb=3000, written_mb=1)


def sit_apart(
    case: str, seed: int = 1, downtilt_deg: float = DOWNTILT_DEG, limits: Limits = LIMITS
) -> Iterator[float | Panel]:
    """Yield which share of a case is done, again and again, and last its panels, as :func:`sit` does.

    Taken in a confined process; CalibrationError says why it gave none.
    """
    question = {"case": case, "seed": seed, "downtilt_deg": downtilt_deg}
    try:
        for event in run_apart("calibration", question, limits):
            if "answer" not in event:
                yield float(event["done"])
                continue
            for metric, samples, ours in event["answer"]:
                yield panel_of(case, metric, seed, samples, np.array(ours, dtype=np.float64))
    except (ApartError, Refused) as error:
        reason = error.reason if isinstance(error, ApartError) else str(error)
        raise CalibrationError(f"The exam gave no answer ({reason}): run it by the command calibrate.") from error


def calibration_task(question: dict[str, Any], scratch: Path, notify: Notify) -> list[list[Any]]:
    """Take the exam in one case; return name, number of samples and percentiles of each metric."""
    del scratch
    answer = []
    for found in sit(str(question["case"]), int(question["seed"]), float(question["downtilt_deg"])):
        if isinstance(found, Panel):
            answer.append([found.metric, found.samples, found.ours.tolist()])
        else:
            notify({"done": found})
    return answer
