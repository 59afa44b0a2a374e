"""What a price on changes of server buys: ``python -m benchmarks.handover [price | small]``.

``price``: the planner on a preset under rising prices of a change of server: data, changes and changes back, served
user slots, time, against the plan without a price, for each seed and over all of them. Cases are kept in ``--log``: a
study that was cut short goes on where it stopped. The curve over all seeds is drawn into ``--picture``. ``small``: the
search over all slots and the binary program against every association of tiny networks (how often the optimum is
reached).
"""

from __future__ import annotations

import os

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import argparse
import time
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.kept import KeptRows, Row
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
from itnt_core.handover import handover_figures
from itnt_core.intervals import interval
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
    """Measure and print data and changes by price, seed by seed, then over all seeds, and draw that curve."""
    kept = KeptRows(options.log)
    first, last = (int(part) for part in options.seeds.split(":"))
    prices = [float(part) for part in options.prices.split(",")]
    found = [
        against_none([priced_case(kept, options, seed, price) for price in prices], seed) for seed in range(first, last)
    ]
    print_curve(prices, found)
    draw_curve(options.picture, prices, found)
    print(f"prices: done, {options.picture}")


def priced_case(kept: KeptRows, options: argparse.Namespace, seed: int, price_mbit: float) -> Row:
    """Return what the planner reaches at a price, kept or measured now."""
    asked = {"preset": options.preset, "users": options.users, "seed": seed, "rounds": options.rounds}
    return kept.row(
        {**asked, "price_mbit": price_mbit},
        lambda: planned(cached_world(options.preset, options.users, seed), price_mbit, seed, options.rounds),
    )


def against_none(rows: list[Row], seed: int) -> list[Row]:
    """Print the cases of a seed, and return them with loss and share of changes in % against the first."""
    print(
        f"\nseed {seed}\n{'price Mbit':>10}{'Mbit':>9}{'change %':>10}{'served %':>10}{'changes':>9}{'share %':>9}",
        end="",
    )
    print(f"{'per user min':>14}{'back':>6}{'broken':>8}{'wall s':>8}")
    compared = []
    for row in rows:
        change = 100.0 * (row["mbit"] / rows[0]["mbit"] - 1.0)
        share = 100.0 * row["changes"] / max(rows[0]["changes"], 1)
        compared.append({**row, "change_percent": change, "share_percent": share})
        print(
            f"{row['price_mbit']:10.2f}{row['mbit']:9.1f}{change:+10.2f}{100.0 * row['served']:10.2f}"
            f"{row['changes']:9.0f}{share:9.1f}{row['per_user_min']:14.2f}{row['ping_pongs']:6.0f}"
            f"{row['violations']:8.0f}{row['wall_s']:8.1f}",
            flush=True,
        )
    return compared


def print_curve(prices: list[float], found: list[list[Row]]) -> None:
    """Print mean and 95 % interval over the seeds, and at which prices all of them reach what is aimed at."""
    print(f"\n{len(found)} seeds\n{'price Mbit':>10}{'change %':>18}{'changes left %':>20}")
    for number, price in enumerate(prices):
        rows = [rows[number] for rows in found]
        change, share = (_mean_of(rows, key) for key in ("change_percent", "share_percent"))
        reach = sum(is_reached(row) for row in rows)
        print(f"{price:10.2f}{change:>18}{share:>20}   {reach} of {len(rows)} seeds: a third for at most 3 %")


def _mean_of(rows: list[Row], key: str) -> str:
    mean, half = interval([row[key] for row in rows])
    return f"{mean:.2f} +- {half:.2f}" if len(rows) > 1 else f"{mean:.2f}"


def is_reached(row: Row) -> bool:
    """Say whether a third of the changes at most is left, for at most 3 % of the data."""
    return bool(row["share_percent"] <= 100.0 * LEAST_SHARE and -row["change_percent"] <= 100.0 * MOST_LOSS)


def draw_curve(picture: Path, prices: list[float], found: list[list[Row]]) -> None:
    """Draw what is lost in data over the changes that are left, a thin line per seed and a thick one for their mean."""
    from matplotlib.figure import Figure

    points = np.array([[(row["share_percent"], row["change_percent"]) for row in rows] for rows in found])
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.add_subplot(
        xlabel="changes of server left, % of those without a price", ylabel="data against no price, %"
    )
    axes.axvspan(0.0, 100.0 * LEAST_SHARE, color="0.93")
    axes.axhline(-100.0 * MOST_LOSS, color="0.6", linestyle="--", linewidth=1.0)
    for seed in points:
        axes.plot(*seed.T, color="0.7", linewidth=1.0)
    mean = points.mean(axis=0)
    axes.plot(*mean.T, color="#0B6BCB", linewidth=2.0, marker="o")
    for number, (price, at) in enumerate(zip(prices, mean, strict=True)):
        beside = (6.0, (6.0, -14.0)[number % 2])  # neighbours above and below, as they may lie close
        axes.annotate(f"{price:g} Mbit", at, textcoords="offset points", xytext=beside)
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture)


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
    parser.add_argument("--seeds", default=sized("1:4", "1:2"), help="first:last+1")
    parser.add_argument("--prices", default=sized("0,0.5,1,2,3,5", "0,1"), metavar="MBIT,MBIT")
    parser.add_argument("--rounds", type=int, default=sized(14, 1))
    parser.add_argument("--cases", type=int, default=sized(100, 2))
    parser.add_argument("--picture", type=Path, default=stored(Path(".itnt") / "handover.svg"))
    parser.add_argument("--log", type=Path, default=stored(Path(".itnt") / "handover.jsonl"))
    options = parser.parse_args()
    print_machine()
    (study_prices if options.study == "price" else study_small)(options)


if __name__ == "__main__":
    main()
