"""Formats of city files that come from outside the package; the built-in ones are known to :mod:`.uploads`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from itnt_core import extensions
from itnt_core.city.files.survey import ImportOptions, Survey
from itnt_core.city.model import CityError
from itnt_core.extensions import ExtensionError, Registry

Answer = TypeVar("Answer")


class CityFormat(Protocol):
    """A format of city files. It is asked about a file that no built-in reader knows, in the confined process alone.

    ``title`` is what people call it, ``suffixes`` are those of its files, with their dots: the upload field lets them
    through, what is in a file decides.
    """

    title: str
    suffixes: tuple[str, ...]

    def recognises(self, head: bytes) -> bool:
        """Say by its structure whether a file is of this format; ``head`` are its first 65,536 bytes, or all."""

    def read(self, path: Path, options: ImportOptions) -> Survey:
        """Read a file into shapes as surveyed (CityError with one sentence for what cannot be used)."""


CITY_FORMATS: Registry[CityFormat] = Registry(extensions.CITY_FORMATS, {}, CityFormat)


def register_city_format(name: str, form: CityFormat) -> None:
    """Add a format for this process (ExtensionError); imports of the pages and commands need a plug-in."""
    CITY_FORMATS.register(name, form)


def format_titles() -> str:
    """Return what the formats are called, each after a comma."""
    return "".join(f", {form.title}" for form in CITY_FORMATS.values())


def recognised(head: bytes) -> str | None:
    """Return the name of the first format that knows a file by its first bytes, None where none does (CityError)."""
    for name, form in CITY_FORMATS.items():
        if _asked(name, partial(form.recognises, head)):
            return name
    return None


def read_format(name: str, path: Path, options: ImportOptions) -> Survey:
    """Read a file by a format (CityError)."""

    def read() -> Survey:
        survey = CITY_FORMATS[name].read(path, options)
        if not isinstance(survey, Survey):
            raise TypeError(f"it returned a {type(survey).__name__}, but a Survey is needed")
        return survey

    return _asked(name, read)


def _asked(name: str, ask: Callable[[], Answer]) -> Answer:
    """Return what a format answers; what goes wrong in it is told as its fault (CityError)."""
    try:
        with CITY_FORMATS.blamed(name):
            return ask()
    except ExtensionError as error:
        raise CityError(str(error)) from error
