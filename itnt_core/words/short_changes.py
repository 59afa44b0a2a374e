"""What changed from one scenario to another in a few words, as it stands in the name of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from itnt_core.scenario import Scenario

from .changes import (
    LEAST_STEP_M,
    PARTS,
    PLACES,
    distance_words,
    field_leaves,
    label_and_unit,
    plain_fields,
    step_m,
    value_words,
)

MOST_CHANGES = 3  # that stand in a name
MOST_LETTERS = 80  # of the changes in a name
MINUS = "\N{MINUS SIGN}"
# What people call the objects in a few words: one, several.
SHORT_GROUPS = {
    "ground_stations": ("mast", "masts"),
    "aerial_users": ("aerial user", "aerial users"),
    "ground_users": ("user", "users"),
    "no_fly_zones": ("no-fly zone", "no-fly zones"),
    "passes": ("pass", "passes"),
    "walker_shells": ("shell", "shells"),
    "orbits": ("satellite group", "satellite groups"),
    "antenna_patterns": ("antenna pattern", "antenna patterns"),
}
NOT_ASKED = {"version", "name", "description"}
NamePlace = Callable[[float, float], str]  # east and north in metres to a place's name, '' where none is near
Member = Mapping[str, Any]  # of one object: dotted field to value


def nameless(east_m: float, north_m: float) -> str:
    """Return no name: for a city without places."""
    return ""


def short_changes(first: Scenario, other: Scenario, place_of: NamePlace = nameless) -> str:
    """Say in a few words what changed from the first scenario to the other; nothing when they ask the same.

    Objects are the same when their ids are. ``place_of`` names the place where an object stands. Names of objects stand
    as users typed them: show the text literally.
    """
    found = list(_changes(plain_fields(first), plain_fields(other), place_of))
    shown = found[:MOST_CHANGES]
    while len(shown) > 1 and len(", ".join(shown)) > MOST_LETTERS:
        shown.pop()
    more = len(found) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def change_count(first: Scenario, other: Scenario) -> int:
    """Return how far two scenarios are from one another: objects that differ, and fields beside them."""
    old, new = plain_fields(first), plain_fields(other)
    count = 0
    for group in SHORT_GROUPS:
        before, after = _members(old[group]), _members(new[group])
        count += sum(before.get(key) != after.get(key) for key in {*before, *after})
    return count + sum(1 for _ in _settings(old, new))


def object_count(scenario: Scenario) -> int:
    """Return how many objects a scenario has."""
    return sum(len(getattr(scenario, group)) for group in SHORT_GROUPS)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], place_of: NamePlace) -> Iterator[str]:
    groups = {group: (_members(old[group]), _members(new[group])) for group in SHORT_GROUPS}
    for group, (before, after) in groups.items():
        yield from _came_and_went(SHORT_GROUPS[group], before, after, place_of)
    for group, (before, after) in groups.items():
        yield from _moved(SHORT_GROUPS[group], before, after, place_of)
    for group, (before, after) in groups.items():
        yield from _changed_fields(SHORT_GROUPS[group], before, after)
    yield from dict.fromkeys(_settings(old, new))


def _members(members: Iterable[Mapping[str, Any]]) -> dict[str, Member]:
    """Return the dotted fields of each object by its id."""
    return {member["id"]: field_leaves(member) for member in members}


def _came_and_went(
    words: tuple[str, str], before: Mapping[str, Member], after: Mapping[str, Member], place_of: NamePlace
) -> Iterator[str]:
    for sign, here, there in (("+", after, before), (MINUS, before, after)):
        ids = [key for key in here if key not in there]
        if len(ids) == 1:
            yield f"{sign}1 {words[0]}{_where(ids[0], here[ids[0]], place_of)}"
        elif ids:
            yield f"{sign}{len(ids)} {words[1]}"


def _where(identifier: str, member: Member, place_of: NamePlace) -> str:
    """Say where an object stands: at a place with a name, else by its id."""
    place = place_of(member["east_m"], member["north_m"]) if "east_m" in member else ""
    return f" at {place}" if place else f" {identifier}"


def _moved(
    words: tuple[str, str], before: Mapping[str, Member], after: Mapping[str, Member], place_of: NamePlace
) -> Iterator[str]:
    for what, east, north in PLACES.values():
        steps = {key: step_m(before[key], after[key], east, north) for key in before if key in after}
        moved = [key for key, step in steps.items() if step > LEAST_STEP_M]
        if len(moved) > 1:
            yield f"{len(moved)} {words[1]} {what}"
        elif moved:
            places = [place_of(side[moved[0]][east], side[moved[0]][north]) for side in (before, after)]
            has_name = places[1] and places[1] != places[0]
            yield f"{moved[0]} {what} {f'to {places[1]}' if has_name else distance_words(steps[moved[0]])}"


def _changed_fields(words: tuple[str, str], before: Mapping[str, Member], after: Mapping[str, Member]) -> Iterator[str]:
    """Yield the changed fields of objects, the same change of several of them once."""
    places = {path for _, east, north in PLACES.values() for path in (east, north)}
    changed: dict[str, list[str]] = {}
    for key in before:
        for path, value in after.get(key, {}).items():
            if path not in places and before[key].get(path) != value:
                changed.setdefault(_setting(path, value), []).append(key)
    for text, ids in changed.items():
        everyone = f"all {words[1]}" if len(ids) == len(after) > 1 else f"{len(ids)} {words[1]}"
        yield f"{ids[0] if len(ids) == 1 else everyone}: {text}"


def _settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the fields beside the objects are now, where they were something else."""
    for part in dict.fromkeys([*old, *new]):
        before, after = old.get(part), new.get(part)
        if part in SHORT_GROUPS or part in NOT_ASKED or before == after:
            continue
        if part in ("area", "city"):
            yield f"another {part}"
            continue
        leaves = [field_leaves(data, part if part not in PARTS else "") for data in (before or {}, after or {})]
        for path in leaves[1]:
            if leaves[0].get(path) != leaves[1][path]:
                yield _setting(path, leaves[1][path])


def _setting(path: str, value: Any) -> str:
    label, unit = label_and_unit(path)
    is_abbreviation = len(label) > 1 and label[:2].isupper()
    label = label if is_abbreviation else label[0].lower() + label[1:]
    return f"{label} {value_words(value, path)}{' ' if unit else ''}{unit}"
