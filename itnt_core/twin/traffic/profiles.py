"""How traffic goes over the day: hourly profiles of three kinds of neighbourhood.

Fractions of the weekday maximum at local hours 0 to 23, computed from six weeks of mobile internet activity in Milan
(Telecom Italia Big Data Challenge, ODbL): figures only, no data of it is kept here.
"""

from __future__ import annotations

import csv
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from itnt_core.city import FACTS_DIR
from itnt_core.scenario import lonlat_to_local
from itnt_core.twin.planning.window import Array

LONDON = ZoneInfo("Europe/London")
_HOURLY = {
    "business": (
        ".33 .28 .24 .22 .21 .21 .23 .32 .54 .73 .88 .87 1.00 .99 .97 .90 .94 .86 .76 .65 .54 .48 .44 .39",
        ".34 .32 .27 .24 .22 .20 .19 .21 .25 .32 .37 .37 .38 .37 .37 .38 .39 .38 .38 .37 .37 .37 .36 .34",
    ),
    "nightlife": (
        ".67 .49 .37 .32 .29 .27 .30 .41 .59 .60 .58 .60 .63 .69 .70 .66 .65 .67 .74 .81 .92 1.00 1.00 .93",
        "1.15 .87 .58 .39 .32 .27 .27 .28 .34 .44 .53 .63 .71 .80 .89 .87 .82 .79 .81 .89 1.01 1.15 1.21 1.09",
    ),
    "retail": (
        ".11 .08 .07 .06 .06 .06 .07 .10 .19 .32 .47 .64 .78 .99 1.00 .94 .91 .88 .81 .70 .48 .33 .24 .16",
        ".16 .09 .07 .06 .06 .06 .06 .07 .09 .17 .39 .77 1.03 1.16 1.28 1.44 1.59 1.58 1.39 1.06 .67 .44 .33 .20",
    ),
}
PROFILES: dict[str, Array] = {
    name: np.array([[float(value) for value in row.split()] for row in rows]) for name, rows in _HOURLY.items()
}  # (2, 24): weekdays, weekends
# This project's own guess from what the places are known for; everything not named here is business.
_NIGHTLIFE = {"covent_garden", "soho", "shoreditch", "south_bank", "vauxhall", "elephant", "clerkenwell"}
_RETAIL = {"mayfair", "strand", "westminster", "london_bridge", "greenwich", "bankside"}


def archetype_of(neighbourhood: str) -> str:
    """Return which of the three profiles a London neighbourhood follows, by its id in the facts."""
    return "nightlife" if neighbourhood in _NIGHTLIFE else "retail" if neighbourhood in _RETAIL else "business"


def archetypes_at(points_m: Array, lon: float, lat: float) -> list[str]:
    """Return the archetype of each point (n, 2) east and north of an anchor: that of the nearest neighbourhood."""
    ids, places = _neighbourhoods()
    east, north = lonlat_to_local(places[:, 0], places[:, 1], lon, lat)
    distance = np.hypot(points_m[:, 0, None] - east, points_m[:, 1, None] - north)
    return [archetype_of(ids[index]) for index in distance.argmin(axis=1)]


@cache
def _neighbourhoods() -> tuple[tuple[str, ...], Array]:
    with (FACTS_DIR / "neighbourhoods.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(row["id"] for row in rows), np.array([[float(row["lon"]), float(row["lat"])] for row in rows])


def daily_level(archetype: str, moments: list[datetime]) -> Array:
    """Return the fraction of the weekday maximum at n moments (n,), interpolated between the middles of the hours."""
    profile = PROFILES[archetype]
    values = np.empty(len(moments))
    for index, moment in enumerate(moments):
        local = moment.astimezone(LONDON)
        row = profile[int(local.weekday() >= 5)]
        hour = local.hour + local.minute / 60.0 + local.second / 3600.0 - 0.5
        values[index] = np.interp(hour, np.arange(-1, 25), np.concatenate([row[-1:], row, row[:1]]))
    return values
