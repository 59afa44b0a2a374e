"""The figures that a finished training is known by."""

from __future__ import annotations

from itnt_core.results import Figure

DISPATCH_FIGURES: tuple[Figure, ...] = (
    Figure(
        "reward",
        "Mean reward",
        "",
        3,
        better="more",
        is_on_card=True,
        is_listed=True,
        words="Of a slot, in held-out worlds: 1 is what the greedy dispatcher gains over hovering, 0 is hovering.",
    ),
    Figure(
        "compared_reward",
        "Reward of replanning",
        "",
        3,
        better="more",
        is_on_card=True,
        words="In the same worlds, over the horizon that the question names.",
    ),
    Figure(
        "gain",
        "Gain over replanning",
        "",
        3,
        better="more",
        is_on_card=True,
        words="Difference of both, world by world, mean.",
    ),
    Figure(
        "gain_half",
        "Half interval of the gain",
        "",
        3,
        words="The gain lies within so much of its mean with 95 % confidence: paired, Student's t.",
    ),
    Figure(
        "unexplained",
        "Left unexplained",
        "%",
        1,
        100.0,
        better="less",
        is_on_card=True,
        words="Share of the variance of hindsight's scores between moves that the network does not explain, after the "
        "last round.",
    ),
    Figure("taught_slots", "Slots of worlds", "", 0, words="In which the dispatcher was taught."),
    Figure("wall_s", "Computing time", "s", words="Of the whole training and of the comparison."),
    Figure("seed", "Seed", digits=0, is_asked=True, words="Of the worlds that were drawn, and of the network."),
)
