"""Examples in docstrings run, and the central functions have one."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITH_EXAMPLES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "itnt_core").rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]
CENTRAL = {
    "itnt_core.api": [
        "preset",
        "change",
        "list_methods",
        "optimise",
        "upper_bound",
        "read_answer",
        "read_element_file",
        "write_scenario",
    ],
    "itnt_core.units": ["to_db", "from_db", "watts_to_dbm", "dbm_to_watts"],
    "itnt_core.sinr": ["sinr_of", "spectral_efficiency"],
    "itnt_core.bounds.upper": ["upper_bound"],
    "itnt_core.network.evaluate": ["evaluate"],
    "itnt_core.network.world": ["World.gains_at", "build_world"],
    "itnt_core.network.energy": ["propulsion_power_w", "flight_energy_j"],
    "itnt_core.radio.laws": ["reference_gain", "free_space_db", "uma_los_db"],
    "itnt_core.radio.satellite": ["beam_gain", "carrier_to_noise_db"],
    "itnt_core.sky.geometry": ["look_angles_deg", "slant_range_km"],
    "itnt_core.sky.track": ["look_angles"],
}


@pytest.fixture(autouse=True)
def generated_cities_are_kept(city_cache, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(city_cache.parent))


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_an_example_says_what_the_program_does(name):
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.REPORT_NDIFF)
    assert found.attempted and not found.failed


@pytest.mark.parametrize("name", CENTRAL)
def test_a_central_function_has_an_example(name):
    examples = doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name))
    shown = {test.name.removeprefix(f"{name}.") for test in examples if test.examples}
    assert set(CENTRAL[name]) <= shown
