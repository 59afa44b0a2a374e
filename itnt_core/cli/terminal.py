"""What the command line prints: whatever a name or a file holds, a terminal gets text and no commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO, cast

from itnt_core.texts import visible


class _Plain:
    """A text stream that escapes what would move a cursor or hide; line breaks and tabs pass."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text with its unseen characters escaped; return its length."""
        self._stream.write("\n".join(visible(line, keep="\t") for line in text.split("\n")))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write texts one after another."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def plain_output() -> Iterator[None]:
    """Escape whatever is printed inside that is no text: titles of runs, values in sentences, names of files."""
    out, errors = cast(TextIO, _Plain(sys.stdout)), cast(TextIO, _Plain(sys.stderr))
    with redirect_stdout(out), redirect_stderr(errors):
        yield
