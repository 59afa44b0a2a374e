"""The recording that the first page shows is what the run beside it gives today."""

import json
from pathlib import Path

import numpy as np
import pytest

from itnt_core.city import build_city
from itnt_core.mapdata import unpack
from itnt_core.mapdata.opening import read_opening, record_opening
from itnt_core.mapdata.replay import replay_bundle
from itnt_core.mapdata.scene import scene_bundle
from itnt_core.results import ResultError, read_result
from itnt_core.words import replay_sentence

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo"


def test_the_recorded_opening_is_the_demo_run(tmp_path):
    city_blob, replay_blob, words = read_opening(DEMO)
    result = read_result(DEMO)
    area, kind = result.scenario.area, result.scenario.city
    city = build_city(kind.kind, area.lon, area.lat, area.size_m, kind.seed, tmp_path)
    assert words["kpis"] == result.kpis
    assert words["map"]["alt"] == replay_sentence(result)
    for recorded, fresh in ((city_blob, scene_bundle(city, area)), (replay_blob, replay_bundle(result))):
        (old_meta, old), (meta, new) = unpack(recorded), unpack(fresh)
        assert json.loads(json.dumps(old_meta)) == json.loads(json.dumps(meta))
        assert set(old) == set(new)
        for name in old:
            if not name.endswith("_triangles"):  # another GEOS may cut the same shape along other diagonals
                np.testing.assert_allclose(old[name], new[name], rtol=1e-5, atol=1e-3, equal_nan=True)


def test_a_folder_without_a_result_records_nothing(tmp_path):
    with pytest.raises(ResultError):
        record_opening(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match=r"city\.bin"):
        read_opening(tmp_path)
