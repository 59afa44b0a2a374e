"""The command line with air that is not free: fields set for a run, and a mission that cannot be flown."""

import json

import pytest

from itnt_core.cli import main
from itnt_core.scenario import NoFlyZone, TimeGrid, format_scenario

WALL = ((-10.0, -300.0), (10.0, -300.0), (10.0, 300.0), (-10.0, 300.0))


@pytest.fixture
def short(tiny_scenario):
    """The tiny scenario in three slots as long as its eight together: what a run is judged and bounded by is quick."""
    time = tiny_scenario.time
    return tiny_scenario.model_copy(update={"time": TimeGrid(start=time.start, slots=3, slot_s=time.duration_s / 3)})


def stored(folder, scenario):
    file = folder / "asked.json"
    file.write_text(format_scenario(scenario, "json"), encoding="utf-8")
    return str(file)


def test_a_run_keeps_clear_where_it_is_asked_to(short, tmp_path, capsys, data_root, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(data_root))
    asked = stored(tmp_path, short)
    settings = ["airspace.obstacles=buildings", "airspace.clearance_m=20", "aerial_users.*.energy_budget_kj=9.5"]
    words = [word for setting in settings for word in ("--set", setting)]
    assert main(["run", asked, "--method", "straight", *words, "-o", str(tmp_path / "out")]) == 0
    assert json.loads(capsys.readouterr().out.strip().splitlines()[-1])["violations"] == 0
    kept = json.loads((tmp_path / "out" / "scenario.json").read_text())
    assert kept["airspace"] == {"obstacles": "buildings", "clearance_m": 20.0}
    assert kept["aerial_users"][0]["energy_budget_kj"] == 9.5
    assert main(["evaluate", str(tmp_path / "out")]) == 0


def test_a_mission_that_cannot_be_flown_is_told_by_check_and_by_run(
    tiny_scenario, tmp_path, capsys, data_root, monkeypatch
):
    monkeypatch.setenv("ITNT_DATA_DIR", str(data_root))
    start, end = tiny_scenario.aerial_users[0].start, tiny_scenario.aerial_users[0].destination
    middle = (start.north_m + end.north_m) / 2
    corners = tuple((east * 40.0, middle + north / 20.0) for east, north in WALL)
    barred = tiny_scenario.model_copy(update={"no_fly_zones": (NoFlyZone(id="wall", corners_m=corners),)})
    asked = stored(tmp_path, barred)
    for words in (["scenario", "check", asked], ["run", asked, "--method", "straight", "-o", str(tmp_path / "out")]):
        assert main(words) == 1
        told = "".join(capsys.readouterr())
        assert "mission of aerial user 'au-1' is barred by the no-fly zone 'wall'" in told
    lower = barred.model_copy(update={"no_fly_zones": (NoFlyZone(id="wall", corners_m=corners, ceiling_m=100.0),)})
    assert main(["scenario", "check", stored(tmp_path, lower)]) == 0
    assert ", no-fly zones 'wall'" in capsys.readouterr().out
