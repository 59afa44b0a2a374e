"""What the companies found: percentiles of 3GPP's calibration campaigns, shipped with this package."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from itnt_core.arrays import Array


@dataclass(frozen=True, eq=False)
class Reference:
    """A metric of a case as the companies have it, at percentiles (91,); all values in ``unit``.

    Shipped is every fifth percentile; those between lie on straight lines.
    """

    document: str
    unit: str
    companies: int
    percentiles: Array  # 5, 6, ..., 95
    median: Array
    lowest: Array
    highest: Array


def reference(case: str, metric: str) -> Reference:
    """Return what the companies found (KeyError for a case or metric that is not there)."""
    rows = _rows()[case, metric]
    shipped = np.array([float(row["percentile"]) for row in rows])
    percentiles = np.arange(shipped[0], shipped[-1] + 1.0)
    median, lowest, highest = (
        np.interp(percentiles, shipped, [float(row[name]) for row in rows]) for name in ("median", "lowest", "highest")
    )
    first = rows[0]
    companies = max(int(row["companies"]) for row in rows)
    return Reference(first["document"], first["unit"], companies, percentiles, median, lowest, highest)


@lru_cache(maxsize=1)
def _rows() -> dict[tuple[str, str], list[dict[str, str]]]:
    text = (files("itnt_core") / "data" / "calibration" / "percentiles.csv").read_text("utf-8")
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault((row["case"], row["metric"]), []).append(row)
    return found
