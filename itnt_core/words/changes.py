"""What changed from one scenario, or one way of answering it, to another: in words, with units."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from itnt_core.methods import METHODS
from itnt_core.scenario import Scenario, all_fields, corners_text

from .fields import CHOICES, LABELS

MOST_NAMED = 4  # things of one kind that a sentence names
LEAST_STEP_M = 0.05  # less is no move
EARTH_RADIUS_M = 6_371_000.0
MORE_LABELS = {
    "corners_m": "Corners, m",
    "seed": "Seed",
    "subchannels": "Subchannels",
    "size_m": "Side of the area, m",
    "deployment": "Deployment",
    "clutter": "Clutter",
    "shadowing": "Shadowing",
    "fading": "Fading",
    "start": "Start",
    "description": "Description",
    "altitude_km": "Altitude, km",
    "max_elevation_deg": "Highest elevation, °",
    "heading_deg": "Heading, °",
    "culmination_s": "Culmination after the start, s",
    "side": "Side",
    "inclination_deg": "Inclination, °",
    "planes": "Planes",
    "satellites_per_plane": "Satellites per plane",
    "phasing": "Phasing",
    "satellites_used": "Satellites used",
    "min_elevation_deg": "Least elevation, °",
    "frequency_mhz": "Frequency, MHz",
    "horizontal_db": "Horizontal cut",
    "vertical_db": "Vertical cut",
    "rounds": "Rounds",
    "tolerance": "Tolerance",
    "energy_weight": "Energy weight",
    "episodes": "Episodes",
    "policy": "Policy",
    "name": "Name",
}
GROUPS = {
    "ground_stations": ("GBS", "GBSs"),
    "passes": ("pass", "passes"),
    "walker_shells": ("Walker shell", "Walker shells"),
    "orbits": ("satellite group", "satellite groups"),
    "aerial_users": ("aerial user", "aerial users"),
    "ground_users": ("ground user", "ground users"),
    "antenna_patterns": ("antenna pattern", "antenna patterns"),
    "no_fly_zones": ("no-fly zone", "no-fly zones"),
}
PARTS = {"radio": "", "channel": "", "qos": "", "handover": "", "time": "", "city": "City: "}
PLACES = {
    "": ("moved", "east_m", "north_m"),
    "start.": ("start moved", "start.east_m", "start.north_m"),
    "destination.": ("destination moved", "destination.east_m", "destination.north_m"),
}


def scenario_changes(first: Scenario, other: Scenario) -> list[str]:
    """Return a sentence per change from the first scenario to the other; none when they ask the same question.

    Objects are the same when their ids are. Sentences hold names as users typed them: show them literally.
    """
    old, new = plain_fields(first), plain_fields(other)
    found = list(_area_changes(old, new))
    for part, prefix in PARTS.items():
        found += [prefix + words for words in _field_changes(field_leaves(old[part]), field_leaves(new[part]))]
    for group, words in GROUPS.items():
        found += _group_changes(words, old[group], new[group])
    known = {"area", "version", "name", "description", *PARTS, *GROUPS}
    rest = [{key: data[key] for key in data if key not in known} for data in (old, new)]
    found += _field_changes(field_leaves(rest[0]), field_leaves(rest[1]))
    if old["name"] != new["name"]:
        found.append(f"Name: '{old['name']}' → '{new['name']}'.")
    if old["description"] != new["description"]:
        found.append("The description was rewritten.")
    return found


def step_words(first: Scenario, other: Scenario) -> str:
    """Say in one line what a step from the first scenario to the other did, '' where nothing is seen.

    A step onto another city moves the area and everything on it: then that is what is said.
    """
    if first.city != other.city:
        moved = "" if first.area == other.area else ", with everything on it"
        return f"City: {_city_name(first)} → {_city_name(other)}{moved}."
    changes = scenario_changes(first, other)
    more = f" (and {len(changes) - 1} more)" if len(changes) > 1 else ""
    return f"{changes[0]}{more}" if changes else ""


def _city_name(scenario: Scenario) -> str:
    """Return what a scenario's city is called in a few words: an imported one by the first digits of its hash."""
    city = scenario.city
    words = {"london": f"London, seed {city.seed}", "open": "open ground"}
    return words.get(city.kind, f"imported city {(city.content_hash or '')[:8]}")


def plain_fields(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as plain data in which satellites of a group, paths and cuts are told in a few words."""
    data = all_fields(scenario)
    data["orbits"] = [
        {**member, "satellites": ", ".join(one["name"] or str(one["norad_id"]) for one in member["satellites"])}
        for member in data.get("orbits", ())
    ]
    for user in data["ground_users"]:
        user["path"] = path_words(user["path"])
    for pattern in data["antenna_patterns"]:
        for cut in ("horizontal_db", "vertical_db"):
            pattern[cut] = cut_words(pattern[cut])
    return data


def path_words(path: Sequence[Sequence[float]]) -> str | None:
    """Return a path in a few words, of which some differ where two paths do; None for who stands still."""
    if not path:
        return None
    points = np.asarray(path, dtype=np.float64)
    count = f"{len(path)} point{'s' if len(path) > 1 else ''}"
    return f"{count} up to {points[-1, 0]:g} s ({zlib.crc32(points.tobytes()):08x})"


def cut_words(cut_db: Sequence[float]) -> str:
    """Return a measured cut in a few words, of which some differ where two cuts do."""
    print_of = zlib.crc32(np.asarray(cut_db, dtype=np.float64).tobytes())
    return f"down to {max(cut_db):g} dB below the peak ({print_of:08x})"


def method_changes(first: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return a sentence per difference in how two results came about; ``first`` and ``other`` are their manifests."""
    found = []
    methods = [str(manifest.get("method")) for manifest in (first, other)]
    if methods[0] != methods[1]:
        titles = [METHODS[key].title if key in METHODS else key for key in methods]
        found.append(f"Method: {titles[0]} → {titles[1]}.")
    if first.get("seed") != other.get("seed"):
        found.append(f"Seed of the method: {first.get('seed')} → {other.get('seed')}.")
    old, new = (dict(manifest.get("settings") or {}) for manifest in (first, other))
    shared = [key for key in old if key in new] if methods[0] != methods[1] else [*old, *(set(new) - set(old))]
    found += _field_changes({key: old.get(key) for key in shared}, {key: new.get(key) for key in shared})
    versions = [str(manifest.get("code_version")) for manifest in (first, other)]
    if versions[0] != versions[1]:
        found.append(f"Computed by another version of the program: {versions[0]} → {versions[1]}.")
    return found


def _area_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = old["area"], new["area"]
    north = np.radians(after["lat"] - before["lat"])
    east = np.radians(after["lon"] - before["lon"]) * np.cos(np.radians(before["lat"]))
    metres = EARTH_RADIUS_M * float(np.hypot(east, north))
    if metres > 0.5:
        yield f"The middle of the area lies {distance_words(metres)} away."
    same = {"lon", "lat"}
    yield from _field_changes(
        {key: value for key, value in before.items() if key not in same},
        {key: value for key, value in after.items() if key not in same},
    )


def _group_changes(words: tuple[str, str], old: Sequence[Any], new: Sequence[Any]) -> list[str]:
    """Return the changes of one kind of objects: added, removed, moved, and every other field."""
    before, after = ({member["id"]: field_leaves(member) for member in members} for members in (old, new))
    added, removed = ([key for key in here if key not in there] for here, there in ((after, before), (before, after)))
    found = [f"{_counted(words, ids)} {what}." for ids, what in ((added, "added"), (removed, "removed")) if ids]
    both = [key for key in before if key in after]
    for what, east, north in PLACES.values():
        found += _moves(words, what, {key: step_m(before[key], after[key], east, north) for key in both})
    return found + _common_changes(words, before, after, both)


def step_m(before: Mapping[str, Any], after: Mapping[str, Any], east: str, north: str) -> float:
    """Return how far a point was moved over the ground, in metres."""
    if east not in before or east not in after:
        return 0.0
    return float(np.hypot(after[east] - before[east], after[north] - before[north]))


def _moves(words: tuple[str, str], what: str, steps_m: Mapping[str, float]) -> list[str]:
    moved = {key: step for key, step in steps_m.items() if step > LEAST_STEP_M}
    if not moved:
        return []
    if len(moved) <= MOST_NAMED:
        return [f"{capital(words[0])} {key}: {what} by {distance_words(step)}." for key, step in moved.items()]
    furthest = max(moved, key=moved.__getitem__)
    mean = distance_words(float(np.mean(list(moved.values()))))
    return [
        f"{_counted(words, list(moved))}: {what}, {mean} on average, {furthest} by {distance_words(moved[furthest])}."
    ]


def _common_changes(
    words: tuple[str, str], before: Mapping[str, Any], after: Mapping[str, Any], both: Iterable[str]
) -> list[str]:
    """Return the changed fields of objects; the same change of several objects is said once."""
    places = {path for _, east, north in PLACES.values() for path in (east, north)}
    changed: dict[str, list[str]] = {}
    for key in both:
        old, new = (
            {path: value for path, value in leaves[key].items() if path not in places} for leaves in (before, after)
        )
        for sentence in _field_changes(old, new):
            changed.setdefault(sentence, []).append(key)
    return [f"{_counted(words, ids)}: {sentence[0].lower()}{sentence[1:]}" for sentence, ids in changed.items()]


def _field_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return ``Label: before → after unit.`` for every leaf that differs."""
    found = []
    for path in dict.fromkeys([*old, *new]):
        before, after = old.get(path), new.get(path)
        if before != after:
            label, unit = label_and_unit(path)
            words = [value_words(value, path) for value in (before, after)]
            found.append(f"{label}: {words[0]} → {words[1]}{' ' if unit else ''}{unit}.")
    return found


def label_and_unit(path: str) -> tuple[str, str]:
    """Return what the last step of a dotted field is called, and its unit."""
    *parents, name = path.split(".")
    known = MORE_LABELS.get(name) or LABELS.get(name) or name.replace("_", " ").capitalize()
    if name == "kind" and parents != ["antenna"]:
        known = "Kind"
    label, _, unit = known.rpartition(", ")
    if not label:
        label, unit = known, ""
    ends = [parent for parent in parents if parent in ("start", "destination")]
    return (f"{ends[0].capitalize()}: {label[0].lower()}{label[1:]}" if ends else label), unit


def value_words(value: Any, path: str) -> str:
    """Return a value of a dotted field as it is written."""
    if value is None:
        return "none"
    if path.rpartition(".")[2] == "name":
        return f"'{value}'"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list) and path.rpartition(".")[2] == "corners_m":
        return f"{len(value)} corners" if len(value) > MOST_NAMED else corners_text(tuple(map(tuple, value)))
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e5 else f"{value:,.0f}"
    return CHOICES.get(str(value), str(value).replace("_", " "))


def distance_words(metres: float) -> str:
    """Return a distance in metres as it is written."""
    return (
        f"{metres / 1000.0:.1f} km" if metres >= 1000.0 else f"{metres:.0f} m" if metres >= 10.0 else f"{metres:.1f} m"
    )


def _counted(words: tuple[str, str], ids: Sequence[str]) -> str:
    """Name objects: up to a few by their ids, more by their number."""
    if len(ids) == 1:
        return f"{capital(words[0])} {ids[0]}"
    named = ", ".join(ids[:MOST_NAMED])
    more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
    return f"{len(ids)} {words[1]} ({named}{more})"


def capital(text: str) -> str:
    """Return a text with its first letter raised."""
    return text[0].upper() + text[1:]


def field_leaves(data: Any, path: str = "") -> dict[str, Any]:
    """Return nested dictionaries as one of dotted fields, without the id; lists stay values."""
    if not isinstance(data, Mapping):
        return {path: data}
    found: dict[str, Any] = {}
    for key, value in data.items():
        if key != "id" or path:
            found |= field_leaves(value, f"{path}.{key}" if path else str(key))
    return found
