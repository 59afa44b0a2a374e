"""Two finished runs of the tiny scenario and one of spectrum sharing, as folders."""

from pathlib import Path

import pytest

from itnt_core.cli import main
from itnt_core.methods import optimise
from itnt_core.report import Source
from itnt_core.results import read_result, write_result


@pytest.fixture(scope="session")
def straight_folder(tiny_scenario, city_cache, tmp_path_factory):
    """A run of the reference method; its scenario's name is markup and its title not ASCII."""
    scenario = tiny_scenario.model_copy(update={"name": "<b>Tiny</b> & Łódź 东京"})
    folder = tmp_path_factory.mktemp("reports") / "straight"
    write_result(folder, optimise(scenario, cache_dir=city_cache))
    return folder


@pytest.fixture(scope="session")
def other_folder(tiny_scenario, city_cache, tmp_path_factory):
    """Another run, of a scenario with half the power."""
    stations = tuple(
        station.model_copy(update={"max_power_w": station.max_power_w / 2}) for station in tiny_scenario.ground_stations
    )
    scenario = tiny_scenario.model_copy(update={"ground_stations": stations})
    folder = tmp_path_factory.mktemp("reports") / "half"
    write_result(folder, optimise(scenario, seed=scenario.seed, cache_dir=city_cache))
    return folder


@pytest.fixture(scope="session")
def twin_folder(tmp_path_factory):
    """A finished scheme of spectrum sharing."""
    where = tmp_path_factory.mktemp("twins")
    assert main(["twin", "new", "--preset", "toy", "--seed", "3", "-o", str(where / "toy.json")]) == 0
    assert main(["twin", "run", str(where / "toy.json"), "--scheme", "greedy", "-o", str(where / "greedy")]) == 0
    return where / "greedy"


@pytest.fixture
def source():
    """Return a function that names a folder."""
    return lambda folder, name="run": Source(Path(folder), name, str(folder))


@pytest.fixture
def straight(straight_folder):
    return read_result(straight_folder)
