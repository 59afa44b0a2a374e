"""Paths on the command line: what a command may read, and where it may write. The one home of ``-o``.

An output is a new file or folder, or replaces one of its own kind. It never replaces a device, and neither follows nor
replaces a link: what stands behind it is not what was named.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from itnt_core.disk import disk_sentence, shown_path
from itnt_core.errors import ItntError
from itnt_core.results import write_bytes

RUN_MARKS, TABLE_MARKS, CITY_MARKS = ("request.json",), ("table.csv",), ("city.npz",)


class OutputError(ItntError, ValueError):
    """A place that nothing may be written to."""


def add_output(
    parser: argparse.ArgumentParser, text: str = "", *, marks: tuple[str, ...] | None = None, needed: bool = True
) -> None:
    """Add ``-o``: a file, or with ``marks`` a folder that may hold other things only if one of them is among these."""
    kind = _file if marks is None else _folder(marks)
    name = "FILE" if marks is None else "DIR"
    parser.add_argument("-o", "--output", type=kind, required=needed, metavar=name, help=text or None)


def input_path(text: str) -> Path:
    """Return a path to read from (ArgumentTypeError for what no file can be called)."""
    return _named(text, "The input")


def write_output(path: Path, content: bytes | str) -> None:
    """Write a file that :func:`add_output` has read, looked at once more (OutputError)."""
    _check_file(path)
    try:
        write_bytes(path, content.encode("utf-8") if isinstance(content, str) else content)
    except OSError as error:
        raise OutputError(f"The output {disk_sentence(error, path)}") from error


def _named(text: str, what: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{what} has an empty name: name a file or folder.")
    try:
        os.fsencode(text)
        Path(text).stat()
    except FileNotFoundError:
        pass  # told where it is read, or made
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{what} {disk_sentence(error, text)}") from error
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{what} {disk_sentence(error, text)}") from error
    return Path(text)


def _file(text: str) -> Path:
    path = _named(text, "The output")
    try:
        _check_file(path)
    except OutputError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return path


def _check_file(path: Path) -> None:
    if path.is_symlink():
        raise OutputError(f"The output '{shown_path(path)}' is a link: name the file behind it, or remove the link.")
    if path.is_dir():
        raise OutputError(f"The output '{shown_path(path)}' is a folder, but a file is needed: add a file name.")
    if path.exists() and not path.is_file():
        raise OutputError(f"The output '{shown_path(path)}' is a device or a pipe: name a file.")
    if not path.parent.is_dir():
        raise OutputError(f"The folder of the output '{shown_path(path)}' is not there: make it first.")


class _folder:  # noqa: N801 - argparse names a type by its class when it speaks of it
    """Read an output folder; one that holds other things is left alone."""

    def __init__(self, marks: tuple[str, ...]):
        self.marks = marks

    def __call__(self, text: str) -> Path:
        path = _named(text, "The output")
        where = shown_path(path)
        if path.is_symlink():
            raise argparse.ArgumentTypeError(f"The output '{where}' is a link: name the folder behind it.")
        if path.exists() and not path.is_dir():
            raise argparse.ArgumentTypeError(f"The output '{where}' is no folder: name a new one.")
        try:
            foreign = path.is_dir() and any(path.iterdir()) and not any((path / mark).is_file() for mark in self.marks)
        except OSError as error:
            raise argparse.ArgumentTypeError(f"The output {disk_sentence(error, path)}") from error
        if foreign:
            raise argparse.ArgumentTypeError(f"The folder '{where}' holds other things: name a new or an empty one.")
        links = [mark for mark in (*self.marks, "scenario.json", "result.nc") if (path / mark).is_symlink()]
        if links:
            raise argparse.ArgumentTypeError(f"The output '{where}' holds a link called {links[0]}: remove it.")
        return path
