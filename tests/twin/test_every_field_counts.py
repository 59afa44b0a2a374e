"""Every field that a question about spectrum sharing can hold changes the answer or is refused: none is ignored."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from itnt_core.scenario import Antenna, ScenarioError
from itnt_core.twin import build_environment, twin_of_data, twin_preset
from itnt_core.twin.environment import window_of

# What a field is set to, where the change of its own kind below would not do.
OTHER: dict[str, Any] = {
    "network.radio.rate": "nr_mcs",
    "network.radio.spectral_efficiency_cap": 5.0,
    "network.channel.model": "free_space",
    "network.channel.deployment": "umi",
    "network.channel.clutter": "suburban",
    "network.channel.atmosphere": "itu",
    "network.city.kind": "open",
    "network.objective": "max_min",
    "network.coverage": "ignored",
    "network.time.start": "2026-06-27T03:00:00Z",
    "network.pfd_limit_dbw_m2_mhz": -110.0,
    "network.ground_stations.0.max_users": 1,
    "network.passes.0.radio.max_users": 1,
    "network.ground_stations.0.antenna.kind": "isotropic",
    "network.passes.0.side": "right",
    "network.ground_users.0.demand_mbit_s": 1.0,
    "network.ground_users.0.min_rate_mbit_s": 1.0,
    "network.ground_users.0.indoor": "high_loss",
    "network.area.lon": -0.2,
    "network.passes.0.radio.max_power_w": 50.0,
    "sharing.min_elevation_deg": 88.0,
    "traffic.forecaster": "persistence",
    "sharing.feeder_mbit_s": 3.0,
    "sharing.solver": "cvxpy",
    "network.time.slots": 24,
    "sharing.shared_most": 0,
    "sharing.nearest_stations": 2,
    "sharing.slots_per_cycle": 6,
    "sharing.cycles_per_window": 1,
}
NAMES_ONLY = "names: they stand on pages and change nothing that is computed"
WITH_ANOTHER = "counts with another field that is refused or at rest here"
FREE: dict[str, str] = {
    "version": NAMES_ONLY,
    "kind": NAMES_ONLY,
    "network.version": NAMES_ONLY,
    "network.name": NAMES_ONLY,
    "network.description": NAMES_ONLY,
    "network.ground_stations.0.id": NAMES_ONLY,
    "network.ground_stations.0.name": NAMES_ONLY,
    "network.passes.0.id": NAMES_ONLY,
    "network.passes.0.name": NAMES_ONLY,
    "network.ground_users.0.id": NAMES_ONLY,
    "network.ground_users.0.name": NAMES_ONLY,
    "network.channel.coherence_slots": "of fast fading, which is refused",
    "network.channel.site_correlation": "of several sites; the toy has one",
    "network.channel.clutter": "of the statistical model; the toy sees its buildings",
    "network.channel.rain_exceeded_percent": WITH_ANOTHER,
    "network.ground_users.0.floor": WITH_ANOTHER,
    "network.ground_users.0.depth_m": WITH_ANOTHER,
    "network.ground_stations.0.antenna.pattern": WITH_ANOTHER,
    "network.ground_stations.0.antenna.elements": WITH_ANOTHER,
    "network.ground_stations.0.antenna.azimuth_deg": WITH_ANOTHER,
    "traffic.series": "a file of its own; see test_traffic_places",
    "traffic.own_forecast": "a file of its own",
    "sharing.strict_steering": "of the correction; see test_schemes",
    "sharing.solver": "the same problem by another way; see test_surrogate",
    "sharing.nearest_stations": "the toy has one base station",
}


def leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value of nested data with its path, of lists the first member only."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(data, list) and data:
        yield from leaves(data[0], f"{path}.0")
    elif not isinstance(data, list):
        yield path, data


def put(data: Any, path: str, value: Any) -> None:
    """Set one value of nested data by its path, also one that files leave out at its default."""
    *way, last = path.split(".")
    for key in way:
        data = data[int(key)] if isinstance(data, list) else data.setdefault(key, {})
    data[last] = value


def changed(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else 0.9 * value + 0.05 if isinstance(value, float) else value


def fields_of_everything() -> dict[str, Any]:
    """All fields of the toy with those that files leave out at their defaults."""
    data = twin_preset("toy", 1).model_dump(mode="json")
    data["network"].setdefault("objective", "sum")
    for key, value in {"coverage": "first", "alpha": 2.0, "coverage_price_mbit": 1.0}.items():
        data["network"].setdefault(key, value)
    data["network"].setdefault("pfd_limit_dbw_m2_mhz", None)
    data["network"]["radio"].setdefault("rate", "shannon_capped")
    user = data["network"]["ground_users"][0]
    for key in ("demand_mbit_s", "min_rate_mbit_s"):
        user.setdefault(key, None)
    user.setdefault("priority", 1.0)
    user.setdefault("indoor", "no")
    return dict(leaves(data))


@pytest.fixture(scope="module")
def toy(city_cache):
    return twin_preset("toy", 1, cache_dir=city_cache)


def knowledge(scenario, city_cache) -> list[Any]:
    """All that decisions and the judge see of a question: the window of the whole run, actual and as predicted."""
    world = build_environment(scenario, cache_dir=city_cache)
    nothing = np.zeros(world.users)
    found: list[Any] = [world.demand.predicted_mbit * (1.0 + scenario.sharing.headroom), world.predicted]
    window = window_of(world, world.gain, world.slot_arrivals_mbit, nothing, nothing, world.visible)
    names = (*window.__dataclass_fields__,)
    found += [getattr(window, name) for name in names] + [scenario.windows, scenario.cycles]
    return found


def is_same(first: list[Any], second: list[Any]) -> bool:
    return all(
        (one is None and other is None)
        or (
            one is not None
            and other is not None
            and np.shape(one) == np.shape(other)
            and np.array_equal(np.asarray(one), np.asarray(other))
        )
        for one, other in zip(first, second, strict=True)
    )


def test_every_field_changes_the_answer_or_is_refused(toy, city_cache):
    known, ignored = knowledge(toy, city_cache), []
    for path, value in fields_of_everything().items():
        if path in FREE:
            continue
        data = toy.model_dump(mode="json")
        try:
            put(data, path, OTHER.get(path, changed(value)))
            other = twin_of_data(data)
        except ScenarioError:
            continue  # refused in a sentence
        if is_same(known, knowledge(other, city_cache)):
            ignored.append(path)
    assert not ignored, ", ".join(ignored)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("network.channel.fading", True, "fast fading"),
        ("network.qos.min_sinr_active_db", 3.0, "least SINRs"),
        ("network.objective", "max_min", "the objective max_min"),
        ("network.handover.price_mbit", 5.0, "changes of server"),
        ("network.ground_users.0.indoor", "low_loss", "users indoors"),
    ],
)
def test_what_this_system_does_not_know_is_refused_by_its_name(toy, path, value, words):
    data = toy.model_dump(mode="json")
    put(data, path, value)
    with pytest.raises(ScenarioError, match=words):
        twin_of_data(data)


def test_a_sector_is_heard_where_it_looks(toy, city_cache):
    station = toy.network.ground_stations[0]
    sectors = [
        toy.model_copy(
            update={
                "network": toy.network.model_copy(
                    update={
                        "ground_stations": (
                            station.model_copy(update={"antenna": Antenna(kind="sector", azimuth_deg=degrees)}),
                        )
                    }
                )
            }
        )
        for degrees in (0.0, 180.0)
    ]
    first, second = (build_environment(one, cache_dir=city_cache).gain[0] for one in sectors)
    assert not np.allclose(first, second)
