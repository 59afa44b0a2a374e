"""What a price on changes of server buys: ``python -m benchmarks.handover [price | small]``.

``price``: the planner on a preset under rising prices of a change of server: data, changes and changes back, served
user slots, time, against the plan without a price; one line of JSON per case is appended to ``--log``. ``small``: the
search over all slots and the binary program against every association of tiny networks (how often the optimum is
reached).
"""

from __future__ import annotations

import os

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import argparse
import json
import time
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.planners import cached_world
from benchmarks.smoke import sized, stored
from benchmarks.timing import print_machine
from itnt_core.association import (
    Association,
    AssociationProblem,
    ChangeCosts,
    CoupledAssociator,
    CoupledMilpAssociator,
    ExactAssociator,
)
from itnt_core.bounds import upper_bound
from itnt_core.handover import handover_figures
from itnt_core.methods import METHODS, quiet, settings_of
from itnt_core.network import World, evaluate, find_violations
from itnt_core.objective import COVERAGE_FIRST, DATA
from itnt_core.presets import DEFAULT_PRESET
from itnt_core.qos import Convention
from itnt_core.rate_laws import as_law
from itnt_core.scenario import Handover
from itnt_core.sinr import spectral_efficiency

LEAST_SHARE, MOST_LOSS = 1.0 / 3.0, 0.03  # what is aimed at: a third of the changes for 3 % of the data
REACHED = 1e-9  # relative


def planned(world: World, price_mbit: float, seed: int, rounds: int) -> dict[str, float]:
    """Return what the planner reaches where a change of server has a price."""
    scenario = world.scenario.model_copy(update={"handover": Handover(price_mbit=price_mbit)})
    priced = World(scenario, world.city, world.sky, world.channel)
    planner, started = METHODS["planner"], time.perf_counter()
    decision = planner.solve(priced, settings_of(planner, {"rounds": rounds, "time_limit_s": 3600.0}), seed, quiet)
    wall_s = time.perf_counter() - started
    evaluation, changes = evaluate(priced, decision), handover_figures(scenario, decision.station)
    return {
        "price_mbit": price_mbit,
        "mbit": evaluation.active.data_service_mbit,
        "served": 1.0 - evaluation.active.outage,
        "changes": changes.changes,
        "per_user_min": changes.per_user_min,
        "ping_pongs": changes.ping_pongs,
        "violations": len(find_violations(priced, decision, evaluation)),
        "wall_s": wall_s,
    }


def study_prices(options: argparse.Namespace) -> None:
    """Measure and print the curve of data over changes."""
    options.log.parent.mkdir(parents=True, exist_ok=True)
    first, last = (int(part) for part in options.seeds.split(":"))
    prices = [float(part) for part in options.prices.split(",")]
    for seed in range(first, last):
        world = cached_world(options.preset, options.users, seed)
        bound = upper_bound(world, sized("standard", "quick"))
        print(f"\n{options.preset}, {world.user_count} users, seed {seed}; bound {bound.data_service_mbit:.0f} Mbit")
        print(f"{'price Mbit':>10}{'Mbit':>9}{'change %':>10}{'served %':>10}{'changes':>9}{'share %':>9}", end="")
        print(f"{'per user min':>14}{'back':>6}{'broken':>8}{'wall s':>8}")
        base: dict[str, float] | None = None
        for price in prices:
            found = planned(world, price, seed, options.rounds)
            base = base or found
            with options.log.open("a", encoding="utf-8") as handle:
                handle.write(
                    json.dumps({"preset": options.preset, "users": options.users, "seed": seed, **found}) + "\n"
                )
            loss = 100.0 * (found["mbit"] / base["mbit"] - 1.0)
            share = 100.0 * found["changes"] / max(base["changes"], 1)
            print(
                f"{price:10.2f}{found['mbit']:9.1f}{loss:+10.2f}{100.0 * found['served']:10.2f}{found['changes']:9.0f}"
                f"{share:9.1f}{found['per_user_min']:14.2f}{found['ping_pongs']:6.0f}{found['violations']:8.0f}"
                f"{found['wall_s']:8.1f}",
                flush=True,
            )
            if share <= 100.0 * LEAST_SHARE and -loss <= 100.0 * MOST_LOSS:
                print(f"{'':10}a third of the changes for at most {100.0 * MOST_LOSS:.0f} % of the data")
    print("prices: done")


def study_small(options: argparse.Namespace) -> None:
    """Compare with every association of tiny networks."""
    hits, worst = {"milp": 0, "always_on": 0, "active": 0}, 0.0
    for seed in range(options.cases):
        draw = np.random.default_rng(seed)
        problem, costs = small_problem(draw, seed), small_costs(draw)
        values = {
            name: np.array([value(problem, one, costs, name) for one in every(problem)]).max() for name in CONVENTIONS
        }
        start = ExactAssociator().solve(problem)
        found = {name: CoupledAssociator(costs, name, seed=seed).improve(problem, start) for name in CONVENTIONS}
        for name in CONVENTIONS:
            gap = 1.0 - value(problem, found[name], costs, name) / values[name] if values[name] > 0.0 else 0.0
            hits[name] += gap <= REACHED
            worst = max(worst, gap)
        exact = value(problem, CoupledMilpAssociator(costs).solve(problem), costs, "always_on")
        hits["milp"] += abs(exact - values["always_on"]) <= REACHED * max(1.0, abs(exact))
    print(f"optimum reached on {options.cases} tiny networks: {hits}; largest gap {100.0 * worst:.2f} %")


CONVENTIONS: tuple[Convention, ...] = ("always_on", "active")


def small_problem(draw: np.random.Generator, seed: int) -> AssociationProblem:
    """Return three slots of two users, two stations and one subchannel with gains over 40 dB."""
    slots, users, stations, subchannels = 3, 2, 2, 1
    gain = 10.0 ** draw.uniform(-12.0, -8.0, (slots, users, stations, subchannels))
    power = draw.uniform(0.1, 1.0, (slots, stations, subchannels))
    objective = (COVERAGE_FIRST, DATA)[seed % 2]
    return AssociationProblem(
        gain, power, 3.6e-15, 180e3, as_law(7.4), 10**-0.5, 1.0, np.ones(stations, int), objective
    )


def small_costs(draw: np.random.Generator) -> ChangeCosts:
    """Return random costs of changes."""
    lost = draw.uniform(0.0, 0.5, (2, 2))
    np.fill_diagonal(lost, 0.0)
    return ChangeCosts(float(draw.choice((0.0, 0.3, 2.0))), lost, int(draw.integers(1, 4)))


def every(problem: AssociationProblem) -> list[Association]:
    """Return every association of all slots that puts no two users on one place."""
    slots, users, stations, subchannels = problem.gain.shape
    one = [
        chosen
        for chosen in product(range(-1, stations * subchannels), repeat=users)
        if len({place for place in chosen if place >= 0}) == sum(place >= 0 for place in chosen)
    ]
    return [Association.from_columns(np.array(all_slots), subchannels) for all_slots in product(one, repeat=slots)]


def value(problem: AssociationProblem, found: Association, costs: ChangeCosts, convention: Convention) -> float:
    """Return the objective in plain loops, -inf where a rule is broken."""
    total, station, subchannel = 0.0, found.station, found.subchannel
    reward = costs.serving_mbit_s(problem)
    for user in range(station.shape[1]):
        server, changed = -1, -(10**6)
        for slot in range(len(station)):
            here, k = int(station[slot, user]), int(subchannel[slot, user])
            if here < 0:
                continue
            is_on = [
                convention == "always_on" or bool((found.columns(problem.gain.shape[3])[slot] == b).any())
                for b in range(2)
            ]
            heard = sum(
                problem.power_w[slot, b, k] * problem.gain[slot, user, b, k] for b in range(2) if b != here and is_on[b]
            )
            sinr = problem.power_w[slot, here, k] * problem.gain[slot, user, here, k] / (problem.noise_w + heard)
            if sinr < (problem.min_sinr if convention == "always_on" else problem.min_sinr_active):
                return -np.inf
            rate = problem.bandwidth_hz / 1e6 * float(spectral_efficiency(np.array(sinr), problem.rate_law))
            own = problem.weight[slot, user, here, k] - problem.rate_mbit_s[slot, user, here, k]
            total += rate + reward + (own if convention == "always_on" else problem.serving_reward_mbit_s)
            if server >= 0 and server != here:
                if slot - changed < costs.min_stay_slots:
                    return -np.inf
                total -= costs.price_mbit_s + costs.lost_share[server, here] * rate
                changed = slot
            server = here
    return total


def main() -> None:
    """Run a study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", nargs="?", choices=("price", "small"), default="price")
    parser.add_argument("--preset", default=sized(DEFAULT_PRESET, "tiny"))
    parser.add_argument("--users", type=int, default=sized(24, 4))
    parser.add_argument("--seeds", default="1:2", help="first:last+1")
    parser.add_argument("--prices", default=sized("0,0.25,0.5,1,1.5,2,3,5", "0,1"), metavar="MBIT,MBIT")
    parser.add_argument("--rounds", type=int, default=sized(14, 1))
    parser.add_argument("--cases", type=int, default=sized(100, 2))
    parser.add_argument("--log", type=Path, default=stored(Path(".itnt") / "handover.jsonl"))
    options = parser.parse_args()
    print_machine()
    (study_prices if options.study == "price" else study_small)(options)


if __name__ == "__main__":
    main()
