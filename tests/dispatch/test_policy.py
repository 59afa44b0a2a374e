"""A policy's file is plain numbers of certain shapes, or is refused; features are those of any number of users."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from itnt_core.dispatch import (
    SHIPPED,
    DispatchDynamics,
    DispatchError,
    LearnedDispatcher,
    PolicyWeights,
    read_policy,
    run_episode,
    write_policy,
)
from itnt_core.dispatch.features import SIZE, Features
from itnt_core.dispatch.policy import SHAPES
from tests.dispatch.settings import stage


def drawn(seed=0):
    draw = np.random.default_rng(seed)
    return {name: draw.normal(size=shape).astype(np.float32) for name, shape in SHAPES.items()}


def packed(arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def test_what_is_written_is_read_again(tmp_path):
    weights = PolicyWeights(drawn(), {"seed": 3})
    write_policy(tmp_path / "mine.npz", weights)
    again = read_policy(tmp_path / "mine.npz")
    assert again.about == {"seed": 3, "sha256": weights.content_hash} and again.content_hash == weights.content_hash
    for name, array in weights.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array)


def test_the_network_is_the_one_of_its_equation():
    weights = PolicyWeights(drawn())
    features = np.random.default_rng(1).normal(size=(2, SIZE)).astype(np.float32)
    for row, told in zip(features, weights.logits(features), strict=True):
        own = {name: array.astype(float) for name, array in weights.arrays.items()}
        first = [np.tanh(row @ own["w0"][:, unit] + own["b0"][unit]) for unit in range(len(own["b0"]))]
        second = [np.tanh(np.dot(first, own["w1"][:, unit]) + own["b1"][unit]) for unit in range(len(own["b1"]))]
        assert told == pytest.approx(np.dot(second, own["w2"][:, 0]) + row[:3] @ own["trust"], rel=1e-4, abs=1e-4)


class Harmful:
    def __reduce__(self):
        return (pytest.fail, ("code of a file was run",))


def zeros(name, what):
    """Return a zip file whose one part unpacks to far more than it takes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, bytes(what))
    return stream.getvalue()


def claiming(shape, kind="<f4"):
    """Return a file whose array says that it is far larger than what follows."""
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        parts.writestr("w0.npy", b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head)
    return stream.getvalue()


def spoiled(place, value):
    """Return a policy with a byte of every part's entry changed: 8 is its flags, 10 how it is compressed."""
    content, at = bytearray(packed(drawn())), -1
    while (at := content.find(b"PK\x01\x02", at + 1)) >= 0:
        content[at + place] = value
    return bytes(content)


def garbled():
    content = bytearray(packed(drawn()))
    content[3000:3010] = bytes(255 - byte for byte in content[3000:3010])
    return bytes(content)


REFUSED = [
    (claiming("(10000000000000,)"), "cannot be read as a file of plain arrays"),  # no memory is asked for
    (claiming("(9,)", "|O"), "cannot be read as a file of plain arrays"),
    (spoiled(8, 1), "cannot be read as a file of plain arrays"),  # encrypted
    (spoiled(10, 99), "cannot be read as a file of plain arrays"),
    (garbled(), "cannot be read as a file of plain arrays"),
    (packed({**drawn(), "about": np.array("[" * 40_000)}), "tells of itself in no JSON"),
    (b"no numbers", "cannot be read as a file of plain arrays"),
    (b"PK\x03\x04 broken", "cannot be read as a file of plain arrays"),
    (pickle.dumps(Harmful()), "cannot be read as a file of plain arrays"),
    (packed({**drawn(), "w0": np.array([Harmful()], dtype=object)}), "cannot be read as a file of plain arrays"),
    (bytes(300_000), "has 300,000 bytes, but 200,000 are the most"),
    (zeros("w0.npy", 5_000_000), "unpacks to 5,000,000 bytes, but 200,000 are the most"),
    (packed({name: part for name, part in drawn().items() if name != "w1"}), "lacks the array 'w1'"),
    (packed({**drawn(), "more": np.zeros(3)}), "holds the array 'more'"),
    (packed({**drawn(), "b0": np.zeros(5, np.float32)}), r"has 'b0' as float32 \(5,\), but finite float32 \(32,\)"),
    (packed({**drawn(), "b0": np.zeros(32)}), r"has 'b0' as float64"),
    (packed({**drawn(), "b0": np.full(32, np.nan, np.float32)}), "but finite float32"),
    (packed({**drawn(), "about": np.array("not JSON")}), "tells of itself in no JSON"),
    (packed({**drawn(), "about": np.array("[1]")}), "tells of itself in no JSON object"),
    (packed({**drawn(), "about": np.array('{"sha256": "0"}')}), "its hash differs"),
]


@pytest.mark.parametrize(("content", "sentence"), REFUSED, ids=[sentence[:30] for _, sentence in REFUSED])
def test_other_files_are_refused_in_a_sentence_and_nothing_in_them_is_run(content, sentence):
    with pytest.raises(DispatchError, match=sentence):
        read_policy(content)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DispatchError, match=r"The policy 'none.npz' cannot be read"):
        read_policy(tmp_path / "none.npz")


def test_features_say_the_same_whatever_the_number_of_users(city_cache):
    for users, aerial_users in ((3, 1), (7, 2), (30, 4)):
        setting = stage(city_cache, users=users, aerial_users=aerial_users, late_missions=0.0)
        dynamics = DispatchDynamics(setting, 3, 1.0)
        dynamics.reset(np.arange(3))
        for _ in range(2):
            dynamics.step(np.zeros((3, aerial_users, 2)))
        found = Features(setting).of(dynamics.known())
        assert found.shape[:2] == (3, aerial_users) and found.shape[3] == SIZE
        assert np.isfinite(found).all() and np.abs(found).max() < 20.0
        assert (found[:, :, 0, :3] == 0.0).all()  # hovering is what scores are counted from


def test_the_shipped_policy_is_small_says_where_it_comes_from_and_runs(city_cache):
    weights = read_policy(SHIPPED)
    assert SHIPPED.stat().st_size < 50_000
    assert weights.about["sha256"] == weights.content_hash and {"seed", "slots", "stages"} <= set(weights.about)
    setting = stage(city_cache, "london-2km", 12, 3)
    dynamics = DispatchDynamics(setting, 24, 1.0)
    assert run_episode(dynamics, LearnedDispatcher(setting, weights), np.arange(24)).mean() > 0.0
