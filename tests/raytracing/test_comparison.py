"""The comparison of both models: its links, its figures, its file, and that the shipped one is of today's model."""

import json

import numpy as np
import pytest

import itnt_core.raytracing.comparison as subject
from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.radio import laws
from itnt_core.raytracing import (
    SHIPPED_FILE,
    RayTracingError,
    TracedGains,
    TraceSettings,
    agreement,
    agreements,
    compare,
    own_file,
    read_comparison,
    same_sight,
    stored_comparison,
    write_comparison,
)

stored_to_a_tenth = 0.051


def by_hand(city, stations_m, points_m, settings, cache_dir, timeout_s):
    """Answer like a tracer, with TR 38.901 UMa written out link by link, and no path on the last one."""
    gain, sight = np.empty((len(points_m), len(stations_m))), np.empty((len(points_m), len(stations_m)), dtype=bool)
    for row, point in enumerate(points_m):
        for column, gbs in enumerate(stations_m):
            flat, slant = np.hypot(*(point - gbs)[:2]), np.linalg.norm(point - gbs)
            sight[row, column] = city.line_of_sight([point], [gbs])[0]
            law = laws.uma_los_db if sight[row, column] else laws.uma_nlos_db
            gain[row, column] = -law(np.array(flat), np.array(slant), gbs[2], point[2], settings.carrier_ghz)
    gain[-1, -1] = -np.inf
    return TracedGains(gain, sight, {"sionna-rt": "0"}, 2.0)


@pytest.fixture(scope="module")
def compared():
    tiny = preset("tiny")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "traced_gains_db", by_hand)
        return compare(tiny, receivers=40, settings=TraceSettings(carrier_ghz=3.0))


def test_the_urban_side_is_tr_38901_with_the_city_s_sight_and_isotropic_antennas(compared):
    found = agreement(compared)
    assert (found.links, found.without_path) == (80, 1)
    assert found.rmse_db < 1e-9 and found.correlation == pytest.approx(1.0)
    assert same_sight(compared) == 1.0
    assert compared.about["settings"]["carrier_ghz"] == 3.0


def test_bias_error_and_spread_are_those_of_the_differences(compared):
    shift = np.where(np.arange(80) % 2, 5.0, 1.0)
    moved = subject.Comparison(
        compared.distance_m,
        compared.line_of_sight,
        ~compared.traced_line_of_sight,
        compared.urban_db,
        compared.free_space_db,
        compared.urban_db - shift,
        {},
    )
    found = agreement(moved)
    assert found.bias_db == pytest.approx(3.0) and found.spread_db == pytest.approx(2.0)
    assert found.rmse_db == pytest.approx(13.0**0.5)
    assert same_sight(moved) == 0.0


def test_kinds_of_links_add_up(compared):
    rows = agreements(compared)
    assert rows["Line of sight"].links + rows["No line of sight"].links == rows["All links"].links
    parts = [row.links for name, row in rows.items() if name.startswith("No line of sight, ")]
    assert sum(parts) == rows["No line of sight"].links


def test_no_link_at_all_gives_no_figures(compared):
    found = agreement(compared, np.zeros(80, dtype=bool))
    assert found.links == 0 and np.isnan([found.bias_db, found.rmse_db, found.correlation]).all()


def test_a_comparison_survives_its_file(compared, tmp_path):
    write_comparison(tmp_path / "a" / "b.json", compared)
    again = read_comparison(tmp_path / "a" / "b.json")
    for name in subject.COLUMNS:
        np.testing.assert_allclose(getattr(again, name), getattr(compared, name), atol=stored_to_a_tenth)
    assert again.about == compared.about


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"about": {}, "links": {}}', '{"about": {}, "links": {"distance_m": ["x"]}}']
)
def test_what_is_no_comparison_counts_as_none(tmp_path, text):
    (tmp_path / "junk.json").write_text(text)
    assert read_comparison(tmp_path / "junk.json") is None
    (tmp_path / "deep.json").write_text("[" * 200_000)
    assert read_comparison(tmp_path / "deep.json") is None
    assert read_comparison(tmp_path / "missing.json") is None


def test_columns_of_different_lengths_count_as_none(tmp_path, compared):
    write_comparison(tmp_path / "short.json", compared)
    content = json.loads((tmp_path / "short.json").read_text())
    content["links"]["traced_db"].pop()
    (tmp_path / "short.json").write_text(json.dumps(content))
    assert read_comparison(tmp_path / "short.json") is None


def test_one_s_own_comparison_goes_before_the_shipped_one(tmp_path, compared):
    assert stored_comparison(tmp_path).about["scenario"] == "London 2 km"
    write_comparison(own_file(tmp_path), compared)
    assert stored_comparison(tmp_path).about["scenario"] == "Tiny"


def test_a_scenario_without_base_stations_is_refused():
    with pytest.raises(RayTracingError, match="no GBS"):
        compare(preset("tiny").model_copy(update={"ground_stations": ()}))


def test_the_shipped_comparison_is_of_today_s_city_and_model(data_root):
    """When this fails, the city or the channel has changed: run python -m benchmarks.raytracing -o with its file."""
    shipped = read_comparison(SHIPPED_FILE)
    scenario = subject.plain_scenario(preset("london-2km", cache_dir=data_root))
    world = build_world(scenario, cache_dir=data_root)
    stations = world.station_positions_m[0, : world.gbs_count]
    points = subject.receiver_points(world.city, stations, shipped.about["receivers"], scenario.seed)
    urban_db = 10.0 * np.log10(world.channel.gbs_gain(points, aerial=False))
    np.testing.assert_allclose(shipped.urban_db, urban_db.ravel(), atol=stored_to_a_tenth)
    assert same_sight(shipped) == 1.0
