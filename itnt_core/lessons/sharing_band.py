"""After the path: a digital twin plans how base stations and satellites share a band, and is corrected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.scenario import SATELLITE_GROUPS, GroundStation, GroundUser, Scenario
from itnt_core.twin import (
    SCHEMES,
    Plan,
    Sharing,
    State,
    Traffic,
    TwinError,
    TwinScenario,
    bound_of,
    build_environment,
    play_cycle,
    twin_of_scenario,
)
from itnt_core.twin import Window as PlanningWindow
from itnt_core.units import to_db

from . import charts
from .evidence import TwinSeen
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, number_knob
from .missing import LACKS, rising_satellites
from .prose import Prose

PROSE = Prose("twin")

# Small enough to be planned while one reads.
MOST_GBS, MOST_SATELLITES, MOST_USERS, SUBBANDS, CYCLES, SLOTS = 2, 1, 3, 2, 2, 5


@dataclass(frozen=True, eq=False)
class Window:
    """The first cycle of a planned window: queues in Mbit, powers (transmitters, subbands) of the cap."""

    question: TwinScenario
    transmitter_ids: tuple[str, ...]
    planned_power: Array
    refined_power: Array
    planned_backlog_mbit: float  # mean over the window by the twin's own model
    bound_mbit: float | None  # of the mean over the window, whatever is known and decided
    plain_queue_mbit: float
    refined_queue_mbit: float
    expected_mbit: float
    arrived_mbit: float
    carried_mbit: float
    error_db: float
    steps: int
    total: float  # of one link on one sub-band: signal, interference and noise
    interference: float
    range_km: float
    satellite: str


class SharingBand:
    """The plan and its correction."""

    key = "twin"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for a GBS, a satellite and a ground user."""
        if not scenario.ground_stations:
            return LACKS.sentence("base station")
        if not scenario.satellite_sources:
            return LACKS.sentence("satellite")
        if not rising_satellites(_with_satellites(scenario)):
            return LACKS.sentence("rising satellite")
        return None if scenario.ground_users else LACKS.sentence("user")

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the twin's errors, the load and how many sub-bands may be shared."""
        return (
            number_knob("error", "Error of the gains", 4.0, "dB", (0.0, 12.0), 1.0),
            number_knob("traffic", "Error of the forecast", 0.2, "", (0.0, 1.0), 0.1),
            number_knob("load", "Mean load of a user", 30.0, "Mbit/s", (1.0, 60.0), 1.0),
            number_knob("shared", "Sub-bands shared at most", 1, "", (0, SUBBANDS), 1, whole=True),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Plan one window and correct its first cycle."""
        window = plan_window(example, values)
        network, sharing = window.question.network, window.question.sharing
        facts: dict[str, Value] = {
            "stations": len(network.ground_stations),
            "satellites": len(window.transmitter_ids) - len(network.ground_stations),
            "all_stations": len(example.scenario.ground_stations),
            "all_satellites": len(example.world.sky.station_ids),
            "all_users": len(example.scenario.ground_users),
            "users": len(network.ground_users),
            "subbands": network.radio.subchannels,
            "width_mhz": network.radio.subchannel_khz / 1e3,
            "cycles": sharing.cycles_per_window,
            "cycle_s": window.question.cycle_s,
            "expected": window.expected_mbit,
            "arrived": window.arrived_mbit,
            "error_db": window.error_db,
            "steps": window.steps,
            "planned": window.planned_backlog_mbit,
            **({} if window.bound_mbit is None else {"bound": window.bound_mbit}),
            "plain": window.plain_queue_mbit,
            "refined": window.refined_queue_mbit,
            "transmitters": len(window.transmitter_ids),
            "satellite": window.satellite,
            "round_trip_ms": 2.0 * window.range_km / 299.792458,
        }
        caption = PROSE.sentence("chart caption", **facts)
        seen = example.evidence.twin
        *idea, honest = PROSE.sentences("idea", **facts)
        return Lesson(
            (*idea, *_certified(window, facts), honest),
            (_queue_equation(window), _convex_equation(window)),
            (_chart(window, caption),),
            PROSE.sentence("question"),
            PROSE.sentences("answer", **facts),
            _rows(window),
            "Power on the first cycle's sub-bands",
            _own_words(seen),
            _own_charts(seen),
        )


def _certified(window: Window, facts: dict[str, Value]) -> tuple[Sentence, ...]:
    """Say what no plan can fall below, nothing where that is not known."""
    return () if window.bound_mbit is None else PROSE.sentences("bound", **facts)


def small_question(example: Example, values: Values) -> TwinScenario:
    """Return a question about sharing on the open scenario's stations, satellites and a few of its ground users."""
    people, stations = _near_each_other(example)
    few = _with_satellites(example.scenario).model_copy(
        update={"ground_users": people, "aerial_users": (), "ground_stations": stations}
    )
    like = TwinScenario(
        network=few,
        traffic=Traffic(mean_load_mbit_s=float(values["load"]), forecaster="same_time_yesterday"),
        error=TwinError(csi_tn_sigma_db=float(values["error"]), traffic_sigma=float(values["traffic"])),
        sharing=Sharing(
            shared_most=int(values["shared"]), slots_per_cycle=SLOTS, cycles_per_window=CYCLES, min_elevation_deg=0.0
        ),
    )
    question = twin_of_scenario(few, like)
    radio = question.network.radio.model_copy(update={"subchannels": SUBBANDS})
    time = question.network.time.model_copy(update={"slots": SLOTS * CYCLES})
    return question.model_copy(update={"network": question.network.model_copy(update={"radio": radio, "time": time})})


def _with_satellites(scenario: Scenario) -> Scenario:
    """Return the scenario in the lesson's short window with the satellites of its first source that has any there."""
    short = scenario.time.model_copy(update={"slots": SLOTS * CYCLES, "slot_s": 1.0})
    bare = scenario.without_satellites().model_copy(update={"time": short})
    for group in SATELLITE_GROUPS:
        for source in getattr(scenario, group):
            few = {} if group == "passes" else {"satellites_used": MOST_SATELLITES}
            found = bare.model_copy(update={group: (source.model_copy(update=few),)})
            if rising_satellites(found):
                return found
    return bare


def _in_the_street(user: GroundUser) -> GroundUser:
    """Return a user as this system has them: outdoors, on ways of its own."""
    return user.model_copy(update={"indoor": "no", "path": ()})


def _near_each_other(example: Example) -> tuple[tuple[GroundUser, ...], tuple[GroundStation, ...]]:
    """Return the ground users nearest to base stations, and the base stations they are near to."""
    distances = example.gbs_distances_m[len(example.scenario.aerial_users) :]  # (ground users, GBSs)
    users = np.argsort(distances.min(axis=1), kind="stable")[:MOST_USERS]
    nearest = list(dict.fromkeys([*distances[users].argmin(axis=1).tolist(), *range(distances.shape[1])]))
    scenario = example.scenario
    return (
        tuple(_in_the_street(scenario.ground_users[int(index)]) for index in users),
        tuple(scenario.ground_stations[index] for index in nearest[:MOST_GBS]),
    )


def plan_window(example: Example, values: Values) -> Window:
    """Plan a window with DT-JointRA, correct its first cycle with RT-Refine, and carry both out."""
    question = small_question(example, values)
    environment = build_environment(question, city=example.city)
    scheme = SCHEMES["joint_refine"].make(environment, None)
    nothing = np.zeros(environment.users)
    decision = scheme.decide(State(0, nothing, nothing))
    planned = decision.planned or decision.at
    arrivals = environment.demand.arrivals_mbit[:SLOTS]
    plain = play_cycle(decision.window, planned.plan, arrivals)
    refined = play_cycle(decision.window, decision.at.plan, arrivals)
    stations = environment.stations
    error = to_db(environment.predicted, 1e-12) - to_db(environment.gain, 1e-12)
    total, interference = _busiest_link(decision.window, decision.at.plan)
    serves = environment.visible[0]
    nearest = int(np.where(serves, environment.sky.range_km[0], np.inf).argmin())
    return Window(
        question,
        environment.transmitter_ids,
        planned.plan.power[:, :, 0],
        decision.at.plan.power[:, :, 0],
        environment.kept["joint"].backlog_mbit,
        bound_of(environment).backlog_mbit,
        float(plain.queue_mbit[:, -1].sum()),
        float(refined.queue_mbit[:, -1].sum()),
        float(environment.demand.predicted_mbit[0].sum()),
        float(arrivals.sum()),
        float(refined.served_mbit.sum()),
        float(np.abs(error[:stations, :, 0]).mean()),
        len(scheme.course),
        total,
        interference,
        float(environment.sky.range_km[0, nearest]),
        environment.sky.station_ids[nearest],
    )


def _busiest_link(window: PlanningWindow, plan: Plan) -> tuple[float, float]:
    """Return what the link with the largest share hears on its sub-band, and the part that is not its signal."""
    link, subband = np.unravel_index(int(plan.share[:, :, 0].argmax()), plan.share.shape[:2])
    user, own = window.link_user[link], window.link_transmitter[link]
    heard = window.heard[:, user, 0] * plan.power[:, subband, 0]
    total = 1.0 + float(heard.sum())
    return total, total - float(heard[own])


def _queue_equation(window: Window) -> Equation:
    numbers = (
        rf"\begin{{aligned}} Q &= [0 + {window.arrived_mbit:.1f} - {window.carried_mbit:.1f}]^+ \\"
        rf" &= {window.refined_queue_mbit:.1f}\ \text{{Mbit}}\end{{aligned}}"
    )
    return Equation(PROSE.sentence("queue caption"), r"Q_{c+1} = [Q_c + A_c - \tau_c R_c]^+", numbers)


def _convex_equation(window: Window) -> Equation:
    symbols = (
        r"\begin{aligned} & \log_2 T - \log_2 I \\ &\ge \log_2 T - \log_2 I_0 - \frac{I - I_0}{I_0\ln 2}\end{aligned}"
    )
    rate = float(np.log2(window.total / window.interference))
    numbers = (
        rf"\begin{{aligned}} & \log_2 {window.total:.4g} - \log_2 {window.interference:.4g} \\"
        rf" &= {rate:.2f}\ \text{{bit/s/Hz}}\end{{aligned}}".replace("e+0", r"\cdot 10^")
    )
    return Equation(PROSE.sentence("convex caption"), symbols, numbers)


def _rows(window: Window) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "Transmitter": name,
            "Sub-band": subband + 1,
            "Planned, % of the cap": round(100.0 * float(window.planned_power[row, subband]), 1),
            "Corrected, % of the cap": round(100.0 * float(window.refined_power[row, subband]), 1),
        }
        for row, name in enumerate(window.transmitter_ids)
        for subband in range(window.planned_power.shape[1])
    )


def _chart(window: Window, caption: Sentence) -> Chart:
    names = ("Plan", "Correction")
    rows = [
        {"place": f"{name}, sub-band {subband + 1}", "power": 100.0 * float(powers[row, subband]), "series": series}
        for series, powers in zip(names, (window.planned_power, window.refined_power), strict=True)
        for row, name in enumerate(window.transmitter_ids)
        for subband in range(powers.shape[1])
    ]
    across, up = charts.number_axis("power", "Power, % of the cap"), charts.name_axis("place")
    layer = charts.bars(rows, across, up, names)
    height = 110 + 30 * len(window.transmitter_ids) * window.planned_power.shape[1]
    return Chart("Powers, planned and corrected", caption, charts.picture([layer], height))


def _own_words(seen: TwinSeen | None) -> tuple[Sentence, ...]:
    if seen is None:
        return PROSE.sentences("no run")
    kpis, data = seen.result.kpis, seen.result.dataset
    stations = len(seen.result.scenario.network.ground_stations)
    change = np.abs(data["power"].values - data["planned_power"].values)[:, :stations]
    steered = np.abs(data["steering"].values - data["planned_steering"].values)
    facts: dict[str, Value] = {
        "title": seen.title,
        "scheme": seen.scheme,
        "mean": kpis["mean_backlog_mbit"],
        "most": kpis["max_backlog_mbit"],
        "ntn": 100.0 * kpis["ntn_share"],
        "served": kpis["served_mbit"],
        "shared": kpis["shared_subbands"],
        "power": 100.0 * float(change.mean()),
        "cycles": len(change),
        "steered": 100.0 * float(steered.mean()),
    }
    sentences = PROSE.sentences("run", **facts)
    if kpis.get("bound_mbit") is None:
        return sentences
    return sentences + PROSE.sentences("run bound", bound=kpis["bound_mbit"], objective=kpis["objective_mbit"])


def _own_charts(seen: TwinSeen | None) -> tuple[Chart, ...]:
    if seen is None:
        return ()
    queue = seen.result.dataset["queue_mbit"].sum(("system", "user")).values
    slot_s = seen.result.scenario.network.time.slot_s
    rows = [
        {"time": slot_s * (slot + 1), "backlog": value, "series": "Backlog"}
        for slot, value in enumerate(queue.tolist())
    ]
    caption = PROSE.sentence("run caption", title=seen.title, last=float(queue[-1]), most=float(queue.max()))
    across, up = charts.number_axis("time", "Time, s"), charts.number_axis("backlog", "Backlog, Mbit", zero=True)
    return (Chart("Your run's backlog", caption, charts.picture([charts.lines(rows, across, up, ("Backlog",))])),)
