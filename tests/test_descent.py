"""Adam's steps are those of its papers, worked out here once more."""

import numpy as np
import pytest
import torch

from itnt_core.descent import Adam

RATE, DECAY = 0.05, 0.2
PULLS = np.random.default_rng(3).normal(size=(7, 4))  # gradients, step by step


def by_hand(start, pulls, decay=0.0):
    """Return where a point gets to: Kingma & Ba 2015, and decay as Loshchilov & Hutter 2019."""
    point, mean, square = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for number, pull in enumerate(pulls, start=1):
        point -= RATE * decay * point
        mean, square = 0.9 * mean + 0.1 * pull, 0.999 * square + 0.001 * pull**2
        point -= RATE * mean / (1.0 - 0.9**number) / (np.sqrt(square / (1.0 - 0.999**number)) + 1e-8)
    return point


def moved(optimiser, point, pulls):
    for pull in pulls:
        optimiser.zero_grad()
        assert point.grad is None
        (point * torch.tensor(pull)).sum().backward()
        optimiser.step()
    return point.detach().numpy()


@pytest.mark.parametrize("decay", [0.0, DECAY])
def test_a_point_goes_where_the_papers_send_it(decay):
    start = np.array([1.0, -2.0, 0.5, 40.0])
    point = torch.tensor(start, requires_grad=True)
    found = moved(Adam([point], RATE, decay), point, PULLS)
    assert found == pytest.approx(by_hand(start, PULLS, decay), rel=1e-12)
    assert not np.allclose(found, by_hand(start, PULLS, DECAY - decay))


def test_what_has_no_gradient_stays_and_counts_its_own_steps():
    still, point = torch.ones(4, dtype=torch.float64, requires_grad=True), torch.zeros(4, requires_grad=True)
    optimiser = Adam([still, point], RATE)
    moved(optimiser, point, PULLS[:3].astype(np.float32))
    assert still.tolist() == [1.0] * 4
    assert moved(optimiser, still, PULLS) == pytest.approx(by_hand(np.ones(4), PULLS), rel=1e-12)


def test_what_was_kept_is_gone_on_from_and_so_is_what_torch_kept():
    point = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    first, second = Adam([point], RATE), Adam([point], RATE)
    moved(second, point, PULLS[4:])  # something to forget
    with torch.no_grad():
        point.zero_()
    moved(first, point, PULLS[:4])
    kept = first.state_dict()
    assert kept["state"][0].keys() == {"step", "exp_avg", "exp_avg_sq"}  # as torch's optimisers name them
    second.load_state_dict({**kept, "param_groups": [{"params": [0]}]})
    assert moved(second, point, PULLS[4:]) == pytest.approx(by_hand(np.zeros(4), PULLS), rel=1e-12)
    second.load_state_dict({"state": {}})  # of an optimiser that never moved anything
    with torch.no_grad():
        point.zero_()
    assert moved(second, point, PULLS) == pytest.approx(by_hand(np.zeros(4), PULLS), rel=1e-12)
