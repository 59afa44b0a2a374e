"""A certified bound on the reward of drawn worlds: nobody earns more there, whatever is known and however they fly."""

from __future__ import annotations

import numpy as np

from itnt_core.arrays import Array
from itnt_core.network import propulsion_power_w
from itnt_core.sinr import spectral_efficiency

from .dynamics import DispatchDynamics
from .setting import Setting

SPEEDS = 10_001  # of the speeds up to the greatest, evenly, at which the best flight is looked for


def reward_bound(dynamics: DispatchDynamics) -> Array:
    """Return what the mean reward of a slot (n,) cannot exceed in the worlds that the dynamics has just been put into.

    Three bounds are added up, each of which holds for every course of flights:

    * what users are served: each as if it had the best link that it may have to itself, with a subchannel's greatest
      power and nobody else radiating; an aerial user as if the best rate of the rate law held wherever it flies;
    * what ground and aerial users are served when hovering, which is subtracted, is exact: it is played;
    * what flights are worth beside data (progress less the price of energy): the dual of that problem, the way to the
      destination being all the progress there is. One price of distance for all slots, the best of which is found;
      any of them is valid.

    Left out: that users share subchannels, disturb one another and cannot be everywhere, so that the bound is loose
    where these matter. The dynamics is at its beginning afterwards, in the same worlds.
    """
    worlds = dynamics.worlds
    hovering_mbit = np.zeros(dynamics.count)
    for _ in range(dynamics.setting.world.slots):
        nobody_flies = np.zeros((dynamics.count, dynamics.setting.aerial_count, 2))
        hovering_mbit += dynamics.step(nobody_flies).hovering_mbit.sum(axis=1)
    dynamics.begin(worlds)
    most_mbit = most_served_mbit(dynamics).sum(axis=1) - hovering_mbit + most_of_flights_mbit(dynamics).sum(axis=1)
    return np.asarray(most_mbit / dynamics.unit_mbit / dynamics.setting.world.slots)


def most_served_mbit(dynamics: DispatchDynamics) -> Array:
    """Return what each user (n, U) can be served at most over the window."""
    setting, worlds = dynamics.setting, dynamics.worlds
    aerial, most = setting.aerial_count, setting.options.queue_mbit
    queue, served = np.zeros((2, dynamics.count, setting.world.user_count))
    of_aerial = np.full((dynamics.count, aerial), _best_rate_mbit_s(setting))
    for slot in range(setting.world.slots):
        rate = np.concatenate([of_aerial, _ground_rates_mbit_s(dynamics, slot)], axis=1)
        queue = np.minimum(queue + worlds.arrivals_mbit[:, slot], most)
        taken = np.minimum(rate * setting.slot_s, queue)
        queue, served = queue - taken, served + taken
    return served


def _best_rate_mbit_s(setting: Setting) -> float:
    """Return the rate of a subchannel that no link exceeds; infinite where the rate law has no limit."""
    return float(setting.world.bandwidth_hz * setting.scenario.radio.rate_law.limit / 1e6)


def _ground_rates_mbit_s(dynamics: DispatchDynamics, slot: int) -> Array:
    """Return the rate (n, J) of ground users in a slot if each had its best link to itself."""
    setting, worlds, world = dynamics.setting, dynamics.worlds, dynamics.setting.world
    most_w = np.minimum(world.station_max_power_w, world.subchannel_max_power_w[slot])
    gain = worlds.ground_gain[:, setting.block_of_slot[slot]].copy()
    gain[:, :, world.gbs_count :] *= worlds.serves[:, slot, None, :]
    own_w = world.equal_share_w[slot] * gain
    allowed = own_w >= setting.floor * (own_w.sum(axis=2, keepdims=True) - own_w + world.noise_w)
    snr = np.where(allowed, gain * most_w, 0.0).max(axis=2) / world.noise_w
    carried = spectral_efficiency(snr, setting.scenario.radio.rate_law)
    return np.asarray(world.bandwidth_hz / 1e6 * carried)


def most_of_flights_mbit(dynamics: DispatchDynamics) -> Array:
    """Return what each flight (n, I) is worth at most beside data, in Mbit."""
    setting, worlds, options = dynamics.setting, dynamics.worlds, dynamics.setting.options
    slots = setting.world.slots - worlds.appears
    way_km = np.linalg.norm(worlds.destination_m - worlds.start_m, axis=2) / 1e3
    prices = np.linspace(0.0, options.progress_mbit_per_km, 101)  # of a km of the way: dual variables
    found = np.full(way_km.shape, np.inf)
    for price in prices:
        best = _best_slot_mbit(setting, options.progress_mbit_per_km - price)
        found = np.minimum(found, price * way_km + slots * best)
    return found


def _best_slot_mbit(setting: Setting, per_km_mbit: float) -> Array:
    """Return the most that a slot's flight is worth to each aerial user (I,), progress having a worth a km."""
    share = np.linspace(0.0, 1.0, SPEEDS)[:, None]
    energy_j = propulsion_power_w(share * setting.reach_m / setting.slot_s) * setting.slot_s
    price = setting.options.energy_mbit_per_kj / 1e3
    worth = per_km_mbit * share * setting.reach_m / 1e3 - price * (energy_j - energy_j[0])
    between = 2.0 * np.abs(np.diff(worth, axis=0)).max(axis=0)  # what a speed between two of these may add
    return np.asarray(worth.max(axis=0) + between)
