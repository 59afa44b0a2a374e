"""The reading process: ``python -m itnt_core.apart.child`` with one order as JSON on its standard input.

It writes one JSON object a line: ``{"tell": ...}`` while it works, at the end ``{"answer": ...}``, ``{"refused":
[sentences]}``, ``{"failed": words}`` or ``{"doubted": words}``, where memory may have been the cause. Nothing heavy is
imported before the process is confined.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

from itnt_core.collecting import collect_seldom
from itnt_core.errors import ItntError

from .confine import confine, memory_in_use_mb
from .limits import Limits
from .spoken import MEMORY
from .tasks import find_task

NEAR_LIMIT = 0.8  # of the memory allowed
OF_VALUES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


def main() -> int:
    """Do the one task that is ordered, and answer."""
    collect_seldom()
    order = json.loads(sys.stdin.readline())
    answers = _own_output()
    scratch = Path(order["scratch"])
    confine(Limits(**order["limits"]), [Path(path) for path in order["reads"]], scratch)
    _send(answers, _done(order, scratch, answers))
    return 0


def _done(order: dict[str, Any], scratch: Path, answers: TextIO) -> dict[str, Any]:
    try:
        task = find_task(order["task"])
        return {"answer": task(order["question"], scratch, lambda event: _send(answers, {"tell": event}))}
    except MemoryError:
        return {"failed": MEMORY}
    except Exception as error:  # the boundary: whatever a file does to a parser is told, with the parser's own words
        sentences = _sentences(error)
        if sentences:
            return {"refused": sentences}
        words = f"{type(error).__name__}: {error}"[:300]
        if memory_in_use_mb() <= NEAR_LIMIT * Limits(**order["limits"]).memory_mb:
            return {"failed": words}
        # Libraries fail in words of their own where memory ends; what a value is like may have another cause.
        return {"doubted": words} if isinstance(error, OF_VALUES) else {"failed": MEMORY}


def _sentences(error: Exception) -> list[str]:
    """Return the sentences of an error of this program, none of any other's."""
    return list(error.sentences) if isinstance(error, ItntError) else []


def _own_output() -> TextIO:
    """Keep the answers' way out for this module alone: what libraries print goes nowhere."""
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.close(silence)
    return answers


def _send(answers: TextIO, event: dict[str, Any]) -> None:
    answers.write(json.dumps(event) + "\n")


if __name__ == "__main__":
    sys.exit(main())
