"""Tiny networks of still users in which every association of every slot can be tried; with nothing of the methods.

Three users, two stations, one subchannel, three slots; objective, coverage, demands, priorities, least rates, rate laws
and what changes of server cost are drawn by a seed. Some networks are adversarial.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.handover import early_changes, kept_share
from itnt_core.network import World, min_sinr
from itnt_core.qos import is_linked
from itnt_core.scenario import Scenario, scenario_of_data
from itnt_core.sinr import sinr_of, spectral_efficiency
from itnt_core.utility import Utility

KINDS = ("sum", "proportional", "max_min", "alpha")
SLOTS, USERS, STATIONS = 3, 3, 2
FULL, LEVELS = (1.0,), (1.0, 0.4, 0.1)  # of P_max, of a link
ADVERSARIAL = (
    "far users",
    "one strong station",
    "tiny demands",
    "high floor",
    "equal gains",
    "nobody can be served",
    "huge priorities",
    "least rates that cannot be met",
    "price 0",
    "huge price",
)
SHARE_ADVERSARIAL, SHARE_COUPLED, SHARE_LEAST, SHARE_DEMAND = 0.4, 0.3, 0.2, 0.3
LAWS = ("shannon_capped", "shannon_capped", "truncated_shannon", "nr_cqi")
Best = tuple[float, float, float]  # minus what is lacking to least rates, served user slots, worth in Mbit
SMALLER, LARGER = 1e-9, 1e-6  # Mbit: less is no difference


def tiny_scenario(kind: str, seed: int) -> Scenario:
    """Return still users and two stations on open ground, drawn by a seed."""
    draw = np.random.default_rng([seed, KINDS.index(kind)])
    case = str(draw.choice(ADVERSARIAL)) if draw.random() < SHARE_ADVERSARIAL else ""
    half = 900.0 if case == "far users" else 300.0
    places = draw.uniform(-half, half, (USERS, 2))
    if case == "equal gains":
        places[:] = places[0]
    has_least = case == "least rates that cannot be met" or draw.random() < SHARE_LEAST
    users = [
        {"id": f"gu-{n}", "east_m": float(e), "north_m": float(m), **_needs(draw, case, has_least)}
        for n, (e, m) in enumerate(places)
    ]
    powers = (40.0, 0.2) if case == "one strong station" else tuple(10.0 ** draw.uniform(-1.0, 1.0, STATIONS))
    stations = [
        {"id": f"gbs-{n}", "east_m": float(e), "north_m": float(m), "max_power_w": float(powers[n])}
        for n, (e, m) in enumerate(draw.uniform(-250.0, 250.0, (STATIONS, 2)))
    ]
    floors_db = {"high floor": 12.0, "nobody can be served": 30.0}
    data = {
        "name": case or "ordinary",
        "seed": seed,
        "area": {"size_m": 2000.0},
        "city": {"kind": "open"},
        "time": {"slots": SLOTS},
        "radio": {"subchannels": 1, "rate": str(draw.choice(LAWS))},
        "channel": {"coherence_slots": 1, "shadowing": case != "equal gains", "fading": case != "equal gains"},
        "qos": {"min_sinr_active_db": floors_db.get(case, float(draw.uniform(-5.0, 5.0)))},
        "objective": kind,
        "alpha": float(draw.choice([0.5, 1.0, 2.0, 5.0])),
        "coverage": "priced" if "price" in case else str(draw.choice(["first", "priced", "ignored"])),
        "coverage_price_mbit": {"price 0": 0.0, "huge price": 1e4}.get(case, float(draw.uniform(0.0, 3.0))),
        "handover": _changes(draw),
        "ground_stations": stations,
        "ground_users": users,
    }
    if case == "nobody can be served":
        for one in stations:
            one["max_power_w"] = 1e-9
    return scenario_of_data(data)


def _needs(draw: np.random.Generator, case: str, has_least: bool) -> dict[str, float]:
    """Return priority, demand and least rate of a user; most have a full buffer."""
    needs = {"priority": float(draw.choice([1.0, 1.0, 3.0]))}
    if case == "huge priorities":
        needs["priority"] = float(draw.choice([0.1, 1.0, 100.0]))
    if case == "tiny demands" or draw.random() < SHARE_DEMAND:
        needs["demand_mbit_s"] = float(10.0 ** draw.uniform(-2.0, 0.0))
    if case == "least rates that cannot be met":
        needs["min_rate_mbit_s"] = needs.get("demand_mbit_s", 50.0)  # no more than what it asks for
    elif has_least:
        needs["min_rate_mbit_s"] = min(float(10.0 ** draw.uniform(-2.0, 0.0)), needs.get("demand_mbit_s", np.inf))
    return needs


def _changes(draw: np.random.Generator) -> dict[str, object]:
    """Return what changes of server cost; in most networks nothing."""
    if draw.random() >= SHARE_COUPLED:
        return {}
    return {
        "interrupts": bool(draw.random() < 0.5),
        "ground_interruption_s": float(draw.uniform(0.05, 0.8)),
        "price_mbit": float(draw.choice([0.0, 0.3, 2.0])),
        "min_stay_slots": int(draw.integers(1, 4)),
    }


@dataclass(frozen=True, eq=False)
class Choices:
    """Answers, an entry each: what they lack to least rates, whom they serve, what they are worth; arrays (n,)."""

    lacking_mbit: Array
    served: IntArray  # user slots
    worth_mbit: Array  # what changes of server cost is taken off
    data_mbit: Array

    def best(self, coverage: str) -> Best:
        """Return the best answer's figures, as :func:`is_as_good` reads them."""
        served = self.served if coverage == "first" else np.zeros_like(self.served)
        best = int(np.lexsort((self.worth_mbit, served, np.round(-self.lacking_mbit, 6)))[-1])
        return -float(self.lacking_mbit[best]), float(self.served[best]), float(self.worth_mbit[best])


def is_as_good(
    coverage: str, mine: tuple[float, float, float], best: tuple[float, float, float], reached: float
) -> bool:
    """Say whether an answer is no worse than another: least rates first, then coverage where it is, then the worth.

    ``reached`` is how far below, as a share, counts as equal.
    """
    for one, other, counts in zip(mine, best, (True, coverage == "first", True), strict=True):
        if counts and one > other + LARGER:
            return True
        if counts and one < other - reached * abs(other):
            return False
    return True


def every_choice(world: World, levels: tuple[float, ...] = LEVELS) -> Choices:
    """Return all answers of a tiny network in which every link has one of some levels of power.

    Every set of links of a slot, each at every level, keeps the active floor or is left out; ways of a slot that
    another one with the same servers equals in everything are as well; then every combination of slots is judged.
    """
    slots = [_slot_options(world, slot, levels) for slot in range(world.slots)]
    every = np.stack([part.ravel() for part in np.meshgrid(*(np.arange(len(one[0])) for one in slots), indexing="ij")])
    station = np.stack([one[0][chosen] for one, chosen in zip(slots, every, strict=True)])  # (slots, n, users)
    data = np.stack([one[1][chosen] for one, chosen in zip(slots, every, strict=True)])
    scenario, flat = world.scenario, station.reshape(world.slots, -1)
    cost, allowed = np.zeros(every.shape[1]), np.ones(every.shape[1], dtype=bool)
    if scenario.handover.couples:
        data = data * kept_share(scenario, flat).reshape(data.shape)
        allowed = ~early_changes(flat, scenario.handover.min_stay_slots).reshape(data.shape).any(axis=(0, 2))
        cost = scenario.handover.price_mbit * _changes_in(station)
    total, served = data.sum(axis=0)[allowed], is_linked(station).sum(axis=(0, 2))[allowed]
    utility = Utility.of(scenario)
    worth = utility.value_mbit(total, world.slots * world.user_count - served) - cost[allowed]
    return Choices(utility.shortfall_mbit(total), served, worth, total.sum(axis=1))


def _changes_in(station: IntArray) -> IntArray:
    """Count the changes of server of answers (slots, n, users), user by user from slot to slot: (n,)."""
    server, changes = station[0].copy(), np.zeros(station.shape[1], dtype=np.int64)
    for here in station[1:]:
        changes += (is_linked(here) & is_linked(server) & (here != server)).sum(axis=1)
        server = np.where(is_linked(here), here, server)
    return changes


def _slot_options(world: World, slot: int, levels: tuple[float, ...]) -> tuple[IntArray, Array]:
    """Return servers and data in Mbit (ways, users) of every feasible way to serve in a slot."""
    gain, limit = world.ground_gains[slot, :, :, 0], world.station_max_power_w
    floor, demand = min_sinr(world, "active"), Utility.of(world.scenario).demand_mbit_s
    law, slot_s = world.scenario.radio.rate_law, world.scenario.time.slot_s
    servers, found = [], []
    for users in itertools.product(range(-1, USERS), repeat=STATIONS):
        on = [station for station in range(STATIONS) if users[station] >= 0]
        if len({users[station] for station in on}) < len(on):
            continue
        server = np.full(USERS, -1)
        server[[users[station] for station in on]] = on
        for chosen in itertools.product(levels, repeat=len(on)):
            power = np.zeros(STATIONS)
            power[on] = np.array(chosen) * limit[on]
            data, is_feasible = np.zeros(USERS), True
            for station in on:
                user = users[station]
                heard = gain[user] * power
                sinr = sinr_of(heard[station], heard.sum() - heard[station], world.noise_w)
                is_feasible &= bool(sinr >= floor)
                rate = min(world.bandwidth_hz * float(spectral_efficiency(np.array(sinr), law)) / 1e6, demand[user])
                data[user] = rate * slot_s
            if is_feasible:
                servers.append(server)
                found.append(data)
    station, data = np.array(servers), np.array(found)
    kept = _undominated(station, data, world.scenario.handover.couples)
    return station[kept], data[kept]


def _undominated(station: IntArray, data: Array, same_servers: bool) -> BoolArray:
    """Say which ways to serve a slot, (ways, users) each, no other one equals in everyone's data and served users."""
    served = is_linked(station).sum(axis=1)
    beats = (data[:, None] >= data[None] - SMALLER).all(axis=2) & (served[:, None] >= served[None])
    if same_servers:
        beats &= (station[:, None] == station[None]).all(axis=2)
    count = np.arange(len(data))
    is_first = count[:, None] < count[None]
    return np.asarray(~(beats & (~beats.T | is_first)).any(axis=0))
