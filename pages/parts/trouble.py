"""What the disk, the store or a stored result refuses with, as a sentence in the place where it was met."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .frame import sentence_of, sentences


@contextmanager
def told_in_place() -> Iterator[None]:
    """Show what cannot be read or written as a sentence; the rest of the page goes on. A decorator, too.

    Fragments need it for themselves: they run again without the page around them.
    """
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        sentences([sentence], "error")
