"""The agents: they solve trivial tasks, repeat for a seed, survive a checkpoint, and agree with the environment."""

import numpy as np
import pytest
import torch

from itnt_core.learning.checkpoint import CheckpointError, read_checkpoint, write_checkpoint
from itnt_core.learning.ddpg import PLAIN, Ddpg, DdpgOptions
from itnt_core.learning.ddqn import Ddqn, DdqnOptions
from itnt_core.learning.dynamics import ServiceDynamics, power_shares
from itnt_core.learning.environment import reference
from itnt_core.learning.options import EnvironmentOptions
from itnt_core.learning.power_head import PowerHead, Viewer, served_shares
from itnt_core.learning.replay import ReplayMemory

SMALL = {"hidden": 32, "batch": 64, "capacity": 4000}


def taught(agent, rounds, seed=0):
    """Teach an agent that the best action in state s is 0.6 s, in one-step episodes."""
    generator = torch.Generator().manual_seed(seed)
    for number in range(rounds):
        state = 2.0 * torch.rand((32, 1), generator=generator) - 1.0
        action = agent.act(state, agent.exploration(number / rounds))
        reward = -((action[:, 0] - 0.6 * state[:, 0]) ** 2)
        agent.remember(state, action, reward, state, terminal=True)
        agent.learn()
    return agent


def weights(agent):
    return torch.cat([value.flatten().float() for value in agent.policy().values()])


@pytest.mark.parametrize("options", [DdpgOptions(**SMALL), DdpgOptions(**SMALL, twin_critics=False, layer_norm=False)])
def test_ddpg_finds_the_best_action_of_every_state(options):
    agent = taught(Ddpg(1, 1, options, 3), 500)
    state = torch.linspace(-1.0, 1.0, 9)[:, None]
    assert (agent.act(state) - 0.6 * state).abs().max() < 0.15


def test_ddqn_finds_the_best_of_its_moves():
    agent = Ddqn(1, DdqnOptions(hidden=32, batch=64, capacity=4000), 3)
    generator = torch.Generator().manual_seed(0)
    for number in range(600):
        state = 2.0 * torch.rand((32, 1), generator=generator) - 1.0
        move = agent.act(state, agent.exploration(number / 600))
        reward = (move[:, 2] * torch.sign(state[:, 0])) - 0.5 * (move[:, 0] > 0)  # climb if s > 0, else sink; hover
        agent.remember(state, move, reward, state, terminal=True)
        agent.learn()
    best = agent.act(torch.tensor([[-0.7], [0.7]]))
    assert best[:, 2].tolist() == [-1.0, 1.0]
    assert best[:, 0].tolist() == [-1.0, -1.0]


@pytest.mark.parametrize("options", [DdpgOptions(**SMALL), PLAIN], ids=["default", "plain"])
def test_the_same_seed_gives_identical_weights_and_another_does_not(options):
    first, again, other = (weights(taught(Ddpg(1, 1, options, seed), 12)) for seed in (1, 1, 2))
    torch.testing.assert_close(first, again, rtol=0, atol=0)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(
    "make", [lambda: Ddpg(1, 1, DdpgOptions(**SMALL), 5), lambda: Ddqn(1, DdqnOptions(batch=32), 5)]
)
def test_an_agent_from_a_checkpoint_goes_on_as_if_nothing_had_happened(make, tmp_path):
    def teach(agent, rounds):
        state = torch.linspace(-1.0, 1.0, 32)[:, None]
        for _ in range(rounds):
            action = agent.act(state, 0.3)
            agent.remember(state, action, -(action[:, 0] ** 2), state, terminal=False)
            agent.learn()
        return agent

    whole = teach(make(), 9)
    write_checkpoint(tmp_path / "training.pt", {"agent": teach(make(), 4).state_dict()})
    resumed = make()
    resumed.load_state_dict(read_checkpoint(tmp_path / "training.pt")["agent"])
    if isinstance(resumed, Ddpg):
        resumed.start_episode()
        whole = make()
        teach(whole, 4)
        whole.start_episode()
        teach(whole, 5)
    torch.testing.assert_close(weights(teach(resumed, 5)), weights(whole), rtol=0, atol=0)


def test_a_foreign_file_is_not_read_as_a_checkpoint(tmp_path):
    class Surprise:
        def __reduce__(self):
            return (print, ("executed",))

    for name, content in (("text", b"hello"), ("empty", b"")):
        (tmp_path / name).write_bytes(content)
    torch.save({"version": 1, "agent": Surprise()}, tmp_path / "code")
    torch.save({"version": 99}, tmp_path / "old")
    for name in ("text", "empty", "code", "old", "missing"):
        with pytest.raises(CheckpointError):
            read_checkpoint(tmp_path / name)


def test_the_memory_keeps_the_newest_transitions():
    memory = ReplayMemory(10, 1, 1, 0)
    for number in range(13):
        row = torch.full((1, 1), float(number))
        memory.add(state=row, action=row, reward=row, next_state=row, terminal=row)
    assert sorted(memory.data["state"].flatten().tolist()) == list(map(float, range(3, 13)))


@pytest.fixture(scope="module")
def dynamics(tiny_world):
    association, reference_mbit = reference(tiny_world)
    return ServiceDynamics(tiny_world, association, 5, EnvironmentOptions(), reference_mbit)


def test_the_power_policy_sees_the_rates_that_the_environment_gives(dynamics):
    world = dynamics.world
    generator = np.random.default_rng(2)
    before = torch.as_tensor(dynamics.reset())
    for _ in range(world.slots):
        action = generator.uniform(-1.0, 1.0, (5, dynamics.action_size))
        outcome = dynamics.step(action)
        after = torch.as_tensor(outcome.observation)
        view = Viewer(world).view(before, after)
        powers = torch.as_tensor(action[:, dynamics.motion_size :].reshape(5, world.station_count, -1)).float()
        share = served_shares(powers, view.active)
        np.testing.assert_allclose(share.numpy(), dynamics.share * view.active.transpose(1, 2).numpy(), atol=1e-5)
        efficiency, _ = view.efficiency(share, 1.0)
        expected = np.log2(1.0 + outcome.sinr).sum(axis=1)
        np.testing.assert_allclose(efficiency.sum(dim=(1, 2)).numpy(), expected, rtol=2e-3)
        before = after


def test_served_shares_are_the_environments_rule():
    generator = np.random.default_rng(0)
    action, active = generator.uniform(-1, 1, (6, 3, 5)), generator.random((6, 3, 4)) < 0.6
    mine = served_shares(torch.as_tensor(action), torch.as_tensor(active.transpose(0, 2, 1).astype(float)))
    np.testing.assert_allclose(mine.numpy(), power_shares(action, active, "served") * active, atol=1e-6)


def test_the_power_policy_climbs_the_rate(dynamics):
    before = torch.as_tensor(dynamics.reset())
    after = torch.as_tensor(dynamics.step(np.zeros((5, dynamics.action_size))).observation)
    head = PowerHead(dynamics.world, seed=0, hidden=32)
    losses = [head.learn(before, after)["power_loss"] for _ in range(150)]
    assert losses[-1] < losses[0] - 0.02
