"""The judge: SINR, rates, data service, outage and energy of a decision under both conventions (eqs. 4-6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from itnt_core.handover import change_costs_mbit, early_changes, kept_share
from itnt_core.qos import Convention, is_served, min_sinr_db
from itnt_core.sinr import sinr_of, spectral_efficiency
from itnt_core.units import from_db

from .decision import Decision, check_links, check_shapes
from .energy import flight_energy_j
from .gains import on_subchannels
from .world import Array, World

BITS_PER_MBIT = 1e6


@dataclass(frozen=True, eq=False)
class LinkResult:
    """Links under one convention; arrays (slots, users), zero where unserved."""

    sinr: Array  # linear
    rate_bit_s: Array  # of each user no more than its demand
    interference_w: Array  # (slots, users, stations), zero for the serving station and where unserved
    data_service_mbit: float
    is_served: NDArray[np.bool_]  # linked and at or above the convention's SINR floor: the one meaning of "served"
    utility_mbit: float  # what the users' data are worth together, see itnt_core.utility
    shortfall_mbit: float  # what users lack to their least mean rates

    @property
    def outage(self) -> float:
        """Return the share of (user, slot) that is not served."""
        return float((~self.is_served).mean()) if self.is_served.size else 0.0

    @property
    def user_outage(self) -> Array:
        """Return each user's share of slots in which it is not served (users,)."""
        return (~self.is_served).mean(axis=0)

    def user_data_mbit(self, slot_s: float) -> Array:
        """Return what each user downloads in the whole window (users,), in Mbit."""
        return np.asarray(self.rate_bit_s.sum(axis=0) * slot_s / BITS_PER_MBIT)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a decision is worth."""

    always_on: LinkResult
    active: LinkResult
    signal_w: Array  # (slots, users), zero where unserved
    energy_j: Array  # (slots, aerial users)
    change_costs_mbit: Array  # (slots,): what the objective takes off for changes of server

    @property
    def cost_mbit(self) -> float:
        """Return what the objective takes off the data of the whole window, in Mbit."""
        return float(self.change_costs_mbit.sum())

    @property
    def energy_kj(self) -> float:
        """Return the total flying energy in kilojoules."""
        return float(self.energy_j.sum() / 1e3)


def min_sinr(world: World, convention: Convention) -> float:
    """Return gamma0 of a convention, linear."""
    return from_db(min_sinr_db(world.scenario, convention))


def radiated_power_w(world: World, decision: Decision, convention: Convention) -> Array:
    """Return what every station radiates on every subchannel (slots, stations, subchannels) in watts.

    Subchannels that serve someone radiate the decision's power. The others are silent under the active convention;
    under the always-on one they radiate what is left of the station's P_max in equal parts, at most P_max / K each, a
    satellite at most what its power flux density allows. Whatever power a decision names on idle subchannels does not
    count, so every method is judged alike.
    """
    used_w = decision.used_power_w
    if convention == "active":
        return used_w
    active, limit_w = decision.occupied, world.station_max_power_w
    idle = np.maximum(world.subchannels - active.sum(axis=2), 1)
    left_w = np.maximum(limit_w - used_w.sum(axis=2), 0.0)
    share_w = np.minimum(left_w / idle, world.equal_share_w)  # (slots, stations)
    return np.where(active, used_w, share_w[:, :, None])


def received_power_w(decision: Decision, gains: Array, radiated_w: Array) -> Array:
    """Return what every user hears of every station on its own subchannel (slots, users, stations); 0 if unserved."""
    subchannel = np.where(decision.linked, decision.subchannel, 0)
    heard = on_subchannels(gains, subchannel)  # (slots, users, stations)
    power = np.take_along_axis(radiated_w.transpose(0, 2, 1), subchannel[:, :, None], axis=1)
    return np.where(decision.linked[:, :, None], heard * power, 0.0)


def evaluate(world: World, decision: Decision, gains: Array | None = None) -> Evaluation:
    """Evaluate a decision in a world; ``gains`` (T, U, B, K) of its flight may be handed in to save computing them.

    Raises :class:`DecisionError` when the decision's arrays do not fit the world or name links that do not exist.

    >>> import itnt_core as itnt
    >>> from itnt_core.network import build_world
    >>> from itnt_core.results import decision_of
    >>> answer = itnt.optimise(itnt.preset("tiny"), method="straight")
    >>> found = evaluate(build_world(answer.scenario), decision_of(answer.dataset))
    >>> found.active.sinr.shape, found.active.data_service_mbit == answer.kpis["data_service_mbit"]
    ((8, 5), True)
    """
    check_shapes(world, decision)
    check_links(world, decision)
    gains = world.gains(decision.positions_m) if gains is None else gains
    own = np.arange(world.station_count) == decision.station[:, :, None]
    links, signal_w = {}, np.zeros(decision.station.shape)
    kept = kept_share(world.scenario, decision.station)
    for convention in get_args(Convention):
        received = received_power_w(decision, gains, radiated_power_w(world, decision, convention))
        signal_w = np.where(own, received, 0.0).sum(axis=2)  # the same under both
        links[convention] = _link_result(world, decision, signal_w, np.where(own, 0.0, received), kept, convention)
    energy_j = flight_energy_j(decision.positions_m, world.scenario.time.slot_s)
    costs_mbit = change_costs_mbit(world.scenario, decision.station)
    return Evaluation(links["always_on"], links["active"], signal_w, energy_j, costs_mbit)


def without_broken_links(world: World, decision: Decision, evaluation: Evaluation) -> Decision:
    """Return a decision without its links below the active floor, and without those that change server too early."""
    kept = decision.dropped(~evaluation.active.is_served)
    early = early_changes(kept.station, world.scenario.handover.min_stay_slots)
    return kept.dropped(early) if early.any() else kept


def _link_result(
    world: World, decision: Decision, signal: Array, interference: Array, kept: Array, convention: Convention
) -> LinkResult:
    sinr = sinr_of(signal, interference.sum(axis=2), world.noise_w)
    efficiency = spectral_efficiency(sinr, world.scenario.radio.rate_law)
    utility, slot_s = world.utility, world.scenario.time.slot_s
    rate = np.where(decision.linked, world.bandwidth_hz * efficiency, 0.0)
    rate = np.minimum(rate, utility.demand_mbit_s * BITS_PER_MBIT) * kept  # what a user asks for meanwhile is lost
    data_mbit = float(rate.sum() * slot_s / BITS_PER_MBIT)
    served = is_served(world.scenario, convention, decision.station, sinr)
    if utility.is_plain:
        return LinkResult(sinr, rate, interference, data_mbit, served, data_mbit, 0.0)
    user_mbit = rate.sum(axis=0) * slot_s / BITS_PER_MBIT
    worth = float(utility.value_mbit(user_mbit, (~served).sum()))
    return LinkResult(sinr, rate, interference, data_mbit, served, worth, float(utility.shortfall_mbit(user_mbit)))
