"""Training learns what hindsight says, from the seed alone."""

import lazy_loader
import numpy as np
import pytest

from itnt_core.dispatch import DispatchDynamics, PolicyWeights
from itnt_core.dispatch.features import SIZE
from tests.dispatch.settings import stage

torch = lazy_loader.load("torch")  # every process of the suite reads this file, and one runs it
SMALL = {"rounds": 1, "every": 3, "epochs": 2, "batch": 16}


@pytest.fixture(scope="module")
def training():
    from itnt_core.dispatch import training

    return training


def taught(training, city_cache, seed):
    return training.train([DispatchDynamics(stage(city_cache), 4, 1.0)], seed, training.TrainingOptions(**SMALL))


def test_a_seed_gives_the_same_policy_and_another_one_another(training, city_cache):
    first, again, other = (taught(training, city_cache, seed) for seed in (1, 1, 2))
    assert first.content_hash == again.content_hash != other.content_hash
    assert first.about["seed"] == 1 and first.about["slots"] == 32


def test_the_file_holds_the_network_that_was_trained(training):
    torch.manual_seed(0)
    net = training.MoveNet()
    torch.nn.init.normal_(net.head.weight)
    features = torch.randn(4, 5, SIZE)
    told = PolicyWeights(net.weights()).logits(features.numpy())
    np.testing.assert_allclose(told, net(features).detach().numpy(), rtol=1e-4, atol=1e-4)


def test_situations_are_of_those_who_are_there_and_scores_are_counted_from_hovering(training, city_cache):
    dynamics = DispatchDynamics(stage(city_cache, late_missions=1.0), 6, 1.0)
    seen, told = training.gather(
        dynamics, training.MoveNet(), np.random.default_rng(1), training.TrainingOptions(**SMALL)
    )
    assert len(seen) == len(told) > 0 and (told[:, 0] == 0.0).all()
    assert len(seen) < 2 * 6 * 3  # two aerial users, six worlds, three slots: some were not there yet


def test_what_can_be_learned_is_learned(training):
    """Scores that a plan gets wrong by a known function of the situation."""
    torch.manual_seed(0)
    draw = np.random.default_rng(2)
    seen = draw.normal(size=(2000, 6, SIZE)).astype(np.float32)
    told = (12.0 * seen[..., 2] + 3.0 * np.tanh(seen[..., 5] - seen[..., 9])).astype(np.float32)
    net, options = training.MoveNet(), training.TrainingOptions(epochs=8, batch=64)
    idle = training.TrainingOptions(epochs=1, learning_rate=0.0)
    before = training.learn(net, [(seen, told)], idle, draw)
    assert training.learn(net, [(seen, told)], options, draw) == pytest.approx(0.0, abs=0.2 * before)
