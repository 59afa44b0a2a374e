"""One planning window of spectrum sharing as arrays: what is known, what is decided, and what follows from it.

A reconstruction from an abstract: terrestrial base stations (TN) and LEO beams (NTN) share sub-bands, arrivals queue at
the base stations and at the satellites' gateway, and the plan steers them, allocates bandwidth and powers.

Transmitters j are the base stations first, then the beams; links l are candidate (transmitter, user) pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray

WEAKEST_GAIN = 1e-2  # SNR at the power cap below which a transmitter is neither served from nor heard


@dataclass(frozen=True, eq=False)
class Window:
    """What a planner knows of a window of C cycles.

    ``gain`` (transmitters, users, cycles): SNR at the power cap on one sub-band. ``arrivals_mbit`` (users, cycles).
    ``queue_tn_mbit``, ``queue_ntn_mbit`` (users,): backlog at the start. ``link_transmitter``, ``link_user`` (links,):
    candidate links, those of base stations first. ``budget`` (transmitters,): power limit over all sub-bands in units
    of the cap. ``slot_part`` (users, cycles, slots): what part of a cycle's arrivals comes in each of its slots, None
    for one slot a cycle. ``efficiency_cap``: of the best modulation, bit/s/Hz. ``most_users`` (transmitters,): how many
    users a transmitter serves at once in a cycle, None for any number.
    """

    gain: Array
    arrivals_mbit: Array
    queue_tn_mbit: Array
    queue_ntn_mbit: Array
    link_transmitter: IntArray
    link_user: IntArray
    stations: int
    subbands: int
    subband_mhz: float
    cycle_s: float
    budget: Array
    weight: Array
    shared_most: int
    power_price: float = 1e-3
    feeder_mbit_s: float | None = None
    slot_part: Array | None = None
    efficiency_cap: float = np.inf
    most_users: Array | None = None

    @property
    def slots(self) -> int:
        """Return the number of slots of a cycle."""
        return 1 if self.slot_part is None else int(self.slot_part.shape[2])

    @property
    def slot_arrivals_mbit(self) -> Array:
        """Return what arrives in each slot (users, cycles, slots)."""
        part = np.ones((1, 1, 1)) if self.slot_part is None else self.slot_part
        return self.arrivals_mbit[:, :, None] * part

    @property
    def transmitters(self) -> int:
        """Return the number of base stations and beams."""
        return int(self.gain.shape[0])

    @property
    def users(self) -> int:
        """Return the number of users."""
        return int(self.gain.shape[1])

    @property
    def cycles(self) -> int:
        """Return the number of cycles."""
        return int(self.gain.shape[2])

    @property
    def links(self) -> int:
        """Return the number of candidate links."""
        return int(self.link_user.size)

    @property
    def is_tn(self) -> BoolArray:
        """Return which links belong to a base station (links,)."""
        return self.link_transmitter < self.stations

    @property
    def heard(self) -> Array:
        """Return the gains with everything too weak to matter set to zero (transmitters, users, cycles)."""
        return np.where(self.gain >= WEAKEST_GAIN, self.gain, 0.0)


def candidate_links(gain: Array, stations: int, is_visible: BoolArray, nearest: int = 2) -> tuple[IntArray, IntArray]:
    """Return transmitters and users of the candidate links: the strongest base stations and every visible beam.

    ``gain`` (transmitters, users, cycles); ``is_visible`` (beams,) says which beams are high enough in the sky.
    """
    mean = gain.mean(axis=2)
    order = np.argsort(-mean[:stations], axis=0, kind="stable")[:nearest]  # (nearest, users)
    pairs = [(int(j), k) for k in range(gain.shape[1]) for j in sorted(order[:, k]) if mean[j, k] >= WEAKEST_GAIN]
    beams = [
        (stations + s, k)
        for k in range(gain.shape[1])
        for s in np.flatnonzero(is_visible)
        if mean[stations + s, k] >= WEAKEST_GAIN
    ]
    both = np.array([*sorted(pairs, key=lambda pair: pair[1]), *beams], dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


@dataclass(frozen=True, eq=False)
class Plan:
    """What is decided for a window.

    ``power`` (transmitters, subbands, cycles) in [0, 1] of the cap; ``share`` (links, subbands, cycles) of the resource
    blocks; ``steering`` (users, cycles): part of the arrivals that goes to the base stations; ``mask_tn`` and
    ``mask_ntn`` (subbands, cycles): which system may use a sub-band.
    """

    power: Array
    share: Array
    steering: Array
    mask_tn: Array
    mask_ntn: Array


def spectral_efficiency(window: Window, power: Array) -> Array:
    """Return log2(1 + SINR) of each link up to the best modulation, in bit/s/Hz (links, subbands, cycles)."""
    gain = window.heard
    total = 1.0 + np.einsum("jkc,jfc->kfc", gain, power)  # T_k
    own = gain[window.link_transmitter, window.link_user][:, None, :] * power[window.link_transmitter]
    at_user = total[window.link_user]
    efficiency: Array = np.minimum(window.efficiency_cap, np.log2(at_user / (at_user - own)))
    return efficiency


def link_rates(window: Window, plan: Plan) -> Array:
    """Return the rate of each link in Mbit/s (links, cycles): sum over sub-bands of B beta log2(1 + SINR)."""
    rates: Array = window.subband_mhz * (plan.share * spectral_efficiency(window, plan.power)).sum(axis=1)
    return rates


def user_rates(window: Window, per_link: Array) -> tuple[Array, Array]:
    """Return the users' rates over base stations and over beams (users, cycles) from those of the links."""
    rates = np.zeros((2, window.users, window.cycles))
    for system, chosen in enumerate((window.is_tn, ~window.is_tn)):
        np.add.at(rates[system], window.link_user[chosen], per_link[chosen])
    return rates[0], rates[1]


def through_feeder(window: Window, ntn_rates: Array) -> Array:
    """Return the satellites' rates to users (users, cycles) cut in proportion to what the feeder link carries."""
    if window.feeder_mbit_s is None:
        return ntn_rates
    cut: Array = ntn_rates * np.minimum(1.0, window.feeder_mbit_s / np.maximum(ntn_rates.sum(axis=0), 1e-12))
    return cut


def find_faults(window: Window, plan: Plan, tolerance: float = 1e-6) -> list[str]:
    """Name every constraint a plan breaks, recomputed from the plan alone; empty when it keeps all."""
    found = []
    tn, ntn = window.is_tn, ~window.is_tn
    per_transmitter = np.zeros((window.transmitters, window.subbands, window.cycles))
    np.add.at(per_transmitter, window.link_transmitter, plan.share)
    mask = np.concatenate(
        [
            np.repeat(plan.mask_tn[None], window.stations, axis=0),
            np.repeat(plan.mask_ntn[None], window.transmitters - window.stations, axis=0),
        ]
    )
    limits = {
        "powers between zero and the cap": (max(-plan.power.min(), (plan.power - 1.0).max()), 0.0),
        "powers only where the mask allows": ((plan.power - mask).max(), 0.0),
        "power budget": ((plan.power.sum(axis=1) - window.budget[:, None]).max(), 0.0),
        "shares not below zero": (-plan.share.min(initial=0.0), 0.0),
        "shares of a transmitter within the mask": ((per_transmitter - mask).max(), 0.0),
        "steering between zero and one": (max(-plan.steering.min(), (plan.steering - 1.0).max()), 0.0),
        "masks are zero or one": (np.minimum(abs(mask), abs(mask - 1.0)).max(), 0.0),
        "sub-bands that both may use": (np.minimum(plan.mask_tn, plan.mask_ntn).sum(axis=0).max(), window.shared_most),
    }
    found += [name for name, (value, most) in limits.items() if value > most + tolerance]
    for name, chosen in (("one base station a user", tn), ("one beam a user", ntn)):
        for cycle in range(window.cycles):
            used = plan.share[chosen, :, cycle].sum(axis=1) > tolerance
            counts = np.bincount(window.link_user[chosen][used], minlength=window.users)
            if counts.max(initial=0) > 1:
                found.append(f"{name}, cycle {cycle + 1}")
    if window.most_users is not None:
        served = (plan.share.sum(axis=1) > tolerance).astype(float)  # (links, cycles)
        count = np.zeros((window.transmitters, window.cycles))
        np.add.at(count, window.link_transmitter, served)
        if (count > window.most_users[:, None]).any():
            found.append("users at once of a transmitter")
    if window.feeder_mbit_s is not None:
        carried = link_rates(window, plan)[ntn].sum(axis=0)
        if (carried > window.feeder_mbit_s + tolerance * max(1.0, window.feeder_mbit_s)).any():
            found.append("the feeder's capacity")
    return found
