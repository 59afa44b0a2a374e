"""The part of an import that a confined process does: read the file, lay the city out in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from itnt_core.apart import Notify
from itnt_core.city.files.importing import import_city, report_of
from itnt_core.city.files.survey import ImportOptions
from itnt_core.city.library import read_city_folder, write_city_folder


def import_task(question: dict[str, Any], scratch: Path, notify: Notify) -> dict[str, Any]:
    """Import ``scratch/input`` with the options asked for into ``scratch/city``; return its content hash."""
    options = dict(question["options"])
    anchor = options.pop("anchor")
    wanted = ImportOptions(**options, anchor=tuple(anchor) if anchor else None)
    city, report = import_city(
        scratch / "input", wanted, lambda share, words: notify({"share": share, "words": words}), question["name"]
    )
    write_city_folder(scratch / "city", city, report)
    return {"content_hash": city.content_hash()}


def folder_task(question: dict[str, Any], scratch: Path, notify: Notify) -> None:
    """Read the folder of a stored city and lay it out anew in ``scratch/city``."""
    del notify
    stored = read_city_folder(Path(question["folder"]))
    write_city_folder(scratch / "city", stored.city, stored.report or report_of(stored.city, "city file"))
