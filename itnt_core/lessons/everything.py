"""Step ten: the whole problem, alternating between its parts, against a bound that nobody can pass."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from itnt_core.bounds import gap, upper_bound, why_unknown
from itnt_core.network import CONSTRAINTS, find_violations
from itnt_core.objective import objective_of
from itnt_core.scenario import Scenario

from . import charts
from .evidence import RunSeen
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, number_knob
from .missing import missing_station_or_user
from .prose import Prose

PROSE = Prose("everything")

# What answers within seconds while one reads.
MOST_SLOTS, MOST_GROUND_USERS, MOST_ROUNDS, LONGEST_SLOT_S = 12, 12, 3, 60.0

STEP_NAMES = ("Association", "Power", "Flight")


class Climb(NamedTuple):
    """The course of an alternation: (what was done, data service in Mbit), the bound, its kind, the violations.

    ``bound_mbit`` is None where no bound is known; ``served`` holds the share of user slots that is served after each
    step of the course.
    """

    course: tuple[tuple[str, float], ...]
    bound_mbit: float | None
    kind: str
    violations: int
    served: tuple[float, ...]


class Everything:
    """Alternation, data service, certified bound."""

    key = "everything"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for a station and a user."""
        return missing_station_or_user(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return how far the scenario is thinned, and how long the parts take turns."""
        scenario = example.scenario
        least, most = _slot_limits(scenario)
        people = len(scenario.ground_users)
        return (
            number_knob("slots", "Slots", max(least, min(5, most)), "", (least, most), 1, whole=True),
            number_knob(
                "aerial",
                "Aerial users",
                min(1, len(scenario.aerial_users)),
                "",
                (0 if people else min(1, len(scenario.aerial_users)), min(3, len(scenario.aerial_users))),
                1,
                whole=True,
            ),
            number_knob(
                "people",
                "Ground users",
                min(8, people),
                "",
                (0 if scenario.aerial_users else min(1, people), min(MOST_GROUND_USERS, people)),
                1,
                whole=True,
            ),
            number_knob("rounds", "Rounds", 1, "", (1, MOST_ROUNDS), 1, whole=True),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Let the parts take turns on a thinned copy, and tell of the user's own runs."""
        small = example.changed(
            thinned(example.scenario, int(values["slots"]), int(values["aerial"]), int(values["people"]))
        )
        climb = alternate(small, int(values["rounds"]))
        facts = _facts(example, small, climb, int(values["rounds"]))
        bound, bounded = ("no bound", " without bound") if climb.bound_mbit is None else ("bound", "")
        caption = PROSE.sentence(f"chart caption{bounded}", **facts)
        runs = example.evidence.runs
        return Lesson(
            (*PROSE.sentences("idea", **facts), *(PROSE.sentence(text, **facts) for text in (bound, "constraints"))),
            (_equation(climb, PROSE.sentence(f"problem caption{bounded}")),),
            (_chart(climb, caption),),
            PROSE.sentence(f"question{bounded}"),
            PROSE.sentences(f"answer{bounded}", **facts),
            tuple({"Step": name, "Data service, Mbit": round(mbit, 2)} for name, mbit in climb.course),
            "The alternation",
            _own_words(runs),
            _own_charts(runs),
        )


def _slot_limits(scenario: Scenario) -> tuple[int, int]:
    """Return how few and how many slots a thinned copy may have: a slot is at most a minute long."""
    least = max(1, math.ceil(scenario.time.duration_s / LONGEST_SLOT_S))
    most = max(least, min(MOST_SLOTS, scenario.time.slots))
    return min(max(least, 2), most), most


def thinned(scenario: Scenario, slots: int, aerial: int, people: int) -> Scenario:
    """Return the scenario with few, long slots of the same duration and only some of its users."""
    chosen = np.unique(np.round(np.linspace(0, max(len(scenario.ground_users) - 1, 0), people)).astype(int)).tolist()
    time = scenario.time.model_copy(update={"slots": slots, "slot_s": scenario.time.duration_s / slots})
    users = tuple(scenario.ground_users[index] for index in chosen) if people else ()
    return scenario.model_copy(
        update={"time": time, "ground_users": users, "aerial_users": scenario.aerial_users[:aerial]}
    )


def alternate(example: Example, rounds: int) -> Climb:
    """Let association, power and flight take turns; steps that make it worse are left out."""
    from itnt_core.methods import BlockAscent

    world = example.world
    ascent = BlockAscent(world, example.straight[0], shakes=2, seed=example.scenario.seed)
    course = [("Straight, equal power", ascent.top.service.data_mbit)]
    served = [ascent.top.service.served_share]
    for number in range(rounds):
        steps = [ascent.associate_at_equal_power if number == 0 else ascent.associate, ascent.control_power]
        if world.aerial_count:
            steps.append(lambda: ascent.fly(plan=False))  # a plan on the planner's grid takes seconds
        for name, step in zip(STEP_NAMES, steps, strict=False):
            step()
            course.append((f"{name}, round {number + 1}", ascent.top.service.data_mbit))
            served.append(ascent.top.service.served_share)
    bound = None if why_unknown(world) else upper_bound(world, "quick")
    broken = len(find_violations(world, ascent.top.decision))
    mbit, kind = (bound.data_service_mbit, bound.kind) if bound else (None, "")
    return Climb(tuple(course), mbit, kind, broken, tuple(served))


def _facts(example: Example, small: Example, climb: Climb, rounds: int) -> dict[str, Value]:
    world = example.world
    links = world.station_count * world.subchannels * world.slots
    start, last = climb.course[0][1], climb.course[-1][1]
    bound = climb.bound_mbit
    proved: dict[str, Value] = (
        {"model": example.scenario.channel.model}
        if bound is None
        else {"bound": bound, "kind": PROSE.sentence(f"bound: {climb.kind}").text, "gap": 100.0 * gap(last, bound)}
    )
    return {
        **proved,
        "binaries": world.user_count * links,
        "coordinates": 3 * world.aerial_count * world.slots,
        "powers": links,
        "slots": small.world.slots,
        "users": small.world.user_count,
        "start": start,
        "last": last,
        "rounds": rounds,
        "most": MOST_ROUNDS,
        "gain": 100.0 * (last / max(start, 1e-9) - 1.0),
        "constraints": len(CONSTRAINTS),
        "broken": climb.violations,
        "objective": objective_of(example.scenario).sentence,
        "first_served": 100.0 * climb.served[0],
        "last_served": 100.0 * climb.served[-1],
    }


def _equation(climb: Climb, caption: Sentence) -> Equation:
    last, bound = climb.course[-1][1], climb.bound_mbit
    symbols = r"D &= \max_{\alpha, z, p}\ \sum_t \sum_u \tau W \log_2(1 + \gamma_{ut})"
    numbers = rf"D &= {last:.1f}\ \text{{Mbit}}"
    if bound is not None:
        symbols += r" \\ \delta &= 1 - D / \bar D"
        numbers += rf" \\ \delta &= 1 - {last:.1f} / {bound:.1f} = {100.0 * gap(last, bound):.1f}\,\%"
    aligned = (rf"\begin{{aligned}} {lines} \end{{aligned}}" for lines in (symbols, numbers))
    return Equation(caption, *aligned)


def _chart(climb: Climb, caption: Sentence) -> Chart:
    names = ("Data service", "Upper bound") if climb.bound_mbit is not None else ("Data service",)
    rows = [
        {"step": number, "mbit": value, "series": series}
        for number, (_, mbit) in enumerate(climb.course)
        for series, value in zip(names, (mbit, climb.bound_mbit), strict=False)
    ]
    across = charts.number_axis("step", "Step of the alternation", whole=True)
    up = charts.number_axis("mbit", "Data service, Mbit", zero=True)
    layer = charts.lines(rows, across, up, names, stepped=True)
    return Chart("The parts take turns", caption, charts.picture([layer]))


def _own_words(runs: tuple[RunSeen, ...]) -> tuple[Sentence, ...]:
    if not runs:
        return PROSE.sentences("no run")
    first, kpis = runs[0], runs[0].kpis
    sentences = list(PROSE.sentences("recorded demo")) if first.recorded else []
    sentences.append(
        PROSE.sentence(
            "run",
            title=first.title,
            method=first.method,
            mbit=kpis["data_service_mbit"],
            violations=kpis["violations"],
            outage=100.0 * kpis["outage"],
        )
    )
    if None not in (kpis.get("upper_bound_mbit"), kpis.get("gap")):
        sentences.append(PROSE.sentence("run: bound", bound=kpis["upper_bound_mbit"], gap=100.0 * kpis["gap"]))
    sentences.append(
        PROSE.sentence("run: this scenario")
        if first.same_scenario
        else PROSE.sentence("run: another scenario", name=first.scenario_name)
    )
    return tuple(sentences)


def _own_charts(runs: tuple[RunSeen, ...]) -> tuple[Chart, ...]:
    """Draw the runs that answer the same scenario as the newest one, beside their bound."""
    alike = [run for run in runs if run.same_scenario == runs[0].same_scenario]
    if not alike:
        return ()
    rows = []
    for number, run in enumerate(alike, start=1):
        name = f"{number}. {run.title}"
        rows.append({"run": name, "mbit": run.kpis["data_service_mbit"], "series": "Data service"})
        if run.kpis.get("upper_bound_mbit") is not None:
            rows.append({"run": name, "mbit": run.kpis["upper_bound_mbit"], "series": "Upper bound"})
    caption = PROSE.sentence("runs caption", count=len(alike), best=max(run.kpis["data_service_mbit"] for run in alike))
    names = ("Data service", "Upper bound")
    across, up = charts.number_axis("mbit", "Data service, Mbit"), charts.name_axis("run")
    layer = charts.bars(rows, across, up, names, (charts.BLUE, charts.GREY))
    height = 130 + 60 * len(alike)
    return (Chart("Your runs", caption, charts.picture([layer], height)),)
