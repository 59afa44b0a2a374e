"""Exports for pages: made in a process of their own, so that the dashboard stays quick and needs no GDAL."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from itnt_core.apart import ApartError, Limits, Notify, Refused, apart_scratch, ask_apart
from itnt_core.city import library_folder
from itnt_core.extensions import CHANNEL_MODELS, EXPORT_FORMATS, code_places
from itnt_core.results import read_drawable
from itnt_core.scenario import Scenario, format_scenario, parse_scenario

from .asking import ExportError, ExportOptions, ExportSource
from .registry import export

LIMITS = Limits(seconds=300.0, memory_mb=6000, written_mb=2000)
OUTPUT = "export"


def export_apart(
    what: Scenario | Path, name: str, options: ExportOptions, cache_dir: Path, limits: Limits = LIMITS
) -> bytes:
    """Return :func:`export` of a scenario, or of the result in a folder, made in a confined process (ExportError)."""
    question: dict[str, Any] = {"format": name, "options": asdict(options), "cache": str(cache_dir.absolute())}
    cities = (cache_dir.resolve(), library_folder(cache_dir).resolve())  # generated ones, and imported ones beside
    reads = [*cities, *code_places(EXPORT_FORMATS), *code_places(CHANNEL_MODELS)]
    if isinstance(what, Scenario):
        question["scenario"] = format_scenario(what, "json")
    else:
        question["folder"] = str(what.resolve())
        reads.append(what.resolve())
    with apart_scratch() as scratch:
        try:
            ask_apart("export", question, limits, reads=reads, scratch=scratch)
        except Refused as error:
            raise ExportError(str(error)) from error
        except ApartError as error:
            raise ExportError(
                f"The export was not made ({error.reason}): choose fewer layers or cells, or make it by the command "
                "export."
            ) from error
        return (scratch / OUTPUT).read_bytes()


def export_task(question: dict[str, Any], scratch: Path, notify: Notify) -> int:
    """Write an export into ``scratch/export``; return its size in bytes."""
    del notify
    chosen = dict(question["options"])
    options = ExportOptions(**chosen | {"layers": tuple(chosen["layers"])})
    cache_dir = Path(question["cache"])
    if "scenario" in question:
        source = ExportSource(parse_scenario(question["scenario"]), None, cache_dir)
    else:
        result = read_drawable(Path(question["folder"]), is_confined=True)
        source = ExportSource(result.scenario, result, cache_dir)
    return (scratch / OUTPUT).write_bytes(export(source, question["format"], options))
