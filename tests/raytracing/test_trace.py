"""Asking the ray tracer: a stand-in interpreter that keeps the protocol, every way it can fail, and the real one."""

import os
import stat
import sys

import numpy as np
import pytest

import itnt_core.raytracing.worker as worker
from itnt_core.city.registry import open_ground
from itnt_core.radio import laws
from itnt_core.raytracing import RayTracingError, TraceSettings, traced_gains_db
from itnt_core.raytracing.trace import INTERPRETER_VARIABLE, MOST_RECEIVERS

CITY = open_ground(0.0, 51.0, 400.0, 1)
STATIONS = np.array([(0.0, 0.0, 10.0), (50.0, 0.0, 25.0)])
POINTS = np.array([(30.0, 40.0, 1.5), (100.0, 0.0, 1.5), (-60.0, 10.0, 1.5)])

# What the real worker does, with free space for an answer and no path to the last point.
ANSWERING = """
import json, pathlib, sys
import numpy as np
folder = pathlib.Path(sys.argv[2])
request = json.loads((folder / "request.json").read_text())
assert (folder / "scene.xml").exists() and (folder / "ground.ply").exists()
with np.load(folder / "points.npz") as points:
    apart = np.linalg.norm(points["receivers_m"][:, None] - points["transmitters_m"], axis=-1)
gain = (299792458.0 / (4e9 * np.pi * request["carrier_ghz"] * apart)) ** 2
gain[-1] = 0.0
np.savez(folder / "gains.npz", path_gain=gain, line_of_sight=gain > 0.0)
(folder / "answer.json").write_text(json.dumps({"versions": {"sionna-rt": "0"}, "wall_s": 1.5}))
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Return a function that makes a text of Python the interpreter of the ray tracer."""

    def put(text):
        path = tmp_path / "stand-in"
        path.write_text(f"#!{sys.executable}\n{text}")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv(INTERPRETER_VARIABLE, str(path))

    return put


def failing(stand_in, text, **arguments):
    stand_in(text)
    with pytest.raises(RayTracingError) as caught:
        traced_gains_db(CITY, STATIONS, POINTS, **arguments)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def test_gains_come_back_in_decibels_with_nothing_where_no_path_was_found(stand_in):
    stand_in(ANSWERING)
    answer = traced_gains_db(CITY, STATIONS, POINTS, TraceSettings(carrier_ghz=3.5))
    apart = np.linalg.norm(POINTS[:, None] - STATIONS, axis=-1)
    np.testing.assert_allclose(answer.gain_db[:2], -laws.free_space_db(apart, 3.5)[:2], atol=1e-9)
    assert np.isneginf(answer.gain_db[2]).all()
    assert answer.line_of_sight.tolist() == [[True, True], [True, True], [False, False]]
    assert answer.versions == {"sionna-rt": "0"} and answer.wall_s == 1.5


def test_an_answer_is_kept_for_the_same_question_only_and_traced_again_when_damaged(stand_in, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    stand_in(ANSWERING)
    first = traced_gains_db(CITY, STATIONS, POINTS, cache_dir=cache)
    working = os.environ[INTERPRETER_VARIABLE]
    monkeypatch.setenv(INTERPRETER_VARIABLE, str(tmp_path / "nothing"))
    again = traced_gains_db(CITY, STATIONS, POINTS, cache_dir=cache)
    np.testing.assert_allclose(again.gain_db, first.gain_db, atol=1e-9)
    assert again.versions == first.versions
    for question in (
        {"settings": TraceSettings(seed=2)},
        {"transmitters_m": STATIONS + 1.0},
        {"city": open_ground(0.0, 51.0, 500.0, 1)},
    ):
        with pytest.raises(RayTracingError, match="cannot be started"):
            traced_gains_db(
                **{"city": CITY, "transmitters_m": STATIONS, "receivers_m": POINTS, **question}, cache_dir=cache
            )
    (kept,) = cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    monkeypatch.setenv(INTERPRETER_VARIABLE, working)
    np.testing.assert_allclose(traced_gains_db(CITY, STATIONS, POINTS, cache_dir=cache).gain_db, first.gain_db)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            f"raise SystemExit({worker.EXIT_NO_PACKAGE})",
            "not installed: install it into an environment (pip install -r ",
        ),
        (f"raise SystemExit({worker.EXIT_NO_LLVM})", "no LLVM: on a processor it needs the LLVM library"),
        (f"raise SystemExit({worker.EXIT_TOO_MANY_PATHS})", "use fewer samples"),
        ("import os; os.abort()", "signal 6, as happens with an old LLVM"),
        ("raise ValueError('no such material')", "ValueError: no such material"),
        ("raise SystemExit(1)", "it said nothing"),
        ("", "answer cannot be read"),
        (ANSWERING.replace("gain[-1] = 0.0", "gain = gain[:-1]"), "gains of shape (2, 2) for (3, 2)"),
        (ANSWERING.replace("gain[-1] = 0.0", "gain[-1] = np.nan"), "no power gains"),
        (ANSWERING.replace("gain[-1] = 0.0", "gain[-1] = -1.0"), "no power gains"),
        (ANSWERING + "(folder / 'gains.npz').write_bytes(b'PK junk')", "answer cannot be read"),
        (ANSWERING + "(folder / 'answer.json').write_text('[1]')", "answer cannot be read"),
    ],
    ids=range(12),
)
def test_every_failure_is_one_sentence_with_what_to_do(stand_in, text, words):
    assert words in failing(stand_in, text)


def test_a_tracer_that_takes_too_long_is_stopped(stand_in):
    assert "not done after 1 s" in failing(stand_in, "import time; time.sleep(60)", timeout_s=1.0)


@pytest.mark.parametrize(
    "points",
    [np.zeros((0, 3)), np.zeros((2, 2)), np.zeros(3), [(0.0, np.nan, 1.0)], np.zeros((MOST_RECEIVERS + 1, 3))],
    ids=["none", "flat", "one row", "nan", "too many"],
)
def test_points_that_are_no_points_are_refused_before_anything_starts(points, monkeypatch):
    monkeypatch.setenv(INTERPRETER_VARIABLE, "/nothing/there")
    with pytest.raises(RayTracingError, match="receivers of the ray tracer"):
        traced_gains_db(CITY, STATIONS, points)


@pytest.mark.parametrize(
    "settings", [{"carrier_ghz": 0.7}, {"max_depth": 40}, {"samples": 0}, {"scattering_coefficient": 1.5}, {"seed": -1}]
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(RayTracingError, match=f"{next(iter(settings))} of the ray tracer is"):
        TraceSettings(**settings)


def test_the_worker_tells_a_missing_package_from_a_missing_llvm(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sionna", None)
    assert worker.main(tmp_path) == worker.EXIT_NO_PACKAGE
    monkeypatch.delitem(sys.modules, "sionna")
    package = tmp_path / "sionna"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "rt.py").write_text("raise ImportError('the LLVM shared library could not be found')")
    monkeypatch.syspath_prepend(tmp_path)
    assert worker.main(tmp_path) == worker.EXIT_NO_LLVM
    monkeypatch.delitem(sys.modules, "sionna", raising=False)


@pytest.mark.skipif(
    not os.environ.get(INTERPRETER_VARIABLE), reason=f"{INTERPRETER_VARIABLE} names no interpreter with Sionna RT"
)
def test_the_real_tracer_gives_friis_without_reflections_and_more_with_the_ground():
    settings = TraceSettings(max_depth=0, scattering_coefficient=0.0, diffraction=False, samples=1000)
    apart = np.linalg.norm(POINTS[:, None] - STATIONS, axis=-1)
    direct = traced_gains_db(CITY, STATIONS, POINTS, settings)
    np.testing.assert_allclose(direct.gain_db, -laws.free_space_db(apart, 2.0), atol=0.5)  # polarisation is vertical
    assert direct.line_of_sight.all()
    bounced = traced_gains_db(
        CITY, STATIONS, POINTS, TraceSettings(max_depth=1, scattering_coefficient=0.0, diffraction=False, samples=1000)
    )
    assert ((bounced.gain_db > direct.gain_db) & (bounced.gain_db < direct.gain_db + 3.01)).all()
