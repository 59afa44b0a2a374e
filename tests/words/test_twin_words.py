"""What is said of a scheme's backlog and the certified bound below it."""

from types import SimpleNamespace

import pytest

from itnt_core.words import bound_sentence, twin_headline


def result(scheme="joint_refine", **kpis):
    return SimpleNamespace(kpis={"scheme": scheme, **kpis}, manifest={})


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (0.25, "that of DT-JointRA + RT-Refine could fall by 25 % at most."),
        (0.001, "DT-JointRA + RT-Refine is at the bound."),
        (None, "DT-JointRA + RT-Refine leaves next to nothing waiting."),
    ],
)
def test_how_near_the_best_scheme_comes_to_the_bound_is_said(gap, words):
    others = [result("greedy", bound_mbit=None, gap=None), result("lite", bound_mbit=3.0, gap=0.5)]
    told = bound_sentence([*others, result(bound_mbit=3.0, gap=gap)])
    assert "leaves less than 3.0 Mbit on average" in told and told.endswith(f"; {words}")


def test_a_gap_that_says_nothing_is_not_shown_beside_the_backlog():
    known = {"mean_backlog_mbit": 0.01, "bound_mbit": 0.0, "delay_s": 0.0, "satisfied_share": 1.0, "ntn_share": 0.5}
    assert "Gap to the bound" not in [label for label, _, _ in twin_headline({**known, "gap": None})]
    assert "Gap to the bound" in [label for label, _, _ in twin_headline({**known, "gap": 0.2})]


def test_where_no_result_has_a_bound_the_reason_is_said():
    greedy = SimpleNamespace(
        kpis={"scheme": "greedy", "bound_mbit": None, "gap": None}, manifest={"no_bound": "it is so"}
    )
    assert bound_sentence([greedy]) == "No certified bound: it is so."
