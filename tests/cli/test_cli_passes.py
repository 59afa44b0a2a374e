"""The commands ``passes`` and ``satellites``: rows, JSON, masks, and sentences for what cannot be."""

import json
import sys
from datetime import datetime
from pathlib import Path

import pytest

from itnt_core.cli import main
from itnt_core.scenario import format_scenario, read_scenario
from itnt_core.sky import shell_presets

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sky"))
from element_texts import omm_fields, tle_text

KEYS = ("name", "rise", "culmination", "set", "max_elevation_deg", "range_km")
LONDON = ["--lat", "51.5074", "--lon", "-0.1278"]


@pytest.fixture(scope="module")
def elements(tmp_path_factory):
    path = tmp_path_factory.mktemp("elements") / "made.tle"
    path.write_text(tle_text())
    return path


def passes(*arguments):
    return ["passes", *LONDON, "--start", "2026-06-21T06:00:00Z", "--hours", "12", *arguments]


def test_passes_are_printed_as_json_rows_in_order_of_rise(elements, capsys):
    assert main(passes("--elements", str(elements), "--min-elevation", "10", "--json")) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) > 5
    for row in rows:
        assert tuple(row)[: len(KEYS)] == KEYS
        rise, top, end = (datetime.fromisoformat(row[name]) for name in ("rise", "culmination", "set"))
        assert rise <= top <= end and rise.utcoffset().total_seconds() == 0.0
        assert 10.0 <= row["max_elevation_deg"] <= 90.0 and 540.0 < row["range_km"] < 2000.0
        assert row["name"].startswith("MADE ") and "visible_s" not in row
    assert [row["rise"] for row in rows] == sorted(row["rise"] for row in rows)


def test_the_table_has_a_line_per_pass_and_marks_what_the_window_cuts(elements, capsys):
    assert main(passes("--elements", str(elements))) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "max_elevation_deg" in lines[0] and lines[-1].startswith(f"{len(lines) - 2} passes")
    assert ("*" in "".join(lines[1:-1])) == ("goes on beyond" in lines[-1])


def test_other_formats_and_offsets_of_the_start_give_the_same_rows(elements, tmp_path, capsys):
    path = tmp_path / "made.json"
    path.write_text(json.dumps([omm_fields()]))
    assert main(passes("--elements", str(path), "--json")) == 0
    from_omm = json.loads(capsys.readouterr().out)
    london = ["passes", *LONDON, "--start", "2026-06-21T07:00:00+01:00", "--hours", "12", "--json"]
    assert main([*london, "--elements", str(path)]) == 0
    assert json.loads(capsys.readouterr().out) == from_omm
    assert main(passes("--elements", str(elements), "--json")) == 0
    first = [row for row in json.loads(capsys.readouterr().out) if row["name"] == "MADE 1"]
    assert [row["max_elevation_deg"] for row in first] == pytest.approx(
        [row["max_elevation_deg"] for row in from_omm], abs=0.01
    )


def test_buildings_hide_part_of_a_pass(capsys):
    command = [
        "passes",
        "--lat",
        "51.5135",
        "--lon",
        "-0.0845",
        "--start",
        "2026-06-21T12:00:00",
        "--hours",
        "1",
        "--shell",
        "starlink-direct-to-cell-as-flown-2025-10",
        "--min-elevation",
        "15",
    ]
    assert main([*command, "--masked-by", "london", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert any(row["hidden"] for row in rows)
    for row in rows:
        length = (datetime.fromisoformat(row["set"]) - datetime.fromisoformat(row["rise"])).total_seconds()
        hidden = sum(
            (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()
            for begin, end in row["hidden"]
        )
        assert row["visible_s"] == pytest.approx(length - hidden, abs=0.2)
    assert main([*command, "--masked-by", "london"]) == 0
    assert "visible_s" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (["--lat", "91"], "latitude"),
        (["--lon", "nan"], "longitude"),
        (["--start", "noon"], "2026-06-21T12:00:00Z"),
        (["--hours", "0"], "hours"),
        (["--hours", "1e9"], "240"),
        (["--min-elevation", "95"], "0 to 89"),
        (["--masked-by", "paris"], "london"),
        (["--masked-by", "london", "--lat", "48.85", "--lon", "2.35"], "a place in London"),
        (["--elements", "missing.tle"], "missing.tle"),
        (["--elements", "{folder}"], "cannot be used"),
    ],
)
def test_what_cannot_be_gets_a_sentence(elements, tmp_path, capsys, change, word):
    command = [*passes("--elements", str(elements)), *(part.format(folder=tmp_path) for part in change)]
    assert main(command) == 1
    told = capsys.readouterr()
    assert word in told.err and told.out == "" and "Traceback" not in told.err


def test_an_unknown_shell_and_a_broken_file_get_a_sentence(tmp_path, capsys):
    assert main(passes("--shell", "nix")) == 1
    assert "iridium-next" in capsys.readouterr().err
    path = tmp_path / "bad.tle"
    path.write_text("not a TLE\nat all\n")
    assert main(passes("--elements", str(path))) == 1
    assert "Line 2" in capsys.readouterr().err


def test_every_published_shell_can_be_asked_for():
    presets = shell_presets()
    assert len(presets) == 18 and presets["iridium-next"].spread_deg == 180.0
    assert all(preset.shell.planes * preset.shell.satellites_per_plane >= 66 for preset in presets.values())
    assert "336 satellites at 359.7 km" in presets["starlink-direct-to-cell-as-flown-2025-10"].sentence


def test_satellites_are_put_into_a_scenario_file(tiny_scenario, tmp_path, capsys):
    path, out = tmp_path / "tiny.yaml", tmp_path / "with.json"
    path.write_text(format_scenario(tiny_scenario))
    command = ["satellites", str(path), "--shell", "starlink-direct-to-cell-as-flown-2025-10", "-o", str(out)]
    assert main([*command, "--places", "1", "--start", "2026-06-21T15:30:00Z"]) == 0
    assert "hold 1 places" in capsys.readouterr().out
    scenario = read_scenario(out)
    assert scenario.time.start.hour == 15 and len(scenario.orbits) == 1
    assert main(["scenario", "check", str(out)]) == 0
    assert "imported satellites" in capsys.readouterr().out
    for wrong, word in ((["--places", "0"], "1 to 64"), (["--min-elevation", "89"], "none is above 89")):
        assert main([*command[:-1], str(tmp_path / "no.json"), *wrong]) == 1
        assert word in capsys.readouterr().err and not (tmp_path / "no.json").exists()
