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
from .ground import Ground
from .lesson import Chart, Equation, Knob, Lesson, Said, Value, Values, number_knob, say
from .needs import needs_station_and_user

# What answers within seconds while one reads.
MOST_SLOTS, MOST_GROUND_USERS, MOST_ROUNDS, LONGEST_SLOT_S = 12, 12, 3, 60.0

IDEA = (
    "In the open scenario {binaries:,} yes-or-no choices, {coordinates:,} coordinates and {powers:,} powers have to be "
    "found together. No solver does that at once, so the parts take turns.",
    "Here the scenario is thinned to {slots} slots and {users} users, so that a turn takes a moment. The straight "
    "reference starts with {start:,.1f} Mbit.",
    "After {rounds} of at most {most} rounds of association, power and flight it is {last:,.1f} Mbit, {gain:+.1f} %; a "
    "step that would "
    "make it worse is not taken.",
    "Better is what the scenario asks for. {objective} Of the user slots {first_served:.1f} % are served at first and "
    "{last_served:.1f} % in the end.",
    "All {constraints} kinds of constraint are recomputed from the decision behind these {last:,.1f} Mbit alone: "
    "{broken} are violated.",
)
BOUND = (
    "Whatever anybody decides, {bound:,.1f} Mbit cannot be passed ({kind}): at most {gap:.1f} % of data are missing."
)
NO_BOUND = (
    "Nobody knows here what cannot be passed: the channel model '{model}' comes from a plug-in, and says nothing of "
    "itself to prove a bound with."
)
TOLD = "The problem: all data over all slots, as large as the constraints allow; and its gap to a proved bound."
DRAWN = (
    "Data service after every step of the alternation, from {start:,.1f} to {last:,.1f} Mbit, below the bound of "
    "{bound:,.1f} Mbit."
)
TOLD_ALONE = "The problem: all data over all slots, as large as the constraints allow."
DRAWN_ALONE = "Data service after every step of the alternation, from {start:,.1f} to {last:,.1f} Mbit."
QUESTION_ALONE = "How far is the answer from the best possible one?"
ANSWER_ALONE = (
    "Nobody can say: without a bound it is only known that the best possible one has at least {last:,.1f} Mbit.",
)
QUESTION = "Does the gap say how far the answer is from the best possible one?"
ANSWER = (
    "No: it says at most how far. The best possible answer lies somewhere from {last:,.1f} to {bound:,.1f} Mbit; a "
    "better bound shrinks the gap as well as a better answer does.",
    "Counting more users or slots widens it, because the bound lets every slot be the best on its own.",
)
OWN = "'{title}' ({method}) reaches {mbit:,.0f} Mbit with {violations} violations; outage is {outage:.1f} %."
OWN_BOUND = "The bound on data is {bound:,.0f} Mbit, so that at most {gap:.1f} % of data are missing."
OWN_OTHER = "It answers the scenario '{name}', not the open one."
OWN_SAME = "It answers the open scenario."
RECORDED = "You have no finished run yet: this is the recorded demo. Start one of your own on the Optimise page."
NOTHING = "You have no finished run yet. Start one on the Optimise page; its data service and its bound appear here."
DRAWN_RUNS = "Data service and its bound of {count} runs; the most data is {best:,.0f} Mbit."
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
    title = "Everything together"

    def missing(self, scenario: Scenario) -> Said | None:
        """Ask for a station and a user."""
        return needs_station_and_user(scenario)

    def knobs(self, ground: Ground, chosen: Values) -> tuple[Knob, ...]:
        """Return how far the scenario is thinned, and how long the parts take turns."""
        scenario = ground.scenario
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

    def teach(self, ground: Ground, values: Values) -> Lesson:
        """Let the parts take turns on a thinned copy, and tell of the user's own runs."""
        small = ground.changed(
            thinned(ground.scenario, int(values["slots"]), int(values["aerial"]), int(values["people"]))
        )
        climb = alternate(small, int(values["rounds"]))
        facts = _facts(ground, small, climb, int(values["rounds"]))
        known = climb.bound_mbit is not None
        drawn = say(DRAWN if known else DRAWN_ALONE, **facts)
        runs = ground.evidence.runs
        return Lesson(
            tuple(say(text, **facts) for text in (*IDEA[:-1], BOUND if known else NO_BOUND, IDEA[-1])),
            (_equation(climb, say(TOLD if known else TOLD_ALONE)),),
            (_chart(climb, drawn),),
            say(QUESTION if known else QUESTION_ALONE),
            tuple(say(text, **facts) for text in (ANSWER if known else ANSWER_ALONE)),
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


def alternate(ground: Ground, rounds: int) -> Climb:
    """Let association, power and flight take turns; steps that make it worse are left out."""
    from itnt_core.methods import BlockAscent

    world = ground.world
    ascent = BlockAscent(world, ground.straight[0], shakes=2, seed=ground.scenario.seed)
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


def _facts(ground: Ground, small: Ground, climb: Climb, rounds: int) -> dict[str, Value]:
    world = ground.world
    links = world.station_count * world.subchannels * world.slots
    start, last = climb.course[0][1], climb.course[-1][1]
    words = {
        "capped": "everybody at the best modulation",
        "undisturbed": "as if nobody interfered",
        "disturbed": "interference counted",
    }
    bound = climb.bound_mbit
    proved: dict[str, Value] = (
        {"model": ground.scenario.channel.model}
        if bound is None
        else {"bound": bound, "kind": words[climb.kind], "gap": 100.0 * gap(last, bound)}
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
        "objective": objective_of(ground.scenario).sentence,
        "first_served": 100.0 * climb.served[0],
        "last_served": 100.0 * climb.served[-1],
    }


def _equation(climb: Climb, told: Said) -> Equation:
    last, bound = climb.course[-1][1], climb.bound_mbit
    symbols = r"D &= \max_{\alpha, z, p}\ \sum_t \sum_u \tau W \log_2(1 + \gamma_{ut})"
    numbers = rf"D &= {last:.1f}\ \text{{Mbit}}"
    if bound is not None:
        symbols += r" \\ \delta &= 1 - D / \bar D"
        numbers += rf" \\ \delta &= 1 - {last:.1f} / {bound:.1f} = {100.0 * gap(last, bound):.1f}\,\%"
    aligned = (rf"\begin{{aligned}} {lines} \end{{aligned}}" for lines in (symbols, numbers))
    return Equation(told, *aligned)


def _chart(climb: Climb, drawn: Said) -> Chart:
    names = ("Data service", "Upper bound") if climb.bound_mbit is not None else ("Data service",)
    rows = [
        {"step": number, "mbit": value, "series": series}
        for number, (_, mbit) in enumerate(climb.course)
        for series, value in zip(names, (mbit, climb.bound_mbit), strict=False)
    ]
    across = charts.number_axis("step", "Step of the alternation", whole=True)
    up = charts.number_axis("mbit", "Data service, Mbit", zero=True)
    layer = charts.lines(rows, across, up, names, stepped=True)
    return Chart("The parts take turns", drawn, charts.picture([layer]))


def _own_words(runs: tuple[RunSeen, ...]) -> tuple[Said, ...]:
    if not runs:
        return (say(NOTHING),)
    first, kpis = runs[0], runs[0].kpis
    told = [say(RECORDED)] if first.recorded else []
    told.append(
        say(
            OWN,
            title=first.title,
            method=first.method,
            mbit=kpis["data_service_mbit"],
            violations=kpis["violations"],
            outage=100.0 * kpis["outage"],
        )
    )
    if None not in (kpis.get("upper_bound_mbit"), kpis.get("gap")):
        told.append(say(OWN_BOUND, bound=kpis["upper_bound_mbit"], gap=100.0 * kpis["gap"]))
    told.append(say(OWN_SAME) if first.same_scenario else say(OWN_OTHER, name=first.scenario_name))
    return tuple(told)


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
    drawn = say(DRAWN_RUNS, count=len(alike), best=max(run.kpis["data_service_mbit"] for run in alike))
    names = ("Data service", "Upper bound")
    across, up = charts.number_axis("mbit", "Data service, Mbit"), charts.name_axis("run")
    layer = charts.bars(rows, across, up, names, (charts.BLUE, charts.GREY))
    height = 130 + 60 * len(alike)
    return (Chart("Your runs", drawn, charts.picture([layer], height)),)
