"""Old questions keep their answers: content hash and headline figures of every preset.

Figures are held to 1e-12, which is all that libraries of other processors' arithmetic leave of "to the last bit".

The files under ``golden`` were written before demands, priorities and other objectives came; whoever changes one of
their numbers on purpose writes them anew with ``python -m tests.test_golden`` and says why.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from itnt_core.bounds import upper_bound
from itnt_core.methods import METHODS, quiet
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.presets import PRESETS, preset

GOLDEN = Path(__file__).with_name("golden") / "presets.json"
PLANNED, ROUNDS = ("tiny",), 2  # where the planner is cheap


def headline(name: str, method: str, **settings: object) -> dict[str, object]:
    """Return the figures of a method on a preset, every digit of them."""
    world = build_world(preset(name))
    chosen = METHODS[method]
    decision = chosen.solve(world, chosen.settings_type(**settings), 1, quiet)
    found = evaluate(world, decision)
    return {
        "data_service_mbit": found.active.data_service_mbit,
        "data_service_always_on_mbit": found.always_on.data_service_mbit,
        "outage": found.active.outage,
        "outage_always_on": found.always_on.outage,
        "energy_kj": found.energy_kj,
        "violations": len(find_violations(world, decision, found)),
    }


def golden(name: str) -> dict[str, object]:
    """Return what is pinned of a preset."""
    answer: dict[str, object] = {"content_hash": preset(name).content_hash(), "straight": headline(name, "straight")}
    if name in PLANNED:
        answer["planner"] = headline(name, "planner", rounds=ROUNDS)
        bound = upper_bound(build_world(preset(name)))
        answer["bound"] = [bound.data_service_mbit, bound.served_share]
    return answer


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_keeps_its_hash_and_its_figures(name: str) -> None:
    known, found = json.loads(GOLDEN.read_text(encoding="utf-8"))[name], golden(name)
    assert found.pop("content_hash") == known.pop("content_hash")
    assert found.pop("bound", None) == (pytest.approx(known.pop("bound"), rel=1e-12) if "bound" in known else None)
    assert found.keys() == known.keys()
    for method, figures in known.items():
        assert found[method] == pytest.approx(figures, rel=1e-12, abs=0.0)


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    found = {name: golden(name) for name in PRESETS}
    GOLDEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
