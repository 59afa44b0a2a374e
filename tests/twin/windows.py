"""Random small windows of spectrum sharing, random points in them, and their physics in plain loops."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from itnt_core.twin.planning.relaxed import Relaxed
from itnt_core.twin.planning.window import Plan, Window, candidate_links


def random_window(
    seed, stations=1, beams=1, users=2, subbands=2, cycles=1, load_mbit=200.0, station_decades=5.0, **fields
):
    """Gains over five decades for base stations and two for beams, exponential arrivals, nothing queued at first."""
    generator = np.random.default_rng(seed)
    decades = [
        generator.uniform(0.0, station_decades, (stations, users, 1)),
        generator.uniform(0.5, 2.5, (beams, users, 1)),
    ]
    strength = 10.0 ** np.concatenate(decades)
    gain = strength * 10.0 ** generator.uniform(-0.1, 0.1, (stations + beams, users, cycles))  # from cycle to cycle
    transmitter, user = candidate_links(gain, stations, np.ones(beams, dtype=bool))
    known = {
        "arrivals_mbit": generator.exponential(load_mbit, (users, cycles)),
        "queue_tn_mbit": np.zeros(users),
        "queue_ntn_mbit": np.zeros(users),
        "weight": np.ones(users),
        "shared_most": subbands,
        "budget": np.full(stations + beams, subbands / 2.0),
        **fields,
    }
    return Window(
        gain=gain,
        link_transmitter=transmitter,
        link_user=user,
        stations=stations,
        subbands=subbands,
        subband_mhz=5.0,
        cycle_s=5.0,
        **known,
    )


def with_backlog(window, seed, mean_mbit=40.0):
    """The window with something queued on both sides and users that count differently."""
    generator = np.random.default_rng(seed)
    queues = generator.exponential(mean_mbit, (2, window.users))
    return replace(
        window, queue_tn_mbit=queues[0], queue_ntn_mbit=queues[1], weight=generator.uniform(0.5, 2.0, window.users)
    )


def random_point(window, seed):
    """A point inside the relaxed problem: undecided masks and associations, and powers and shares that they allow."""
    generator = np.random.default_rng(seed)
    per = (window.subbands, window.cycles)
    most = 0.5 + 0.4 * min(1.0, window.shared_most / window.subbands)  # two masks of this may stand on every sub-band
    masks = generator.uniform(0.6, 1.0, (2, *per)) * most
    of_system = (np.arange(window.transmitters) >= window.stations).astype(int)
    power = generator.uniform(0.05, 1.0, (window.transmitters, *per)) * masks[of_system]
    power *= np.minimum(1.0, window.budget[:, None, None] / power.sum(axis=1, keepdims=True))
    weight = generator.uniform(0.1, 1.0, (window.links, window.cycles))
    candidates = np.zeros((2, window.users, window.cycles))
    of_link = of_system[window.link_transmitter]
    np.add.at(candidates, (of_link, window.link_user), weight)
    association = 0.95 * weight / candidates[of_link, window.link_user]
    share = generator.uniform(0.1, 1.0, (window.links, *per))
    used = np.zeros((window.transmitters, *per))
    np.add.at(used, window.link_transmitter, share)
    share *= generator.uniform(0.4, 0.95) * (masks[of_system] / used)[window.link_transmitter]
    share *= np.minimum(1.0, window.subbands * association / share.sum(axis=1))[:, None, :]
    steering = generator.uniform(0.0, 1.0, (window.users, window.cycles))
    return Relaxed(Plan(power, share, steering, masks[0], masks[1]), association)


def plain_efficiency(window, power):
    """log2(1 + SINR) of each link (links, subbands, cycles), one after the other."""
    found = np.zeros((window.links, window.subbands, window.cycles))
    for link, (own, user) in enumerate(zip(window.link_transmitter, window.link_user, strict=True)):
        for band in range(window.subbands):
            for cycle in range(window.cycles):
                received = [
                    window.gain[j, user, cycle] * power[j, band, cycle] if window.gain[j, user, cycle] >= 1e-2 else 0.0
                    for j in range(window.transmitters)
                ]
                noise = 1.0 + sum(value for j, value in enumerate(received) if j != own)
                found[link, band, cycle] = min(window.efficiency_cap, np.log2(1.0 + received[own] / noise))
    return found


def plain_objective(window, plan):
    """Mean over cycles of the weighted backlog plus the price of power, cycle after cycle and user after user."""
    rate = window.subband_mhz * (plan.share * plain_efficiency(window, plan.power)).sum(axis=1)
    if window.feeder_mbit_s is not None:
        beams = window.link_transmitter >= window.stations
        for cycle in range(window.cycles):
            rate[beams, cycle] *= min(1.0, window.feeder_mbit_s / max(1e-12, rate[beams, cycle].sum()))
    total = 0.0
    for user in range(window.users):
        queues = [window.queue_tn_mbit[user], window.queue_ntn_mbit[user]]
        for cycle in range(window.cycles):
            for system in range(2):
                part = (plan.steering, 1.0 - plan.steering)[system][user, cycle]
                links = (window.link_user == user) & ((window.link_transmitter >= window.stations) == bool(system))
                served = window.cycle_s * rate[links, cycle].sum()
                queues[system] = max(0.0, queues[system] + part * window.arrivals_mbit[user, cycle] - served)
                total += window.weight[user] * queues[system]
    return (total + window.power_price * plan.power.sum()) / window.cycles


def undecided(values):
    """The smooth count h(a) = a (1 - a) / (a + 0.1) of undecided binaries over several arrays."""
    return sum(float((a * (1.0 - a) / (a + 0.1)).sum()) for a in values)


def binaries(at):
    """Everything that is zero or one in the end."""
    return at.plan.mask_tn, at.plan.mask_ntn, at.association


def falls(values, tolerance):
    """Whether a series never rises by more than a tolerance."""
    return all(after <= before + tolerance for before, after in pairwise(values))
