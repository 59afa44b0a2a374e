"""What a bundle holds is stated once: packed by it, refused without it, and the same in TypeScript and in a browser."""

import json
from typing import get_type_hints

import numpy as np
import pytest
from pydantic import ConfigDict, TypeAdapter
from typing_extensions import is_typeddict

from itnt_core.mapdata import unpack
from itnt_core.mapdata.bundles import (
    BUNDLES,
    CITY,
    DESCRIPTION,
    LIVE,
    REPLAY,
    SHARING,
    SKY,
    SURFACE,
    Bundle,
    typescript,
)
from itnt_core.mapdata.editor import sky_bundle
from itnt_core.mapdata.live import live_bundle
from itnt_core.mapdata.replay import replay_bundle
from itnt_core.mapdata.scene import scene_bundle
from itnt_core.mapdata.sharing import question_bundle
from itnt_core.mapdata.surface import gain_picture, surface_bundle
from itnt_core.twin import build_environment, twin_preset
from tests.javascript.node import MissingNodeError, run

VIEWS = {"float32": "Float32Array", "int16": "Int16Array", "uint8": "Uint8Array"} | {
    "uint16": "Uint16Array",
    "uint32": "Uint32Array",
}


def forbid_unknown(kind):
    """Let pydantic refuse keys that a record does not state, in the records inside it, too."""
    kind.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)
    for field in get_type_hints(kind).values():
        for part in (field, *getattr(field, "__args__", ())):
            if is_typeddict(part):
                forbid_unknown(part)


@pytest.fixture
def packed(result, city, scenario, tiny_scenario, straight_decision, city_cache):
    """Return one bundle of each kind as it is sent."""
    toy = twin_preset("toy", cache_dir=city_cache)
    picture = gain_picture(np.linspace(-1.0, 4.0, 6).reshape(2, 3)[:, :2])
    return {
        CITY.name: scene_bundle(city, scenario.area),
        REPLAY.name: replay_bundle(result),
        SHARING.name: question_bundle(build_environment(toy, cache_dir=city_cache)),
        SKY.name: sky_bundle(scenario),
        SURFACE.name: surface_bundle(picture, 600.0),
        LIVE.name: live_bundle(
            tiny_scenario,
            straight_decision,
            None,
            number=1,
            is_settled=False,
            headline="+4.8 % data",
            figures=[("Data service", "78.8 Mbit")],
        ),
    }


@pytest.mark.parametrize("kind", BUNDLES, ids=lambda kind: kind.name)
def test_what_is_sent_is_what_is_stated(kind, packed):
    meta, arrays = unpack(packed[kind.name])
    assert kind.problems(meta, arrays) == []
    forbid_unknown(kind.meta)
    TypeAdapter(kind.meta).validate_json(json.dumps(meta))


def test_what_is_not_as_stated_is_refused_by_name():
    small = Bundle("Small", SURFACE.meta, {"place": "float32 (n, 3)", "starts": "uint32 (n + 1)"})
    meta = {"size_m": 1.0, "height_m": 2.0, "title": "", "legend": []}
    place, starts = np.zeros((4, 3), np.float32), np.zeros(5, np.uint32)
    small.pack(meta, {"place": place, "starts": starts})
    for changed, reason in [
        ({"place": place.astype(float)}, r"place is float64 \(4, 3\), not float32 \(n, 3\)"),
        ({"place": place[0]}, r"place is float32 \(3,\)"),
        ({"place": place[:, :2]}, "place has 2 3"),
        ({"starts": starts[:3]}, r"starts has 3 n \+ 1"),
        ({"more": starts}, "arrays: more missing or unknown"),
    ]:
        with pytest.raises(ValueError, match=f"no Small: {reason}"):
            small.pack(meta, {"place": place, "starts": starts, **changed})
    with pytest.raises(ValueError, match="meta: legend, odd missing or unknown"):
        small.pack({"size_m": 1.0, "height_m": 2.0, "title": "", "odd": 1}, {"place": place, "starts": starts})


def test_the_typescript_is_the_one_that_the_statement_makes():
    assert DESCRIPTION.read_text(encoding="utf-8") == typescript(), "run: python -m itnt_core.mapdata.bundles"


READER = """
import { readFileSync } from "node:fs";
import { unpack } from "./URL";
const blob = readFileSync(process.argv[1]);
const bundle = unpack(blob.buffer.slice(blob.byteOffset, blob.byteOffset + blob.byteLength));
const { meta, shapes, ...arrays } = bundle;
const told = Object.fromEntries(Object.entries(arrays).map(([name, array]) =>
  [name, [array.constructor.name, shapes[name], Array.from(array, (value) => Number.isFinite(value) ? value : null)]]));
console.log(JSON.stringify({ meta, arrays: told }));
"""


@pytest.mark.parametrize("kind", BUNDLES, ids=lambda kind: kind.name)
def test_the_browsers_reader_finds_every_array_under_its_name_and_type(kind, packed, tmp_path):
    path = tmp_path / "sent.bin"
    path.write_bytes(packed[kind.name])
    reader = READER.replace("URL", "src/loading.js")
    try:
        answer = run("node", "--input-type=module", "--eval", reader, str(path))
    except MissingNodeError as problem:
        pytest.skip(str(problem))
    assert answer.returncode == 0, answer.stdout
    found = json.loads(answer.stdout)
    meta, arrays = unpack(packed[kind.name])
    assert found["meta"] == meta and set(found["arrays"]) == set(kind.arrays)
    for name, (view, shape, values) in found["arrays"].items():
        assert view == VIEWS[kind.arrays[name].split()[0]] and shape == list(arrays[name].shape)
        flat = arrays[name].ravel().tolist()
        assert values == [value if np.isfinite(value) else None for value in flat]
