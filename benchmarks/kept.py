"""Rows of figures kept as lines of JSON, so that a long study that was cut short goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class KeptRows:
    """The rows of a log; each is found again by what it was asked for.

    What it was asked for has to name everything that the answer depends on, but the code: delete the log of another
    version.
    """

    def __init__(self, log: Path):
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        self.rows: list[Row] = [json.loads(line) for line in lines]

    def row(self, asked: Mapping[str, Any], answer: Callable[[], Row]) -> Row:
        """Return the kept row with these entries, or the answer to them, which is kept with them."""
        for row in self.rows:
            if all(key in row and row[key] == value for key, value in asked.items()):
                return row
        row = {**asked, **answer()}
        with self.log.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(row) + "\n")
        self.rows.append(row)
        return row
