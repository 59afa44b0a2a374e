"""Step six: association, P1, on an instance small enough to try every choice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array, IntArray
from itnt_core.association import (
    ActiveAssociator,
    Association,
    AssociationProblem,
    ExactAssociator,
    MaxSinrAssociator,
    make_problem,
)
from itnt_core.objective import COVERAGE_FIRST, DATA, Objective, Service, objective_of
from itnt_core.qos import min_sinr_db
from itnt_core.scenario import Scenario
from itnt_core.sinr import sinr_of, spectral_efficiency
from itnt_core.units import to_db

from . import charts
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Values, number_knob
from .missing import missing_two_of_each
from .prose import Prose

PROSE = Prose("association")

BINS = 24  # of the histogram
LEAST_GAIN = 5e-4  # Mbit/s: what the sentence shows
MOST_SLOTS, MOST_DRAWS = 60, 8  # tried for the moment that the lesson opens with
RIVALS = (ExactAssociator, MaxSinrAssociator)


@dataclass(frozen=True, eq=False)
class Enumerated:
    """Every choice of a small instance: chosen links (choices, users), -1 for none, and what each is worth."""

    links: IntArray
    allowed: NDArray[np.bool_]  # (choices,)
    value: Array  # weight of P1, -inf where not allowed
    always_on_mbit_s: Array
    active_mbit_s: Array  # -inf where not allowed when only these links radiate
    served: IntArray


@dataclass(frozen=True)
class Sums:
    """What the links of one slot carry. Served: linked, and at or above the floor of the convention."""

    always_on_mbit_s: float
    linked: int  # all of them reach the floor when all stations are on
    active_mbit_s: float  # of the served users when only these links radiate
    active_served: int


class Choosing:
    """All choices beside the exact solver."""

    key = "association"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for two stations and two users."""
        return missing_two_of_each(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the sizes of the instance, the slot, and which users are taken."""
        world = example.world
        most_users, most_stations = _most(example)
        moment = telling_moment(example) or Moment(1, 0)
        return (
            number_knob("users", "Users", most_users, "", (2, most_users), 1, whole=True),
            number_knob("stations", "Stations", most_stations, "", (2, most_stations), 1, whole=True),
            number_knob(
                "subchannels",
                "Subchannels",
                min(2, world.subchannels),
                "",
                (1, min(2, world.subchannels)),
                1,
                whole=True,
            ),
            number_knob("slot", "Slot", moment.slot, "", (1, world.slots), 1, whole=True),
            number_knob("draw", "Other users", moment.draw, "", (0, max(0, world.user_count - 1)), 1, whole=True),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Enumerate the instance and solve it."""
        problem, users, stations = small_problem(example, values)
        every = enumerate_choices(problem)
        exact, greedy = ExactAssociator().solve(problem), MaxSinrAssociator().solve(problem)
        found = ActiveAssociator(seed=1).improve(problem, [exact])
        best = int(every.value.argmax())
        sums = {name: _sums(problem, one) for name, one in (("exact", exact), ("greedy", greedy), ("search", found))}
        count = len(every.links)
        top, top_served = _best_active(every, problem.objective)
        facts = {
            "users": len(users),
            "stations": len(stations),
            "subchannels": problem.gain.shape[3],
            "slot": int(values["slot"]),
            "choices": count,
            "valid": int(every.allowed.sum()),
            "floor_db": min_sinr_db(example.scenario, "always_on"),
            "served": int(every.served[best]),
            "best": float(every.always_on_mbit_s[best]),
            "exact": sums["exact"].always_on_mbit_s,
            "exact_served": sums["exact"].linked,
            "greedy": sums["greedy"].always_on_mbit_s,
            "greedy_served": sums["greedy"].linked,
            "same": sums["exact"].active_mbit_s,
            "same_served": sums["exact"].active_served,
            "active": top,
            "search": sums["search"].active_mbit_s,
            "search_served": sums["search"].active_served,
            "active_served": top_served,
            "active_floor_db": min_sinr_db(example.scenario, "active"),
            "rule": _rule(problem.objective, objective_of(example.scenario)),
            **_full_size(example),
        }
        caption = PROSE.sentence("chart caption", **facts)
        greedy_is = "worse" if _is_lost(problem.objective, sums["exact"], sums["greedy"]) else "as good"
        return Lesson(
            (
                *PROSE.sentences("idea", **facts),
                PROSE.sentence(f"strongest first is {greedy_is}", **facts),
                PROSE.sentence("idle stations are silent", **facts),
            ),
            (_equation(problem, exact),),
            (_chart(every, sums["exact"].always_on_mbit_s, sums["greedy"].always_on_mbit_s, caption),),
            PROSE.sentence("question"),
            tuple(
                PROSE.sentence(f"answer: {text}", **facts)
                for text in ("conventions", _what_is_gained(sums["exact"], top_served, top), "full size")
            ),
            _rows(example, problem, exact, users, stations),
            "The exact answer",
        )


@dataclass(frozen=True)
class Moment:
    """A slot (1-based) and a choice of users."""

    slot: int
    draw: int


def _most(example: Example) -> tuple[int, int]:
    """Return how many users and stations an instance has at most."""
    return min(4, example.world.user_count), min(3, example.world.station_count)


@lru_cache(maxsize=2)
def telling_moment(example: Example) -> Moment | None:
    """Return the moment in which strongest-first loses most against the exact solver, None where it never loses.

    The scenario's objective says what is more. Up to 60 slots are tried, and where nothing is lost in them, up to 7
    other choices of users.
    """
    users, stations = _most(example)
    sizes: dict[str, int] = {"users": users, "stations": stations, "subchannels": min(2, example.world.subchannels)}
    slots = np.unique(np.linspace(1, example.world.slots, MOST_SLOTS).astype(int)).tolist()
    for draw in range(min(MOST_DRAWS, example.world.user_count)):
        problems = [small_problem(example, {**sizes, "slot": slot, "draw": draw})[0] for slot in slots]
        pairs = [tuple(_sums(one, solver().solve(one)) for solver in RIVALS) for one in problems]
        objective = taught(objective_of(example.scenario))
        worst = max(range(len(slots)), key=lambda index: objective.key(_lost(*pairs[index])))
        if _is_lost(objective, *pairs[worst]):
            return Moment(slots[worst], draw)
    return None


def _rule(objective: Objective, asked: Objective) -> str:
    """Return what counts in the lesson, and what the scenario asks for where that is something else."""
    text = PROSE.sentence(f"rule: {objective.name}").text
    return text if asked.is_plain else f"{text}; {PROSE.sentence('rule: other', asked=asked.name).text}"


def _lost(exact: Sums, greedy: Sums) -> Service:
    """Return how many users, and how much rate in Mbit/s, strongest-first leaves to the exact solver."""
    return Service(exact.linked - greedy.linked, exact.always_on_mbit_s - greedy.always_on_mbit_s)


def _is_lost(objective: Objective, exact: Sums, greedy: Sums) -> bool:
    """Say whether the exact solver is better by more than the sentences show."""
    return bool(objective.better(_lost(exact, greedy), Service(0, LEAST_GAIN)))


def _what_is_gained(exact: Sums, most: int, best_mbit_s: float) -> str:
    """Return which answer says what the best choice has over the exact solver's, when idle stations are silent."""
    if most != exact.active_served:
        return "more users"
    return "more rate" if best_mbit_s > exact.active_mbit_s + LEAST_GAIN else "no gain"


def small_problem(example: Example, values: Values) -> tuple[AssociationProblem, IntArray, IntArray]:
    """Return P1 of a few users (U,), the stations (B,) they hear best, the first subchannels: problem, users, stations.

    Flights are straight, powers equal.
    """
    slot = int(values["slot"]) - 1
    gains = example.straight_gains[slot : slot + 1]
    count, total = int(values["users"]), gains.shape[1]
    heard = gains[0].mean(axis=2) * example.share_w  # (users, stations)
    wished = int(np.bincount(heard.argmax(axis=1)).argmax())  # the station most users would like to have
    users = np.sort(np.argsort(-heard[:, wished], kind="stable")[(np.arange(count) + int(values["draw"])) % total])
    stations = np.sort(np.argsort(-heard[users].sum(axis=0))[: int(values["stations"])])
    first, wanted = np.zeros(1, dtype=np.int64), np.arange(int(values["subchannels"]))
    whole = plain_problem(example, gains, example.equal_power_w[slot : slot + 1])
    problem = AssociationProblem(
        gains[np.ix_(first, users, stations, wanted)],
        whole.power_w[np.ix_(first, stations, wanted)],
        whole.noise_w,
        whole.bandwidth_hz,
        whole.rate_law,
        whole.min_sinr,
        whole.min_sinr_active,
        np.minimum(whole.max_users[stations], len(wanted)),
        whole.objective,
        None if whole.user_cap is None else whole.user_cap[users],
    )
    return problem, users, stations


def plain_problem(example: Example, gains: Array, power_w: Array) -> AssociationProblem:
    """Return P1 of slots in which the data of all count alike: gains (slots, users, stations, subchannels), powers."""
    problem = make_problem(example.world, gains, power_w)
    return replace(problem, objective=taught(problem.objective), user_weight=None)


def taught(objective: Objective) -> Objective:
    """Return the objective of one slot that the lesson speaks of: coverage first, or data alone."""
    return COVERAGE_FIRST if objective.is_coverage_first else DATA


def enumerate_choices(problem: AssociationProblem) -> Enumerated:
    """Return every choice of one slot's problem, judged one by one, without any solver."""
    users = problem.users
    stations, subchannels = problem.gain.shape[2:]
    count = stations * subchannels
    links = np.indices((count + 1,) * users).reshape(users, -1).T - 1  # (choices, users)
    taken = links >= 0
    rows = np.arange(users)
    same = (links[:, :, None] == links[:, None, :]) & taken[:, :, None] & ~np.eye(users, dtype=bool)
    crowded = [
        ((links // subchannels == station) & taken).sum(axis=1) > problem.max_users[station]
        for station in range(stations)
    ]
    reaches = problem.allowed[0].reshape(users, count)[rows, links] | ~taken
    allowed = reaches.all(axis=1) & ~same.any(axis=(1, 2)) & ~np.any(crowded, axis=0)
    rate = np.where(taken, problem.rate_mbit_s[0].reshape(users, count)[rows, links], 0.0)
    weight = np.where(taken, problem.weight[0].reshape(users, count)[rows, links], 0.0)
    value = np.where(allowed, weight.sum(axis=1), -np.inf)
    sums, good = _active_sums(problem, links)
    active = np.where(good & ~same.any(axis=(1, 2)) & ~np.any(crowded, axis=0), sums, -np.inf)
    return Enumerated(links, allowed, value, rate.sum(axis=1), active, taken.sum(axis=1))


def _active_sums(problem: AssociationProblem, links: IntArray) -> tuple[Array, NDArray[np.bool_]]:
    """Return the active rate sums (choices,) in Mbit/s, and where every served user reaches the active floor."""
    rate, reaches = _active_rates(problem, links)
    good: NDArray[np.bool_] = np.all(reaches | (links < 0), axis=1)
    return rate.sum(axis=1), good


def _active_rates(problem: AssociationProblem, links: IntArray) -> tuple[Array, NDArray[np.bool_]]:
    """Return the active rates (choices, users) in Mbit/s and who is served, linked and at the active floor."""
    users = problem.users
    stations, subchannels = problem.gain.shape[2:]
    heard = (problem.gain[0] * problem.power_w[0]).reshape(users, stations * subchannels)
    taken: NDArray[np.bool_] = links >= 0
    cross = heard[:, np.maximum(links, 0)].transpose(1, 0, 2) * taken[:, None, :]  # (choices, users, links of others)
    shared = (links[:, :, None] % subchannels) == (links[:, None, :] % subchannels)
    own = np.einsum("cuu->cu", cross)
    sinr = sinr_of(own, np.where(shared, cross, 0.0).sum(axis=2) - own, problem.noise_w)
    efficiency = np.minimum(spectral_efficiency(sinr, problem.rate_law), problem.caps)
    rate = problem.bandwidth_hz * efficiency / 1e6
    served: NDArray[np.bool_] = taken & (sinr >= problem.min_sinr_active)
    return np.where(taken, rate, 0.0), served


def _best_active(every: Enumerated, objective: Objective) -> tuple[float, int]:
    """Return the active rate sum of the best choice, and how many users it serves."""
    good = np.isfinite(every.active_mbit_s)
    best = objective.best(Service(every.served[good], every.active_mbit_s[good]))
    return float(every.active_mbit_s[good][best]), int(every.served[good][best])


def _sums(problem: AssociationProblem, found: Association) -> Sums:
    """Return what an association of one slot carries under both conventions."""
    rates = problem.rate_mbit_s[found.links]
    active, served = _active_rates(problem, found.columns(problem.gain.shape[3]))
    return Sums(float(rates.sum()), len(rates), float(active[served].sum()), int(served.sum()))


def _full_size(example: Example) -> dict[str, int]:
    world = example.world
    links = world.station_count * world.subchannels + 1
    digits = int(np.floor(world.user_count * np.log10(links))) + 1
    return {
        "all_users": world.user_count,
        "all_stations": world.station_count,
        "all_subchannels": world.subchannels,
        "digits": digits,
    }


def _equation(problem: AssociationProblem, exact: Association) -> Equation:
    rates = problem.rate_mbit_s[exact.links]
    terms = " + ".join(f"{rate:.3f}" for rate in rates.tolist()) or "0"
    symbols = (
        r"\begin{aligned}\max_\alpha\ & \sum_{u,b,k} \alpha_{ubk} R_{ubk} \\ \text{s.t. } & \sum_{b,k}\alpha_{ubk} "
        r"\le 1,"
        r"\ \sum_u \alpha_{ubk} \le 1 \end{aligned}"
    )
    return Equation(
        PROSE.sentence("problem caption"),
        symbols,
        rf"\begin{{aligned}} & {terms} \\ &= {rates.sum():.3f}\ \text{{Mbit/s}}\end{{aligned}}",
    )


def _rows(
    example: Example, problem: AssociationProblem, exact: Association, users: IntArray, stations: IntArray
) -> tuple[dict[str, object], ...]:
    ids, names = example.scenario.user_ids, example.world.station_ids
    rows = []
    for index, user in enumerate(users.tolist()):
        station, subchannel = int(exact.station[0, index]), int(exact.subchannel[0, index])
        if station < 0:
            rows.append(
                {"User": ids[user], "Station": "none", "Subchannel": None, "SINR, dB": None, "Rate, Mbit/s": 0.0}
            )
            continue
        sinr = float(problem.sinr[0, index, station, subchannel])
        rate = float(problem.rate_mbit_s[0, index, station, subchannel])
        rows.append(
            {
                "User": ids[user],
                "Station": names[int(stations[station])],
                "Subchannel": subchannel + 1,
                "SINR, dB": round(to_db(sinr), 1),
                "Rate, Mbit/s": round(rate, 3),
            }
        )
    return tuple(rows)


def _chart(every: Enumerated, exact: float, greedy: float, caption: Sentence) -> Chart:
    sums, served = every.always_on_mbit_s[every.allowed], every.served[every.allowed]
    edges = np.linspace(0.0, max(float(sums.max(initial=0.0)), 1e-3), BINS + 1)
    rows = []
    names = [f"{count} served" for count in sorted(set(served.tolist()))]
    for count in sorted(set(served.tolist())):
        found, _ = np.histogram(sums[served == count], edges)
        rows += [
            {"low": low, "high": high, "choices": number, "series": f"{count} served"}
            for low, high, number in zip(edges[:-1].tolist(), edges[1:].tolist(), found.tolist(), strict=True)
            if number
        ]
    across = charts.number_axis("low", "Sum of rates with all stations on, Mbit/s", zero=True)
    up = charts.number_axis("choices", "Choices", zero=True)
    layer = charts.columns(rows, across, up, "high", names)
    lines = [{"low": exact, "series": "Exact solver"}, {"low": greedy, "series": "Strongest first"}]
    rule = charts.uprights(lines, across, up, ("Exact solver", "Strongest first"), (charts.RED, charts.GREY))
    return Chart("All allowed choices by their sum of rates", caption, charts.picture([layer, rule]))
