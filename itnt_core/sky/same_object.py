"""Which element sets are of one object: catalogue numbers alone do not tell, as 99999 stands for many before launch."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from itnt_core.scenario import OrbitElements

OTHER_PLANE_DEG = 2.0  # more than an object's inclination changes between two sets of its history
OTHER_PLACE_DEG = 1.0  # along the orbit at one epoch: no second fit moves an object by 120 km
_NO_NAME = re.compile(r"(tba\b.*|unknown.*|object [a-z]{1,3}|)", re.IGNORECASE)
Numbered = tuple[int, OrbitElements]  # place in the file, and what


def newest_of_each(satellites: Sequence[OrbitElements]) -> tuple[list[OrbitElements], list[int]]:
    """Return the newest set of each object in the order of the file, and the numbers that several objects share.

    Objects of one catalogue number differ by name, by a plane more than two degrees apart, or by their place along the
    orbit at one epoch. A set without a name (or "OBJECT A", "TBA") is of the one that has a name.
    """
    by_number: dict[int, list[Numbered]] = defaultdict(list)
    for place, satellite in enumerate(satellites):
        by_number[satellite.norad_id].append((place, satellite))
    kept: list[Numbered] = []
    shared = []
    for number, sets in by_number.items():
        found = [one for group in _by_name(sets) for one in _objects(group)]
        kept += found
        if len(found) > 1:
            shared.append(number)
    return [satellite for _, satellite in sorted(kept, key=lambda item: item[0])], shared


def _by_name(sets: Sequence[Numbered]) -> list[list[Numbered]]:
    """Return the sets of one number, together where they have one name; the nameless with the only name there is."""
    groups: dict[str, list[Numbered]] = defaultdict(list)
    for place, satellite in sets:
        name = " ".join(satellite.name.casefold().split())
        groups["" if _NO_NAME.fullmatch(name) else name].append((place, satellite))
    if len(groups) == 2 and "" in groups:
        return [list(sets)]
    return list(groups.values())


def _objects(sets: Sequence[Numbered]) -> list[Numbered]:
    """Return the newest set of each object among sets of one number and name, at the place of its first."""
    if len(sets) == 1:
        return list(sets)
    found: list[Numbered] = []
    for plane in _apart(sets, lambda one: one.inclination_deg, OTHER_PLANE_DEG):
        newest = max(satellite.epoch for _, satellite in plane)
        latest = [item for item in plane if item[1].epoch == newest]
        alike = _apart(latest, partial(_ahead_deg, latest[0][1]), OTHER_PLACE_DEG)
        objects = [min(group, key=lambda item: item[0]) for group in alike]
        if len(objects) == 1:  # an object stands where its first set stood
            objects = [(min(place for place, _ in plane), objects[0][1])]
        found += objects
    return found


def _ahead_deg(first: OrbitElements, satellite: OrbitElements) -> float:
    """Return how far a satellite is ahead of another along the orbit, -180 to 180 degrees."""
    along = [one.perigee_argument_deg + one.mean_anomaly_deg for one in (first, satellite)]
    return (along[1] - along[0] + 180.0) % 360.0 - 180.0


def _apart(sets: Sequence[Numbered], value: Callable[[OrbitElements], float], gap: float) -> list[list[Numbered]]:
    """Return sets in groups, between which a value differs by more than a gap."""
    ordered = sorted(sets, key=lambda item: value(item[1]))
    groups = [[ordered[0]]]
    for before, one in pairwise(ordered):
        if value(one[1]) - value(before[1]) > gap:
            groups.append([])
        groups[-1].append(one)
    return groups
