"""What the disk, the store or a stored result refuses with, as a sentence in the place where it was met."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from itnt_core.data_folder import DataFolderError
from itnt_core.disk import disk_sentence
from itnt_core.results import ResultError
from itnt_core.runs import StoreError

from .frame import sentences


@contextmanager
def told_in_place() -> Iterator[None]:
    """Show what cannot be read or written as a sentence; the rest of the page goes on. A decorator, too.

    Fragments need it for themselves: they run again without the page around them.
    """
    try:
        yield
    except (StoreError, ResultError, DataFolderError) as error:
        sentences([str(error)], "error")
    except OSError as error:
        sentences([disk_sentence(error)], "error")
