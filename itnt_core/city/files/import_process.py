"""Import a city in a process of its own: a crash, a flood of memory or a hostile file costs the import and no more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from itnt_core.apart import ApartError, Limits, Refused, apart_scratch, ask_apart, run_apart
from itnt_core.city.files.survey import ImportOptions
from itnt_core.city.files.uploads import check_size
from itnt_core.city.library import FILES, StoredCity, keep_city_folder, no_city, read_city_folder
from itnt_core.city.model import CityError
from itnt_core.extensions import CITY_FORMATS, code_places

LIMITS = Limits(seconds=300.0, memory_mb=4000, written_mb=1500)


def import_apart(
    path: Path, options: ImportOptions, library: Path, limits: Limits = LIMITS
) -> Iterator[dict[str, Any]]:
    """Import a file in a confined process and store its city; yield progress and last ``{"content_hash": ...}``.

    Raises CityError with the reader's sentence, or with one of our own when it died or needed more than ``limits``.
    Closing the iterator ends the process.
    """
    if not path.is_file():
        raise CityError(f"The file '{path.name:.80}' is not there: check the path.")
    check_size(path.stat().st_size, path.name)
    with apart_scratch() as scratch:
        shutil.copyfile(path, scratch / "input")
        question = {"options": asdict(options), "name": path.name}
        try:
            for event in run_apart("city", question, limits, scratch=scratch, reads=code_places(CITY_FORMATS)):
                if "answer" not in event:
                    yield event
                    continue
                keep_city_folder(scratch / "city", event["answer"]["content_hash"], library)
                yield dict(event["answer"])
        except Refused as error:
            raise CityError(str(error)) from error
        except ApartError as error:
            raise CityError(f"The file '{path.name:.80}' was not imported. {error}") from error


def read_sent_folder(folder: Path) -> StoredCity:
    """Read the folder of a city that anybody may have made, in a confined process (CityError in one sentence).

    Where its first file is not there, no process is needed to say so.
    """
    try:
        (folder / FILES[0]).lstat()
    except FileNotFoundError as error:
        raise no_city(folder) from error
    except OSError:
        pass  # the confined process finds out
    with apart_scratch() as scratch:
        try:
            ask_apart(
                "city folder", {"folder": str(folder.resolve())}, LIMITS, reads=[folder.resolve()], scratch=scratch
            )
        except Refused as error:
            raise CityError(str(error)) from error
        except ApartError as error:
            raise CityError(f"The city in '{folder.name:.80}' was not read. {error}") from error
        return read_city_folder(scratch / "city")
