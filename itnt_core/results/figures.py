"""What the figures of results are called, in which unit, and how exactly they are shown.

A kind of study lists its own once; lists, cards, tables, exports and the check of a manifest ask that list.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

KIND_KEY = "kind"  # of a manifest; the results of data service, the first kind of study, have none
DATA_SERVICE = "data service"


@dataclass(frozen=True)
class Figure:
    """A figure of a result: its key among the KPIs of the manifest, its name, and how it is shown.

    ``factor`` leads from the stored value to the shown unit. ``card_digits`` are those of cards and headlines, None
    where it does not stand there; ``is_listed`` gives it a column in the list of all runs, with ``digits``;
    ``is_needed`` where a result without it is broken.
    """

    key: str
    label: str
    unit: str = ""
    digits: int = 1
    factor: float = 1.0
    words: str = ""
    card_digits: int | None = None
    is_listed: bool = False
    is_needed: bool = True

    @property
    def heading(self) -> str:
        """Return the name with the unit, as over the column of a table."""
        return f"{self.label}, {self.unit}" if self.unit else self.label

    def value(self, kpis: Mapping[str, Any] | None) -> float | None:
        """Return the value in the shown unit, None where the KPIs hold no finite number for it."""
        found: Any = (kpis or {}).get(self.key)
        return self.factor * float(found) if is_number(found) else None


DATA_FIGURES: tuple[Figure, ...] = (
    Figure(
        "data_service_mbit",
        "Data service",
        "Mbit",
        card_digits=0,
        is_listed=True,
        words="Active convention: all users, whole window; only stations that transmit on a subchannel interfere on "
        "it.",
    ),
    Figure(
        "data_service_always_on_mbit",
        "Data service, always-on",
        "Mbit",
        card_digits=0,
        words="The same decision with idle subchannels radiating what is left of the station's power; never more.",
    ),
    Figure(
        "upper_bound_mbit",
        "Upper bound",
        "Mbit",
        card_digits=0,
        is_needed=False,
        words="Proved: no association, flight and powers can serve more data in this scenario.",
    ),
    Figure(
        "gap",
        "Data gap",
        "%",
        factor=100.0,
        card_digits=1,
        is_listed=True,
        is_needed=False,
        words="How far the data service is below the upper bound, at most.",
    ),
    Figure(
        "served_bound",
        "Served at most",
        "%",
        factor=100.0,
        card_digits=1,
        is_needed=False,
        words="Proved: reach, seats and station power let no more user slots be served.",
    ),
    Figure(
        "outage",
        "Outage",
        "%",
        factor=100.0,
        card_digits=1,
        is_listed=True,
        words="Share of user slots that are not served, or served below the SINR floor.",
    ),
    Figure(
        "outage_always_on",
        "Outage, always-on",
        "%",
        factor=100.0,
        words="The same under the always-on convention.",
    ),
    Figure("energy_kj", "Flight energy", "kJ", card_digits=0, words="Propulsion energy of all aerial users."),
    Figure(
        "violations",
        "Violations",
        digits=0,
        card_digits=0,
        words="Every constraint is recomputed from the raw answer.",
    ),
    Figure("wall_s", "Computing time", "s", words="Of the method, its judgement and the bound."),
    Figure("seed", "Seed", digits=0, words="Of the channel and of everything random."),
)


def is_number(value: object) -> TypeGuard[float]:
    """Say whether a value read from JSON is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def study_name(manifest: Mapping[str, Any]) -> str:
    """Return the name of the kind of study that a manifest says its result is of."""
    return str(manifest.get(KIND_KEY) or DATA_SERVICE)


def card_rows(figures: Iterable[Figure], kpis: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """Return (name, value with unit, explanation) of each figure of cards and headlines that the KPIs hold."""
    rows = []
    for figure in figures:
        value = figure.value(kpis)
        if value is not None and figure.card_digits is not None:
            rows.append((figure.label, f"{value:,.{figure.card_digits}f} {figure.unit}".rstrip(), figure.words))
    return rows


def list_row(figures: Iterable[Figure], kpis: Mapping[str, Any] | None) -> dict[str, float | None]:
    """Return the listed figures by heading, rounded as they are shown, None where one is unknown."""
    row = {}
    for figure in figures:
        if figure.is_listed:
            value = figure.value(kpis)
            row[figure.heading] = None if value is None else round(value, figure.digits)
    return row
