"""Promises for pages: drawn in a process of their own, so that the dashboard stays quick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from itnt_core.apart import ApartError, Limits, Notify, Refused, run_apart
from itnt_core.city import library_folder
from itnt_core.extensions import CHANNEL_MODELS, METHODS, code_places
from itnt_core.network import Uncertainty
from itnt_core.results import read_drawable

from .drawing import PromiseError, draw_promise
from .kept import Promise

LIMITS = Limits(seconds=900.0, memory_mb=6000, written_mb=10)


def promise_apart(
    folder: Path, worlds: int, errors: Uncertainty, cache_dir: Path, limits: Limits = LIMITS
) -> Iterator[float | Promise]:
    """Yield which share of the worlds is judged, again and again, and last the promise of the result in a folder.

    Drawn by :func:`~itnt_core.promise.draw_promise` in a confined process; PromiseError says why it gave none.
    """
    question = {
        "folder": str(folder.resolve()),
        "cache": str(cache_dir.absolute()),
        "worlds": worlds,
        "errors": [errors.position_error_m, errors.timing_error_s],
    }
    cities = (cache_dir.resolve(), library_folder(cache_dir).resolve())
    reads = [folder.resolve(), *cities, *code_places(METHODS), *code_places(CHANNEL_MODELS)]
    try:
        for event in run_apart("promise", question, limits, reads=reads):
            yield Promise.model_validate_json(event["answer"]) if "answer" in event else float(event["done"])
    except Refused as error:
        raise PromiseError(str(error)) from error
    except ApartError as error:
        raise PromiseError(
            f"No promise was drawn ({error.reason}): draw fewer worlds, or draw them by the command promise."
        ) from error


def promise_task(question: dict[str, Any], scratch: Path, notify: Notify) -> str:
    """Draw a promise and return it as JSON text."""
    del scratch
    folder, cache = Path(question["folder"]), Path(question["cache"])
    result = read_drawable(folder, is_confined=True)
    errors = Uncertainty(*question["errors"])

    def on_world(done: int, count: int) -> None:
        notify({"done": done / count})

    return draw_promise(result, int(question["worlds"]), errors, cache, folder, on_world).model_dump_json()
