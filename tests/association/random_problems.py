"""Random instances of P1, made without looking at any solver."""

from dataclasses import replace

import numpy as np

from itnt_core.association import make_problem
from itnt_core.objective import COVERAGE_FIRST
from itnt_core.rate_laws import shannon
from itnt_core.scenario import Radio
from tests.network.plain_rates import carried
from tests.network.small_worlds import open_world, station, walker_on_foot

CAP = 7.4
SHANNON = shannon(CAP)
_WORLD = open_world(
    stations=[station("gbs", 0.0, 0.0)],
    ground=[walker_on_foot("gu", 9.0, 0.0)],
    radio=Radio(subchannels=1, spectral_efficiency_cap=CAP),
)


def random_problem(draw, slots, users, stations, subchannels, max_users=None, floor_db=-5.0, law=SHANNON):
    """Gains over 40 dB, so that some links miss the floor; U_max at random unless given."""
    gain = 10.0 ** draw.uniform(-12.0, -8.0, (slots, users, stations, subchannels))
    power = draw.uniform(0.1, 1.0, (slots, stations, subchannels))
    if max_users is None:
        max_users = draw.integers(1, subchannels + 1, stations)
    return replace(
        make_problem(_WORLD, gain, power),
        max_users=np.asarray(max_users, dtype=np.int64),
        min_sinr=10.0 ** (floor_db / 10.0),
        rate_law=law,
    )


def weights_by_hand(problem, slot):
    """Return {(user, station, subchannel): worth} of the links above the floor, from the equations in plain loops.

    The worth of a link is its rate and, where coverage comes first, more than all that the others could lose by it.
    """
    _, users, stations, subchannels = problem.gain.shape
    gain, power = problem.gain[slot], problem.power_w[slot]
    law, rates, strong = problem.rate_law, {}, {}
    for u in range(users):
        for b in range(stations):
            for k in range(subchannels):
                others = sum(gain[u, x, k] * power[x, k] for x in range(stations) if x != b)
                sinr = gain[u, b, k] * power[b, k] / (others + problem.noise_w)
                rates[u, b, k] = problem.bandwidth_hz * carried(law.name, law.limit, sinr) / 1e6
                strong[u, b, k] = sinr >= problem.min_sinr and power[b, k] > 0.0
    most = min(users, sum(min(limit, subchannels) for limit in problem.max_users.tolist()))
    penalty = 1.001 * max(1, most) * max(rates.values()) if problem.objective is COVERAGE_FIRST else 0.0
    return {link: rate + penalty for link, rate in rates.items() if strong[link]}


def worth_by_hand(problem, association, slot):
    """Return the summed worth of the links of an association in a slot; a forbidden link is a KeyError."""
    worth = weights_by_hand(problem, slot)
    links = zip(association.station[slot].tolist(), association.subchannel[slot].tolist(), strict=True)
    return sum(worth[u, b, k] for u, (b, k) in enumerate(links) if b >= 0)


def broken_rules(problem, association):
    """Return every rule of P1 that an association breaks, in words."""
    slots, users, stations, subchannels = problem.gain.shape
    broken = []
    if association.station.shape != (slots, users) or association.subchannel.shape != (slots, users):
        return ["shape"]
    for t in range(slots):
        taken, load = set(), dict.fromkeys(range(stations), 0)
        worth = weights_by_hand(problem, t)
        for u in range(users):
            b, k = int(association.station[t, u]), int(association.subchannel[t, u])
            if (b, k) == (-1, -1):
                continue
            if not (0 <= b < stations and 0 <= k < subchannels):
                broken.append(f"slot {t}: user {u} on station {b}, subchannel {k}")
                continue
            if (b, k) in taken:
                broken.append(f"slot {t}: two users on {(b, k)}")
            taken.add((b, k))
            load[b] += 1
            if (u, b, k) not in worth:
                broken.append(f"slot {t}: user {u} below the floor on {(b, k)}")
        broken += [f"slot {t}: {n} users on station {b}" for b, n in load.items() if n > problem.max_users[b]]
    return broken
