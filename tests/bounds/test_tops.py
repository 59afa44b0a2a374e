"""Which boxes are greatest where: the quick count beside the plain one."""

import numpy as np
import pytest

from itnt_core.bounds.places import CLOSE, _Boxes, _is_top, _tops


def some_boxes(dice, users, slots):
    """Return boxes with spans of slots, empty ones among them, and gains of which some are equal."""
    count = int(dice.integers(0, 30))
    first = dice.integers(0, slots, (count, users))
    last = np.minimum(first + dice.integers(-3, slots, (count, users)), slots - 1)
    return _Boxes(np.zeros((count, 3)), np.zeros(3), np.round(dice.random(count), 1), first, last)


def counted(boxes, user, slot):
    return (boxes.first[:, user] <= slot) & (slot <= boxes.last[:, user])


@pytest.mark.parametrize("seed", range(40))
def test_the_greatest_gains_and_who_holds_them_are_those_that_counting_finds(seed):
    dice = np.random.default_rng(seed)
    users, slots = int(dice.integers(1, 4)), int(dice.integers(1, 40))
    parts = [some_boxes(dice, users, slots) for _ in range(2)]
    top = np.zeros((users, slots))
    for boxes in parts:
        for user, slot in np.ndindex(users, slots):
            top[user, slot] = max(top[user, slot], boxes.gain[counted(boxes, user, slot)].max(initial=0.0))
    np.testing.assert_array_equal(_tops(parts, slots, users), top)
    for boxes in parts:
        holds = np.zeros(len(boxes.gain), dtype=bool)
        for user, slot in np.ndindex(users, slots):
            holds |= counted(boxes, user, slot) & (boxes.gain >= CLOSE * top[user, slot])
        np.testing.assert_array_equal(_is_top(boxes.first, boxes.last, boxes.gain, top, CLOSE), holds)
