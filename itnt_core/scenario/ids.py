"""The rule for new ids: no object gets an id that another one has, or that would name one of its satellites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from .model import Scenario

ID_PREFIXES = {
    "ground_stations": "gbs-",
    "passes": "leo-",
    "walker_shells": "walker-",
    "orbits": "sky-",
    "aerial_users": "au-",
    "ground_users": "gu-",
    "antenna_patterns": "pattern-",
    "no_fly_zones": "zone-",
}


def free_id(scenario: Scenario, group: str) -> str:
    """Return the first unused id for a new member of a group, a field of the scenario such as ``passes``."""
    return next(free_ids(group, scenario.taken_ids(group)))


def free_ids(group: str, taken: Iterable[str]) -> Iterator[str]:
    """Yield the ids that new members of a group may have, in order: the group's prefix and a number.

    'sky-1' is not free where 'sky-1-25544' is taken, for that would be the name of one of its satellites.
    """
    used = {stem for identifier in taken for stem in _stems(identifier)}
    return (name for number in count(1) if (name := f"{ID_PREFIXES[group]}{number}") not in used)


def _stems(identifier: str) -> Iterator[str]:
    """Yield the id, and what is left of it without its last parts: 'a-1-2', 'a-1', 'a'."""
    while identifier:
        yield identifier
        identifier = identifier.rpartition("-")[0]
