"""The scenario's objects as table rows, and edited rows back as objects: the editor for the keyboard.

An edited table arrives as a difference to the rows that were shown: changed cells, added rows, deleted row numbers.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from itnt_core.scenario import (
    AerialUser,
    EditError,
    GroundStation,
    GroundUser,
    NoFlyZone,
    Part,
    Pass,
    Scenario,
    WalkerShell,
    free_ids,
    shown,
)

from .fields import field_value


@dataclass(frozen=True)
class TableSpec:
    """One table: the scenario's field, the part it holds, columns as dotted fields with labels, a new row's values."""

    field: str
    part: type[Part]
    columns: Mapping[str, str]
    new_row: Mapping[str, Any]


TABLES = {
    "ground_stations": TableSpec(
        "ground_stations",
        GroundStation,
        {
            "id": "Id",
            "name": "Name",
            "east_m": "East, m",
            "north_m": "North, m",
            "height_m": "Antenna height, m",
            "max_power_w": "Power, W",
            "max_users": "Most users",
            "antenna.kind": "Antenna",
            "antenna.azimuth_deg": "Azimuth, °",
        },
        {"east_m": 0.0, "north_m": 0.0},
    ),
    "aerial_users": TableSpec(
        "aerial_users",
        AerialUser,
        {
            "id": "Id",
            "name": "Name",
            "start.east_m": "Start east, m",
            "start.north_m": "Start north, m",
            "start.height_m": "Start height, m",
            "destination.east_m": "Dest. east, m",
            "destination.north_m": "Dest. north, m",
            "destination.height_m": "Dest. height, m",
            "max_speed_m_s": "Top speed, m/s",
            "energy_budget_kj": "Energy budget, kJ",
        },
        {
            "start": {"east_m": 0.0, "north_m": 0.0},
            "destination": {"east_m": 200.0, "north_m": 0.0},
        },
    ),
    "ground_users": TableSpec(
        "ground_users",
        GroundUser,
        {
            "id": "Id",
            "name": "Name",
            "east_m": "East, m",
            "north_m": "North, m",
            "height_m": "Height, m",
            "indoor": "Where",
            "floor": "Floor",
        },
        {"east_m": 0.0, "north_m": 0.0},
    ),
    "no_fly_zones": TableSpec(
        "no_fly_zones",
        NoFlyZone,
        {
            "id": "Id",
            "name": "Name",
            "corners_m": "Corners: east north; ... in m",
            "floor_m": "Floor, m",
            "ceiling_m": "Ceiling, m",
        },
        {"corners_m": ((-100.0, -100.0), (100.0, -100.0), (100.0, 100.0), (-100.0, 100.0))},
    ),
    "walker_shells": TableSpec(
        "walker_shells",
        WalkerShell,
        {
            "id": "Id",
            "altitude_km": "Altitude, km",
            "inclination_deg": "Inclination, °",
            "planes": "Planes",
            "satellites_per_plane": "Satellites per plane",
            "phasing": "Phasing",
            "satellites_used": "Satellites used",
            "min_elevation_deg": "Lowest elevation, °",
        },
        {},
    ),
    "passes": TableSpec(
        "passes",
        Pass,
        {
            "id": "Id",
            "name": "Name",
            "altitude_km": "Altitude, km",
            "max_elevation_deg": "Highest elevation, °",
            "heading_deg": "Direction, °",
            "culmination_s": "Culmination, s",
            "side": "Side",
        },
        {},
    ),
}


def table_rows(spec: TableSpec, members: Sequence[Part]) -> list[dict[str, Any]]:
    """Return one row per member, keyed by column label."""
    return [{label: field_value(member, path) for path, label in spec.columns.items()} for member in members]


def edited_members(
    spec: TableSpec, scenario: Scenario, shown: Sequence[Part], difference: Mapping[str, Any]
) -> tuple[Part, ...]:
    """Return the members after a table edit; raise :class:`EditError` with one sentence when a value is not allowed.

    A new row without an id gets one that is free in the scenario.
    """
    elsewhere = scenario.model_copy(update={spec.field: ()}).taken_ids(spec.field)
    deleted = set(difference.get("deleted_rows", ()))
    changed = {int(row): cells for row, cells in difference.get("edited_rows", {}).items()}
    members = [_changed(spec, member, changed.get(row, {})) for row, member in enumerate(shown) if row not in deleted]
    for cells in difference.get("added_rows", ()):
        members.append(_added(spec, cells, elsewhere | {str(field_value(member, "id")) for member in members}))
    return tuple(members)


def with_members(scenario: Scenario, field: str, members: Sequence[Part]) -> Scenario:
    """Return the scenario with one group of objects replaced; limits on their number hold."""
    data = {name: getattr(scenario, name) for name in type(scenario).model_fields}
    try:
        return Scenario(**{**data, field: tuple(members)})
    except ValidationError as error:
        raise EditError(f"The table cannot hold that: {error.errors()[0]['msg']}.") from error


def _changed(spec: TableSpec, member: Part, cells: Mapping[str, Any]) -> Part:
    """Return a member with edited cells, validated; unchanged members are returned as they are."""
    if not cells:
        return member
    data = member.model_dump()
    for label, value in cells.items():
        _write(data, _path(spec, label), value)
    return _validated(spec, data)


def _added(spec: TableSpec, cells: Mapping[str, Any], taken: Set[str]) -> Part:
    """Return a new member from a new table row; a missing id is given."""
    data: dict[str, Any] = copy.deepcopy(dict(spec.new_row))
    for label, value in cells.items():
        if value is not None and label != "_index":
            _write(data, _path(spec, label), value)
    data.setdefault("id", next(free_ids(spec.field, taken)))
    return _validated(spec, data)


def _validated(spec: TableSpec, data: Mapping[str, Any]) -> Part:
    """Return the part made of the data; a wrong value becomes one sentence."""
    try:
        return spec.part.model_validate(data, strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(step) for step in first["loc"])
        label = spec.columns.get(path, path)
        raise EditError(
            f"'{label}' of '{data.get('id')}' cannot be {shown(first['input'], 40)}: {first['msg']}."
        ) from error


def _path(spec: TableSpec, label: str) -> str:
    """Return the dotted field of a column label."""
    for path, known in spec.columns.items():
        if known == label:
            return path
    raise EditError(f"The table has no column '{label:.40}'.")


def _write(data: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a dotted field of nested dictionaries; an emptied text is the empty text."""
    *parents, last = path.split(".")
    for step in parents:
        data = data.setdefault(step, {})
    data[last] = "" if value is None and last == "name" else value
