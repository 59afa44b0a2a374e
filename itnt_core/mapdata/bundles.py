"""What each bundle for the browser holds, stated once: Python packs by it, the map's JavaScript is type-checked by it.

``python -m itnt_core.mapdata.bundles`` writes ``assets/map3d/types/bundles.d.ts``, the same statement in TypeScript.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray
from typing_extensions import TypedDict, is_typeddict

from itnt_core.installed import asset

from .packing import pack

DESCRIPTION = asset("map3d/types/bundles.d.ts")
Position = tuple[float, float, float]  # metres east, north, up of the area's anchor


class Label(TypedDict):
    """A name on the map."""

    kind: Literal["landmark", "place", "bridge"]
    text: str
    position: Position


class Sun(TypedDict):
    """Where the sun stands when a scenario begins."""

    azimuth_deg: float
    elevation_deg: float


class CityMeta(TypedDict):
    """A city: what its arrays do not say."""

    anchor: tuple[float, float]  # longitude, latitude in degrees
    size_m: float
    labels: list[Label]
    notice: str
    buildings: int
    simplified: str


class ZoneMeta(TypedDict):
    """A no-fly zone."""

    id: str
    outline: list[tuple[float, float]]  # corners in metres east and north, the last is joined to the first
    heights: tuple[float, float]  # its floor and its ceiling in metres


class MissionMeta(TypedDict):
    """The mission of an aerial user of which nobody knows before it appears."""

    appears: int  # index of the slot
    destination: Position


class ReplayExtras(TypedDict, total=False):
    """What only some results have: what was recorded before there was such a thing stays readable."""

    lobes: list[list[tuple[float, float]]]  # of each ground station in metres from its mast, [] of a round antenna
    zones: list[ZoneMeta]
    indoors: list[int]  # index of each ground user in a building
    missions: list[
        MissionMeta
    ]  # of each aerial user where flights were not planned beforehand: the future is not drawn


class ReplayMeta(ReplayExtras):
    """A result: names, counts and times."""

    title: str
    start: str  # ISO 8601
    sun: Sun
    slots: int
    slot_s: float
    size_m: float
    overview_m: float  # how wide the overview has to be, so that nobody is outside of it
    aerial_users: list[str]
    ground_users: list[str]
    stations: list[str]  # ground stations first
    ground_stations: int
    min_sinr_db: float
    sky_note: str
    noise_w: float
    station_limits: list[int]
    upper_bound_mbit: float | None


class SharingMeta(TypedDict):
    """A course of spectrum sharing: names, counts and times."""

    title: str
    start: str  # ISO 8601
    sun: Sun
    slots: int
    slot_s: float
    slots_per_cycle: int
    cycles_per_window: int
    cycles: int
    size_m: float
    overview_m: float
    users: list[str]
    stations: list[str]  # ground stations first
    ground_stations: int
    subbands: int
    # "undecided" is a question that nobody has answered yet; the others say why no plan is shown.
    plan: Literal["shown", "not kept", "not corrected", "undecided"]


class SkyPass(TypedDict):
    """A satellite's way across the drawn sky."""

    id: str
    label: str
    track: list[Position]
    window: list[Position]  # the part inside the scenario's time
    marker: Position | None


class SkyMeta(TypedDict):
    """Sun and satellites of a scenario that is edited."""

    sun: Sun
    passes: list[SkyPass]


class LegendStep(TypedDict):
    """One class of a surface."""

    colour: tuple[int, int, int]
    text: str


class SurfaceMeta(TypedDict):
    """A picture over the area."""

    size_m: float
    height_m: float
    title: str
    legend: list[LegendStep]


class LiveMeta(TypedDict):
    """The live optimum's answer to an edit, in words, and what is not in its arrays."""

    number: int
    is_settled: bool
    headline: str  # what the last change did
    figures: list[tuple[str, str]]  # label and text
    gbs_count: int


@dataclass(frozen=True)
class Bundle:
    """One kind of bundle: its meta, and ``dtype (axes)`` of each array; an axis is a name, a number or name + 1."""

    name: str
    meta: type
    arrays: Mapping[str, str]
    some: tuple[Mapping[str, str], ...] = ()  # arrays that only some have; of each group all or none

    def pack(self, meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
        """Pack meta and arrays, of the stated shapes, into one container; ValueError where they are not as stated."""
        if problems := self.problems(meta, arrays):
            raise ValueError(f"no {self.name}: {'; '.join(problems)}")
        return pack(meta, arrays)

    def stated(self, arrays: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Return ``dtype (axes)`` of every array, of the groups that only some have those that ``arrays`` begins."""
        groups = [group for group in self.some if arrays is None or set(group) & set(arrays)]
        return {**self.arrays, **{name: stated for group in groups for name, stated in group.items()}}

    def problems(self, meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> list[str]:
        """Return what is not as stated: names, dtypes, shapes, lengths that should agree."""
        optional = set(self.meta.__optional_keys__)  # type: ignore[attr-defined]  # a TypedDict
        odd_fields = (set(get_type_hints(self.meta)) ^ set(meta)) - optional
        found = [f"meta: {', '.join(sorted(odd_fields))} missing or unknown"] if odd_fields else []
        stated_arrays = self.stated(arrays)
        if odd := set(stated_arrays) ^ set(arrays):
            return [*found, f"arrays: {', '.join(sorted(odd))} missing or unknown"]
        lengths: dict[str, int] = {}
        for name, stated in stated_arrays.items():
            dtype, axes = _read(stated)
            array = arrays[name]
            if array.dtype != np.dtype(dtype) or array.ndim != len(axes):
                found.append(f"{name} is {array.dtype.name} {array.shape}, not {stated}")
            else:
                pairs = zip(axes, array.shape, strict=True)
                found += [f"{name} has {size} {axis}" for axis, size in pairs if not _agrees(axis, size, lengths)]
        return found


CITY = Bundle(
    "CityBundle",
    CityMeta,
    {
        "building_vertices": "float32 (corners, 2)",  # closed rings, clockwise
        "building_starts": "uint32 (buildings + 1)",
        "roof_triangles": "uint32 (roof_corners)",
        "building_heights": "float32 (buildings)",
        "building_bases": "float32 (buildings)",  # above ground, as the heights
        "building_class": "uint8 (buildings)",
        "water_vertices": "float32 (water_corners, 2)",
        "water_triangles": "uint32 (water)",
        "parks_vertices": "float32 (park_corners, 2)",
        "parks_triangles": "uint32 (parks)",
        "roads_vertices": "float32 (road_corners, 2)",
        "roads_triangles": "uint32 (roads)",
        "bank_vertices": "float32 (bank_corners, 2)",  # paved, on land along the water
        "bank_triangles": "uint32 (banks)",
        "quay_vertices": "float32 (quay_corners, 2)",  # the foot of the banks' walls, in the water
        "quay_triangles": "uint32 (quays)",
        "bridge_vertices": "float32 (bridge_corners, 2)",  # decks, ramps, parapets and piers, as buildings
        "bridge_tops": "float32 (bridge_corners)",  # above ground; ramps slope
        "bridge_starts": "uint32 (bridge_parts + 1)",
        "bridge_triangles": "uint32 (bridges_cut)",
        "bridge_bases": "float32 (bridge_parts)",
        "bridge_is_deck": "uint8 (bridge_parts)",  # 1 where people walk, 0 for stone
        "trees": "float32 (trees, 3)",  # east, north, height
    },
)
# T slots, I aerial users, J ground users, U = I + J users, G ground stations, L satellites, S = G + L stations. Slot
# arrays hold slot t at index t - 1; waypoint t is the end of slot t, waypoint 0 the start.
REPLAY = Bundle(
    "ReplayBundle",
    ReplayMeta,
    {
        "au_position_m": "float32 (T + 1, I, 3)",
        "gu_position_m": "float32 (J, 3)",
        "gbs_position_m": "float32 (G, 3)",
        "satellite_drawn_m": "float32 (T + 1, L, 3)",  # NaN below the horizon
        "satellite_elevation_deg": "float32 (T, L)",
        "serving_station": "int16 (T, U)",  # -1: linked to none
        "served": "uint8 (T, U)",  # 1 where linked and at or above the floor
        "sinr_db": "float32 (T, U)",  # NaN where linked to none
        "rate_mbit_s": "float32 (T, U)",
        "service_mbit": "float32 (T + 1, U)",
        "service_total_mbit": "float32 (T + 1)",
        "service_always_on_mbit": "float32 (T + 1)",
        "energy_kj": "float32 (T + 1, I)",
        "beam_km": "float32 (T, L)",
        "station_load": "int16 (T, S)",
        "signal_w": "float32 (T, U)",
        "interferer_starts": "uint32 (cells + 1)",  # cell n = (slot index) * U + user
        "interferer_station": "uint16 (heard)",
        "interferer_w": "float32 (heard)",
    },
    (
        {
            "mover": "uint16 (N)",  # index of each ground user that moves
            "mover_position_m": "float32 (T + 1, N, 3)",
        },
        # Of dispatching, where demand comes and goes, satellites fail, and data wait.
        {
            "asks": "uint8 (T, U)",  # 1 who has something waiting: the others want nothing
            "serves": "uint8 (T, L)",  # 0 a satellite that has failed, or has not begun yet
            "waiting_mbit": "float32 (T + 1, U)",
            "reward": "float32 (T + 1)",  # up to the waypoint
        },
    ),
)
# C cycles of slots, T slots in all, K users, F sub-bands; cycle c has the moments 2 c, what the twin had planned, and
# 2 c + 1, what was run: M moments. A link is a transmitter, a user and a sub-band with a share of its blocks.
SHARING = Bundle(
    "SharingBundle",
    SharingMeta,
    {
        "user_position_m": "float32 (C + 1, K, 3)",
        "gbs_position_m": "float32 (G, 3)",
        "satellite_drawn_m": "float32 (C + 1, L, 3)",  # NaN below the horizon
        "satellite_elevation_deg": "float32 (C, L)",
        "beam_km": "float32 (C, L)",
        "queue_mbit": "float32 (2, T + 1, K)",  # at base stations' side, at satellites'
        "power": "float32 (M, S, F)",  # of the cap
        "steering": "float32 (M, K)",  # part of the arrivals to base stations
        "disturbed_db": "float32 (M, K)",  # the other system's signals over the noise where it is served; -99: none
        "link_starts": "uint32 (M + 1)",
        "link_station": "uint16 (links)",
        "link_user": "uint16 (links)",
        "link_subband": "uint8 (links)",
        "link_share": "float32 (links)",
    },
)
SKY = Bundle("SkyBundle", SkyMeta, {})
SURFACE = Bundle("SurfaceBundle", SurfaceMeta, {"rgba": "uint8 (side, side, 4)"})
# Of an edited scenario: who serves whom most of the time, the flights now and those of the answer before.
LIVE = Bundle(
    "LiveBundle",
    LiveMeta,
    {
        "server": "int16 (U)",  # station that serves the user in most slots, -1: none
        "user_position_m": "float32 (U, 3)",  # of who moves in the middle of the way
        "gbs_position_m": "float32 (G, 3)",
        "flight_m": "float32 (T + 1, I, 3)",
        "ghost_m": "float32 (P, W, 3)",  # W waypoints of each of P flights before that are flown no more
    },
)
BUNDLES = (CITY, REPLAY, SHARING, SKY, SURFACE, LIVE)

_VIEWS = {
    "float32": "Float32Array",
    "int16": "Int16Array",
    "uint8": "Uint8Array",
    "uint16": "Uint16Array",
    "uint32": "Uint32Array",
}
_WORDS = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def typescript() -> str:
    """Return the statement in TypeScript."""
    records: dict[str, str] = {}
    for bundle in BUNDLES:
        _word(bundle.meta, records)
    views = [_bundle(bundle) for bundle in BUNDLES]
    head = "// Written by `python -m itnt_core.mapdata.bundles`; change it there.\n"
    return "\n".join([head, *records.values(), *views])


def _read(stated: str) -> tuple[str, list[str]]:
    """Return dtype and axes of a stated array."""
    dtype, axes = re.fullmatch(r"(\w+) \((.+)\)", stated).groups()  # type: ignore[union-attr]  # ours, and tested
    return dtype, axes.split(", ")


def _agrees(axis: str, size: int, lengths: dict[str, int]) -> bool:
    """Return whether an axis has its length; a name has the length that it had first."""
    if axis.isdigit():
        return size == int(axis)
    name, _, more = axis.partition(" + ")
    return lengths.setdefault(name, size - int(more or 0)) == size - int(more or 0)


def _word(kind: Any, records: dict[str, str]) -> str:
    """Return a type's name in TypeScript; a record is written down, those that it needs first."""
    if kind in _WORDS:
        return _WORDS[kind]
    origin, parts = get_origin(kind), get_args(kind)
    if origin is list:
        return f"{_word(parts[0], records)}[]"
    if origin is tuple:
        return f"[{', '.join(_word(part, records) for part in parts)}]"
    if origin is Literal:
        return " | ".join(f'"{part}"' for part in parts)
    if origin in (Union, types.UnionType):
        return " | ".join(_word(part, records) for part in parts)
    if not is_typeddict(kind):
        raise TypeError(f"{kind} has no word in TypeScript")
    optional = kind.__optional_keys__
    fields = [
        f"  {name}{'?' if name in optional else ''}: {_word(form, records)};"
        for name, form in get_type_hints(kind).items()
    ]
    records.setdefault(kind.__name__, f"interface {kind.__name__} {{\n" + "\n".join(fields) + "\n}\n")
    return str(kind.__name__)


def _bundle(bundle: Bundle) -> str:
    """Return the interface of a bundle as the browser's reader hands it out."""
    lines = [f"interface {bundle.name} {{", f"  meta: {bundle.meta.__name__};", "  shapes: Record<string, number[]>;"]
    for name, stated in bundle.stated().items():
        dtype, axes = _read(stated)
        lines += [f"  /** ({', '.join(axes)}) */", f"  {name}{'' if name in bundle.arrays else '?'}: {_VIEWS[dtype]};"]
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    DESCRIPTION.write_text(typescript(), encoding="utf-8")
