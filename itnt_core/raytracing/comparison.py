"""Our urban channel against the ray tracer: the same city, the same links, path gain by path gain."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.city import City
from itnt_core.data import delivered
from itnt_core.network import build_world
from itnt_core.radio import laws
from itnt_core.results import code_version, write_text
from itnt_core.scenario import GROUND_USER_HEIGHT_M, Antenna, Scenario
from itnt_core.units import to_db

from .trace import RayTracingError, TraceSettings, traced_gains_db

SHIPPED_FILE = delivered("raytracing/london-2km.json")
# Most receivers lie near a GBS, or hardly a link would be in line of sight.
NEAR_M, NEAR_SHARE = 300.0, 0.7
COLUMNS = ("distance_m", "line_of_sight", "traced_line_of_sight", "urban_db", "free_space_db", "traced_db")


@dataclass(frozen=True, eq=False)
class Comparison:
    """Links with the path gains of both models in dB, isotropic antennas, no shadowing; arrays (links,)."""

    distance_m: Array
    line_of_sight: NDArray[np.bool_]
    traced_line_of_sight: NDArray[np.bool_]
    urban_db: Array
    free_space_db: Array
    traced_db: Array  # nan where no path was found
    about: dict[str, Any]


@dataclass(frozen=True)
class Agreement:
    """How well the models agree on some links; differences are urban minus traced, in dB, over links with a path."""

    links: int
    without_path: int
    bias_db: float
    rmse_db: float
    spread_db: float
    correlation: float


def compare(
    scenario: Scenario,
    receivers: int = 200,
    settings: TraceSettings | None = None,
    cache_dir: Path | None = None,
    timeout_s: float = 7200.0,
) -> Comparison:
    """Compare the two models on every link from a scenario's GBSs to seeded points on free ground, 1.5 m high.

    Antennas are isotropic at both ends and shadowing is off: the urban model's mean path gain stands against the sum of
    the traced paths' powers. Raises RayTracingError when the ray tracer cannot answer.
    """
    plain = plain_scenario(scenario, settings)
    chosen = settings or TraceSettings(carrier_ghz=plain.radio.carrier_ghz)
    world = build_world(plain, cache_dir=cache_dir)
    stations_m = world.station_positions_m[0, : world.gbs_count]
    points = receiver_points(world.city, stations_m, receivers, scenario.seed)
    traced = traced_gains_db(world.city, stations_m, points, chosen, cache_dir, timeout_s)
    sight = world.channel.gbs_sight(points, aerial=False)
    urban_db = to_db(world.channel.gbs_gain(points, False, sight))
    distance = np.linalg.norm(points[:, None] - stations_m, axis=-1)
    about = {
        "scenario": scenario.name,
        "buildings": world.city.building_count,
        "masts": len(stations_m),
        "receivers": len(points),
        "deployment": plain.channel.deployment,
        "settings": asdict(chosen),
        "versions": traced.versions,
        "wall_s": traced.wall_s,
        "code": code_version(),
        "made": datetime.now(UTC).isoformat(timespec="minutes"),
    }
    return Comparison(
        distance.ravel(),
        sight.ravel(),
        traced.line_of_sight.ravel(),
        urban_db.ravel(),
        -laws.free_space_db(distance, chosen.carrier_ghz).ravel(),
        np.where(np.isfinite(traced.gain_db), traced.gain_db, np.nan).ravel(),
        about,
    )


def plain_scenario(scenario: Scenario, settings: TraceSettings | None = None) -> Scenario:
    """Return the scenario with the urban channel, isotropic GBS antennas, no random parts and the tracer's carrier."""
    if not scenario.ground_stations:
        raise RayTracingError("The scenario has no GBS, but the comparison needs one: place a GBS.")
    carrier = scenario.radio.carrier_ghz if settings is None else settings.carrier_ghz
    isotropic = Antenna(kind="isotropic", gain_dbi=0.0)
    return scenario.model_copy(
        update={
            "channel": scenario.channel.model_copy(update={"model": "urban", "shadowing": False, "fading": False}),
            "radio": scenario.radio.model_copy(update={"carrier_ghz": carrier}),
            "ground_stations": tuple(
                station.model_copy(update={"antenna": isotropic}) for station in scenario.ground_stations
            ),
        }
    )


def receiver_points(city: City, stations_m: Array, count: int, seed: int) -> Array:
    """Return points (count, 3) on free ground, 1.5 m high: most around a GBS (GBSs, 3), the others anywhere."""
    random = np.random.default_rng(seed)
    half = 0.45 * city.size_m  # nothing stands outside the square, so its edge is no place to compare
    near = round(NEAR_SHARE * count)
    around = stations_m[random.integers(len(stations_m), size=40 * count), :2] + random.uniform(
        -NEAR_M, NEAR_M, (40 * count, 2)
    )
    around = around[(np.abs(around) <= half).all(axis=1)]
    anywhere = random.uniform(-half, half, (40 * count, 2))
    chosen = [
        drawn[city.is_free_ground(drawn)][:wanted] for drawn, wanted in ((around, near), (anywhere, count - near))
    ]
    plan = np.vstack(chosen)
    if len(plan) < count:
        raise RayTracingError(f"There is too little free ground for {count} receivers: use fewer.")
    return np.column_stack([plan, np.full(len(plan), GROUND_USER_HEIGHT_M)])


def agreement(comparison: Comparison, among: NDArray[np.bool_] | None = None) -> Agreement:
    """Return bias, root mean square error, spread and correlation over the links of a mask.

    ``among`` has the shape of the comparison's links; without it all count.
    """
    chosen = np.ones(len(comparison.distance_m), dtype=bool) if among is None else among
    found = chosen & np.isfinite(comparison.traced_db)
    urban, traced = comparison.urban_db[found], comparison.traced_db[found]
    missing = int(chosen.sum() - found.sum())
    if not len(urban):
        return Agreement(int(chosen.sum()), missing, *[float("nan")] * 4)
    error = urban - traced
    together = len(urban) > 2 and urban.std() > 0.0 and traced.std() > 0.0
    correlation = float(np.corrcoef(urban, traced)[0, 1]) if together else float("nan")
    return Agreement(
        int(chosen.sum()),
        missing,
        float(error.mean()),
        float(np.sqrt((error**2).mean())),
        float(error.std()),
        correlation,
    )


def agreements(comparison: Comparison) -> dict[str, Agreement]:
    """Return the agreement over all links and split by line of sight and distance."""
    sight, near = comparison.line_of_sight, comparison.distance_m < NEAR_M
    return {
        "All links": agreement(comparison),
        "Line of sight": agreement(comparison, sight),
        "No line of sight": agreement(comparison, ~sight),
        f"No line of sight, below {NEAR_M:.0f} m": agreement(comparison, ~sight & near),
        f"No line of sight, {NEAR_M:.0f} m and more": agreement(comparison, ~sight & ~near),
    }


def same_sight(comparison: Comparison) -> float:
    """Return the share of links on which both say the same about line of sight."""
    return float((comparison.line_of_sight == comparison.traced_line_of_sight).mean())


def write_comparison(path: Path, comparison: Comparison) -> None:
    """Write a comparison as JSON, gains and distances to 0.1."""
    columns: dict[str, list[Any]] = {}
    for name in COLUMNS:
        values = getattr(comparison, name)
        columns[name] = (
            values.astype(int).tolist()
            if values.dtype == bool
            else [round(float(value), 1) if np.isfinite(value) else None for value in values]
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps({"about": comparison.about, "links": columns}, separators=(",", ":")) + "\n")


def read_comparison(path: Path) -> Comparison | None:
    """Return a stored comparison; None where there is none or the file is no comparison."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        arrays = {name: np.array(content["links"][name], dtype=float) for name in COLUMNS}
        about = dict(content["about"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if len({array.shape for array in arrays.values()}) != 1:
        return None
    for name in ("line_of_sight", "traced_line_of_sight"):
        arrays[name] = arrays[name] > 0.0
    return Comparison(**arrays, about=about)


def own_file(root: Path) -> Path:
    """Return where a comparison made on this machine is kept under a data root."""
    return root / "raytracing" / "comparison.json"


def stored_comparison(root: Path) -> Comparison | None:
    """Return the comparison made on this machine, else the shipped one, else None."""
    return read_comparison(own_file(root)) or read_comparison(SHIPPED_FILE)
