"""What the figures of results are called, in which unit, and how exactly they are shown.

A kind of study lists its own once; lists, cards, tables, exports and the check of a manifest ask that list.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

KIND_KEY = "kind"  # of a manifest; the results of data service, the first kind of study, have none
DATA_SERVICE = "data service"
Better = Literal["more", "less", ""]


@dataclass(frozen=True)
class Figure:
    """A figure of a result: its key among the KPIs of the manifest, its name, and how it is shown.

    ``factor`` leads from the stored value to the shown unit, in which it has the same ``digits`` everywhere; ``better``
    says which direction is wanted. ``is_on_card`` puts it on cards and among the headlines, ``is_listed`` gives it a
    column in the list of all runs; ``is_needed`` where a result without it is broken; ``is_asked`` where whoever asks
    chooses it, so that it is no outcome.
    """

    key: str
    label: str
    unit: str = ""
    digits: int = 1
    factor: float = 1.0
    words: str = ""
    better: Better = ""
    is_on_card: bool = False
    is_listed: bool = False
    is_needed: bool = True
    is_asked: bool = False

    @property
    def heading(self) -> str:
        """Return the name with the unit, as over the column of a table."""
        return f"{self.label}, {self.unit}" if self.unit else self.label

    def value(self, kpis: Mapping[str, Any] | None) -> float | None:
        """Return the value in the shown unit, None where the KPIs hold no finite number for it."""
        found: Any = (kpis or {}).get(self.key)
        return self.factor * float(found) if is_number(found) else None

    def text(self, value: float) -> str:
        """Return a value in the shown unit as it is written, with the unit."""
        return f"{value:,.{self.digits}f} {self.unit}".rstrip()


DATA_FIGURES: tuple[Figure, ...] = (
    Figure(
        "data_service_mbit",
        "Data service",
        "Mbit",
        better="more",
        is_on_card=True,
        is_listed=True,
        words="Active convention: all users, whole window; only stations that transmit on a subchannel interfere on "
        "it.",
    ),
    Figure(
        "data_service_always_on_mbit",
        "Data service, always-on",
        "Mbit",
        better="more",
        is_on_card=True,
        words="The same decision with idle subchannels radiating what is left of the station's power; never more.",
    ),
    Figure(
        "utility_mbit",
        "Utility",
        "Mbit",
        better="more",
        is_on_card=True,
        is_needed=False,
        words="What the users' data are worth by the objective: as much as so many Mbit shared out by priority.",
    ),
    Figure(
        "utility_bound_mbit",
        "Upper bound of the utility",
        "Mbit",
        is_on_card=True,
        is_needed=False,
        words="Proved: no association, flight and powers are worth more in this scenario.",
    ),
    Figure(
        "shortfall_mbit",
        "Lacking to least rates",
        "Mbit",
        better="less",
        is_on_card=True,
        is_needed=False,
        words="What users together lack to the least mean rates that they ask for.",
    ),
    Figure(
        "upper_bound_mbit",
        "Upper bound",
        "Mbit",
        is_on_card=True,
        is_needed=False,
        words="Proved: no association, flight and powers can serve more data in this scenario.",
    ),
    Figure(
        "gap",
        "Gap",
        "%",
        digits=2,
        better="less",
        factor=100.0,
        is_on_card=True,
        is_listed=True,
        is_needed=False,
        words="How far the data service, or the utility where another objective counts, is below its upper bound at "
        "most.",
    ),
    Figure(
        "served_bound",
        "Served at most",
        "%",
        digits=2,
        factor=100.0,
        is_on_card=True,
        is_needed=False,
        words="Proved: reach, seats and station power let no more user slots be served.",
    ),
    Figure(
        "outage",
        "Outage",
        "%",
        digits=2,
        better="less",
        factor=100.0,
        is_on_card=True,
        is_listed=True,
        words="Share of user slots that are not served, or served below the SINR floor.",
    ),
    Figure(
        "outage_always_on",
        "Outage, always-on",
        "%",
        digits=2,
        better="less",
        factor=100.0,
        words="The same under the always-on convention.",
    ),
    Figure(
        "handover_cost_mbit",
        "Price of changes of server",
        "Mbit",
        better="less",
        is_on_card=True,
        is_needed=False,
        words="What the scenario's objective takes off the data for them.",
    ),
    Figure(
        "energy_kj",
        "Flight energy",
        "kJ",
        better="less",
        is_on_card=True,
        words="Propulsion energy of all aerial users.",
    ),
    Figure(
        "violations",
        "Violations",
        digits=0,
        better="less",
        is_on_card=True,
        words="Every constraint is recomputed from the raw answer.",
    ),
    Figure("wall_s", "Computing time", "s", better="less", words="Of the method, its judgement and the bound."),
    Figure("seed", "Seed", digits=0, is_asked=True, words="Of the channel and of everything random."),
)
# What follows from the arrays of a result, and is no KPI of its manifest.
DERIVED_FIGURES: tuple[Figure, ...] = (
    Figure("served_share", "Served", "%", 2, 100.0, better="more", words="Share of user slots that are served."),
    Figure("mean_rate_mbit_s", "Mean sum rate", "Mbit/s", 2, better="more", words="Data service over the window."),
    Figure(
        "fairness",
        "Fairness of users' data (Jain's index)",
        digits=3,
        better="more",
        words="1 where all users get the same, 1/n where one gets everything.",
    ),
    Figure(
        "handovers_per_user_min",
        "Changes of server, per user and minute",
        digits=2,
        better="less",
        words="A user is linked to another station than the one that it was last linked to.",
    ),
    Figure(
        "ping_pongs",
        "Changes back within 5 s",
        digits=0,
        better="less",
        words="Changes of server back to the server before the last, within 5 seconds of it.",
    ),
    Figure(
        "handover_lost_s",
        "Time lost at changes of server",
        "s",
        2,
        better="less",
        words="Of all users, by the interruptions that the scenario names.",
    ),
    Figure("flight_power_w", "Mean flight power, all AUs", "W", better="less", words="Flight energy over the window."),
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
        if value is not None and figure.is_on_card:
            rows.append((figure.label, figure.text(value), figure.words))
    return rows


def table_row(figures: Iterable[Figure], kpis: Mapping[str, Any] | None) -> dict[str, float | None]:
    """Return figures by heading, rounded as they are shown, None where one is unknown."""
    values = ((figure, figure.value(kpis)) for figure in figures)
    return {figure.heading: None if value is None else round(value, figure.digits) for figure, value in values}


def list_row(figures: Iterable[Figure], kpis: Mapping[str, Any] | None) -> dict[str, float | None]:
    """Return the row of a result in the list of all runs."""
    return table_row((figure for figure in figures if figure.is_listed), kpis)


def outcomes(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Return the figures that a result is judged by, without what was asked."""
    return tuple(figure for figure in figures if not figure.is_asked)
