"""Training learns what hindsight says, from the seed alone."""

import numpy as np
import pytest
import torch

from itnt_core.dispatch import DispatchDynamics, PolicyWeights
from itnt_core.dispatch.features import SIZE
from itnt_core.dispatch.training import MoveNet, TrainingOptions, gather, learn, train
from tests.dispatch.settings import stage

SMALL = TrainingOptions(rounds=1, every=3, epochs=2, batch=16)


def taught(city_cache, seed):
    return train([DispatchDynamics(stage(city_cache), 4, 1.0)], seed, SMALL)


def test_a_seed_gives_the_same_policy_and_another_one_another(city_cache):
    first, again, other = taught(city_cache, 1), taught(city_cache, 1), taught(city_cache, 2)
    assert first.content_hash == again.content_hash != other.content_hash
    assert first.about["seed"] == 1 and first.about["slots"] == 32


def test_the_file_holds_the_network_that_was_trained():
    torch.manual_seed(0)
    net = MoveNet()
    torch.nn.init.normal_(net.head.weight)
    features = torch.randn(4, 5, SIZE)
    told = PolicyWeights(net.weights()).logits(features.numpy())
    np.testing.assert_allclose(told, net(features).detach().numpy(), rtol=1e-4, atol=1e-4)


def test_situations_are_of_those_who_are_there_and_scores_are_counted_from_hovering(city_cache):
    dynamics = DispatchDynamics(stage(city_cache, late_missions=1.0), 6, 1.0)
    seen, told = gather(dynamics, MoveNet(), np.random.default_rng(1), SMALL)
    assert len(seen) == len(told) > 0 and (told[:, 0] == 0.0).all()
    assert len(seen) < 2 * 6 * 3  # two aerial users, six worlds, three slots: some were not there yet


def test_what_can_be_learned_is_learned():
    """Scores that a plan gets wrong by a known function of the situation."""
    torch.manual_seed(0)
    draw = np.random.default_rng(2)
    seen = draw.normal(size=(2000, 6, SIZE)).astype(np.float32)
    told = (12.0 * seen[..., 2] + 3.0 * np.tanh(seen[..., 5] - seen[..., 9])).astype(np.float32)
    net, options = MoveNet(), TrainingOptions(epochs=8, batch=64)
    before = learn(net, [(seen, told)], TrainingOptions(epochs=1, learning_rate=0.0), draw)
    assert learn(net, [(seen, told)], options, draw) == pytest.approx(0.0, abs=0.2 * before)
