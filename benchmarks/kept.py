"""Rows of figures kept as lines of JSON, so that a long study that was cut short goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class KeptRows:
    """The answers of a log, each found again by what it was asked for: a line holds both.

    What was asked has to name everything that the answer depends on, but the code: delete the log of another version.
    Several processes may write to one log, about different questions.
    """

    def __init__(self, log: Path):
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        self._found: dict[str, Row] = {_key(line["asked"]): line["found"] for line in map(json.loads, lines)}

    def row(self, asked: Mapping[str, Any], answer: Callable[[], Row]) -> Row:
        """Return what was asked for with its answer, kept or found now."""
        key = _key(asked)
        if key not in self._found:
            self._found[key] = answer()
            with self.log.open("a", encoding="utf-8") as handle:
                handle.write(json.dumps({"asked": dict(asked), "found": self._found[key]}) + "\n")
        return {**asked, **self._found[key]}


def _key(asked: Mapping[str, Any]) -> str:
    return json.dumps(asked, sort_keys=True)
