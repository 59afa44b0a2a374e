"""The power policy that all subchannels share, trained on the rate itself.

Given the association, powers change only the reward of their own slot, so the critic's part for them is known: it is
the rate formula. The policy reads one subchannel at a time (who is served there and what everybody hears of everybody)
and so carries over to other slots, associations, seeds and scenarios with the same stations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from itnt_core.descent import Adam
from itnt_core.network import World, min_sinr
from itnt_core.sinr import sinr_of
from itnt_core.units import from_db

from .dynamics import LOGIT_SCALE, TOTAL_OFFSET, TOTAL_SCALE
from .networks import descend, mlp, seeded
from .observation import CENTRE_DB, SPAN_DB, Layout

UNCAPPED_SHARE, FLOOR_PRICE, FLOOR_MARGIN = 0.05, 6.0, 1.05  # as in methods/gradient.py; aims 5 % above the floor


@dataclass(frozen=True, eq=False)
class SubchannelView:
    """Who hears whom, subchannel by subchannel."""

    gain: Tensor  # (n, K, B, B'): gain x P_max / noise of the user at (b, k) towards station b'
    active: Tensor  # (n, K, B) float

    @property
    def features(self) -> Tensor:
        """Return what the policy reads (n, K, B B + 2 B): gains in dB, who is active, every station's load."""
        decibel = (10.0 * torch.log10(self.gain.clamp(min=1e-12)) - CENTRE_DB) / SPAN_DB
        known = decibel.clamp(-1.0, 1.0) * self.active[..., None] * self.active[..., None, :]
        load = self.active.mean(dim=1, keepdim=True).expand_as(self.active)
        return torch.cat([known.flatten(2), self.active, load], dim=2)

    def efficiency(self, share: Tensor, min_sinr: float) -> tuple[Tensor, Tensor]:
        """Return Shannon's efficiencies and log shortfalls below the floor (n, K, B) for shares (n, B, K)."""
        on_air = share.transpose(1, 2) * self.active  # (n, K, B)
        heard = self.gain * on_air[:, :, None, :]
        signal = torch.diagonal(heard, dim1=2, dim2=3)
        sinr = sinr_of(signal, heard.sum(dim=3) - signal, 1.0).clamp(min=1e-9)
        shortfall = torch.relu(float(np.log(min_sinr * FLOOR_MARGIN)) - torch.log(sinr)) * self.active
        return torch.log2(1.0 + sinr) * self.active, shortfall


class Viewer:
    """Reads subchannel views out of observations, with the ground users' gains of a world at hand."""

    def __init__(self, world: World):
        self.layout, self.subchannels = Layout.of(world), world.subchannels
        scaled = world.ground_gains * (world.station_max_power_w / world.noise_w)[None, None, :, None]
        most = world.subchannel_max_power_w / world.station_max_power_w
        self._most_share = torch.tensor(most[..., None], dtype=torch.float32)  # (T, B, 1)
        self._ground = torch.tensor(scaled.transpose(0, 1, 3, 2).copy(), dtype=torch.float32)  # (T, J, K, B)

    def view(self, observation: Tensor, gain_from: Tensor) -> SubchannelView:
        """Return the view of observations (n, size) with the aerial users' gains of other ones (n, size).

        Associations and slots are those of ``observation``; gains after the move are in the next observation.
        """
        layout, rows = self.layout, len(observation)
        station = self._index(observation, "station", layout.stations)
        subchannel = self._index(observation, "subchannel", self.subchannels)
        slot = observation[:, layout.slices["slot"]].argmax(dim=1)
        decibel = gain_from[:, layout.slices["aerial_gain"]] * SPAN_DB + CENTRE_DB
        aerial = from_db(decibel).reshape(rows, layout.aerial, layout.stations)
        own = subchannel[:, layout.aerial :].clamp(min=0)
        users = torch.arange(own.shape[1])[None, :].expand(rows, -1)
        gain = torch.cat([aerial, self._ground[slot[:, None], users, own]], dim=1)  # (n, U, B)
        # One spare column takes the unserved users; the spare user has no gain.
        place = torch.where(station >= 0, subchannel * layout.stations + station, layout.stations * self.subchannels)
        who = torch.full((rows, layout.stations * self.subchannels + 1), layout.users)
        who.scatter_(1, place, torch.arange(layout.users)[None, :].expand(rows, -1))
        who = who[:, :-1]
        gain = torch.cat([gain, torch.zeros((rows, 1, layout.stations))], dim=1)
        table = gain.gather(1, who[:, :, None].expand(-1, -1, layout.stations))
        shape = (rows, self.subchannels, layout.stations)
        return SubchannelView(table.reshape(*shape, layout.stations), (who < layout.users).float().reshape(shape))

    def most_share(self, observation: Tensor) -> Tensor:
        """Return what a subchannel may send (n, B, 1) in the slots of observations (n, size), as shares of P_max."""
        return self._most_share[observation[:, self.layout.slices["slot"]].argmax(dim=1)]

    def _index(self, observation: Tensor, name: str, count: int) -> Tensor:
        part = observation[:, self.layout.slices[name]].reshape(len(observation), -1, count)
        return torch.where(part.any(dim=2), part.argmax(dim=2), -1)


class PowerHead:
    """Powers as an action (n, B (K + 1)): logits per subchannel, and one number per station for its total."""

    def __init__(self, world: World, seed: int, hidden: int = 256, rate: float = 1e-3):
        self.bind(world)
        stations = world.station_count
        sizes = [stations * (stations + 2), hidden, hidden, 2 * stations]
        self.network = seeded(seed, lambda: mlp(sizes, layer_norm=True, small_last=True))
        self.optimiser = Adam(self.network.parameters(), rate)

    def bind(self, world: World) -> None:
        """Work for another world with the same number of stations and subchannels."""
        self.rate_law = world.scenario.radio.rate_law
        self.min_sinr = min_sinr(world, "active")
        self.viewer = Viewer(world)

    def act(self, observation: Tensor) -> Tensor:
        """Return power actions (n, B (K + 1)) in [-1, 1]."""
        with torch.no_grad():
            return self._action(self.viewer.view(observation, observation)).flatten(1)

    def _action(self, view: SubchannelView) -> Tensor:
        """Return actions (n, B, K + 1)."""
        stations = view.active.shape[2]
        output = self.network(view.features)  # (n, K, 2 B)
        logits = torch.tanh(output[..., :stations]).transpose(1, 2)
        served = view.active.sum(dim=1).clamp(min=1.0)
        total = torch.tanh((output[..., stations:] * view.active).sum(dim=1) / served)
        return torch.cat([logits, total[..., None]], dim=2)

    def learn(self, observation: Tensor, next_observation: Tensor) -> dict[str, float]:
        """Take one step up the rate that the powers give where the users are after the move.

        Both observations are (n, size).
        """
        before = self.viewer.view(observation, observation)
        after = before if next_observation is observation else self.viewer.view(observation, next_observation)
        share = served_shares(self._action(before), after.active)
        share = torch.minimum(share, self.viewer.most_share(observation))
        efficiency, shortfall = after.efficiency(share, self.min_sinr)
        worth = self.rate_law.climbed(efficiency) + UNCAPPED_SHARE * efficiency - FLOOR_PRICE * shortfall
        loss = -worth.sum() / after.active.sum().clamp(min=1.0)
        descend(self.optimiser, loss)
        return {"power_loss": float(loss.detach())}

    def state_dict(self) -> dict[str, Any]:
        """Return network and optimiser."""
        return {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])


def served_shares(action: Tensor, active: Tensor) -> Tensor:
    """Return power shares (n, B, K) of actions (n, B, K + 1): the dynamics' own rule for served subchannels."""
    on = active.transpose(1, 2)
    logits = LOGIT_SCALE * action[..., :-1]
    weight = torch.exp(logits - LOGIT_SCALE) * on
    total = torch.sigmoid(TOTAL_SCALE * action[..., -1:] + TOTAL_OFFSET)
    return total * weight / weight.sum(dim=2, keepdim=True).clamp(min=1e-9)
