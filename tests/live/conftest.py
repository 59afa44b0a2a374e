"""Followers whose workers act a part."""

import json
import sys
from pathlib import Path

import pytest

from itnt_core.live import Follower, LiveAnswer


def command(way, folder):
    """Return the command of a worker that acts in a way with the answer of a folder."""
    return [sys.executable, "-S", str(Path(__file__).with_name("acting.py")), way, str(folder / "answer")]


@pytest.fixture
def acted(tmp_path, tiny_world, straight_decision):
    """Return a function that makes a follower whose workers act in a way; all are closed at the end."""
    answer = LiveAnswer(
        number=1,
        content_hash=tiny_world.scenario.content_hash(),
        step="Powers",
        elapsed_s=0.1,
        is_settled=True,
        leo_share=0.0,
        kpis={"data_service_mbit": 1.0},
        user_mbit={"gu-1": 1.0},
        decision=straight_decision,
    )
    plain, content = answer.packed()
    (tmp_path / "answer").write_bytes(content)
    (tmp_path / "answer.json").write_text(json.dumps(plain))
    made = []

    def make(way):
        made.append(Follower(tmp_path, command(way, tmp_path)))
        return made[-1]

    make.command = lambda way: command(way, tmp_path)
    yield make
    for one in made:
        one.close()
