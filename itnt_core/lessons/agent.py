"""Step nine: what a learning agent sees, does and earns; and how the user's own training went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from itnt_core.arrays import Array
from itnt_core.association import Association
from itnt_core.figures import Training, learning_figure, stored_controls, training
from itnt_core.scenario import Scenario

from . import charts
from .evidence import TrainingSeen
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, number_knob
from .missing import missing_aerial_user
from .prose import Prose

if TYPE_CHECKING:
    from itnt_core.learning import Outcome, ServiceDynamics

PROSE = Prose("learning")

TURNS = 61  # of the action that is varied, -180 to 180 degrees

PART_NAMES = {
    "position": "Positions",
    "to_destination": "Ways to the destinations",
    "aerial_gain": "Gains of aerial users now",
    "to_masts": "Ways to the base stations",
    "ahead": "Stations in the slots to come",
    "time": "Time left",
    "station": "Serving stations",
    "subchannel": "Subchannels",
    "sinr": "SINRs of the slot before",
    "min_sinr": "SINR floor",
    "elevation": "Elevations of satellites",
    "slot": "Slot, one-hot",
}


class Agent:
    """The agent's view."""

    key = "learning"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for a station and an aerial user."""
        return missing_aerial_user(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the parts of an action; all aerial users do the same."""
        return (
            number_knob("speed", "Faster or slower", 0.0, "", (-1.0, 1.0), 0.1),
            number_knob("turn", "Turn from the straight way", 0.0, "°", (-180.0, 180.0), 10.0),
            number_knob("climb", "Climb", 0.0, "", (-1.0, 1.0), 0.1),
            number_knob("power", "Power of the stations", 0.0, "", (-1.0, 1.0), 0.1),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Take one step for many turns at once, the user's own first."""
        from itnt_core.methods import LearnedSettings

        turns = np.linspace(-180.0, 180.0, TURNS)
        dynamics, mine, all_turns = _first_slot(example, values, turns)
        seen = example.evidence.training
        discount = float((seen.settings if seen else {}).get("discount", LearnedSettings().discount))
        best = int(all_turns.reward.argmax())
        facts = _facts(example, dynamics, mine, values) | {
            "best": float(all_turns.reward[best]),
            "best_deg": float(turns[best]),
            "discount": discount,
            "horizon": 1.0 / (1.0 - discount),
            "horizon_s": example.scenario.time.slot_s / (1.0 - discount),
        }
        caption = PROSE.sentence("chart caption", **facts)
        return Lesson(
            PROSE.sentences("idea", **facts),
            (_reward_equation(dynamics, mine), _target_equation(float(mine.reward[0]), discount, seen)),
            (_turn_chart(turns, all_turns.reward, float(values["turn"]), float(mine.reward[0]), caption),),
            PROSE.sentence("question"),
            (*PROSE.sentences("answer", **facts), *_what_learning_adds()),
            _parts(dynamics),
            "What the agent sees",
            _own_words(seen),
            _own_charts(seen),
        )


def _first_slot(example: Example, values: Values, turns: Array) -> tuple[ServiceDynamics, Outcome, Outcome]:
    """Return the dynamics, and the first slot's outcome for the user's action and for all turns."""
    from itnt_core.learning import EnvironmentOptions, ServiceDynamics

    decision, evaluation = example.straight
    association = Association(decision.station, decision.subchannel)
    outcomes = []
    for courses in (np.array([float(values["turn"])]), turns):
        dynamics = ServiceDynamics(
            example.world, association, len(courses), EnvironmentOptions(), evaluation.active.data_service_mbit
        )
        dynamics.reset()
        action = np.zeros((len(courses), dynamics.action_size))
        motion = np.column_stack(
            [
                np.full(len(courses), float(values["speed"])),
                courses / 180.0,
                np.full(len(courses), float(values["climb"])),
            ]
        )
        action[:, : dynamics.motion_size] = np.tile(motion, (1, example.world.aerial_count))
        powers = action[:, dynamics.motion_size :].reshape(len(courses), example.world.station_count, -1)
        powers[..., -1] = float(values["power"])
        outcomes.append(dynamics.step(action))
    return dynamics, outcomes[0], outcomes[1]


def _facts(example: Example, dynamics: ServiceDynamics, mine: Outcome, values: Values) -> dict[str, Value]:
    world = example.world
    return {
        "seen": dynamics.observer.layout.size,
        "done": dynamics.action_size,
        "aerial": world.aerial_count,
        "stations": world.station_count,
        "subchannels": world.subchannels,
        "reward": float(mine.reward[0]),
        "mbit": float(mine.rate_mbit_s[0].sum()) * example.scenario.time.slot_s,
        "reference": dynamics.unit_mbit,
        "energy_kj": float(mine.energy_j[0].sum()) / 1e3,
        "penalty": float(mine.penalty[0]),
        "turn_deg": float(values["turn"]),
    }


def _reward_equation(dynamics: ServiceDynamics, mine: Outcome) -> Equation:
    mbit = float(mine.rate_mbit_s[0].sum()) * dynamics.world.scenario.time.slot_s
    data = mbit / dynamics.unit_mbit
    penalty = float(mine.penalty[0])
    flying = data - penalty - float(mine.aerial_reward[0].sum() + mine.other_reward[0])
    numbers = (
        rf"\begin{{aligned}} r &= \frac{{{mbit:.2f}}}{{{dynamics.unit_mbit:.2f}}}"
        rf" - {flying:.3f} - {penalty:.3f} \\[6pt] &= {float(mine.reward[0]):.3f}\end{{aligned}}"
    )
    return Equation(
        PROSE.sentence("reward caption"), r"r = \frac{D}{D_{ref}} - \omega\frac{E}{E_{ref}} - \varphi", numbers
    )


def _target_equation(reward: float, discount: float, seen: TrainingSeen | None) -> Equation:
    learned = training(seen.events) if seen else None
    q = dict(learned.last).get("Q value") if learned else None
    symbols = r"\begin{aligned} y &= r + \gamma\,Q(s', \mu(s')) \\ H &= \frac{1}{1-\gamma}\end{aligned}"
    rest = r"Q(s', \mu(s'))" if q is None else f"{q:.3f}"
    end = "" if q is None else f" = {reward + discount * q:.3f}"
    horizon = rf"\frac{{1}}{{1 - {discount:g}}} = {1.0 / (1.0 - discount):.0f}\ \text{{slots}}"
    numbers = rf"\begin{{aligned}} y &= {reward:.3f} + {discount:g} \cdot {rest}{end} \\ H &= {horizon}\end{{aligned}}"
    return Equation(PROSE.sentence("target caption"), symbols, numbers)


def _what_learning_adds() -> tuple[Sentence, ...]:
    """Return what the stored controls say of learning; nothing where they are not computed."""
    from itnt_core.methods import CONTROL_USERS, UNTRAINED

    found = stored_controls()
    if found is None:
        return ()
    shares = {name: 100.0 * found.rows[name].share for name in ("straight", UNTRAINED, "proposed")}
    values: dict[str, Value] = {
        "users": CONTROL_USERS,
        "straight": shares["straight"],
        "untrained": shares[UNTRAINED],
        "trained": shares["proposed"],
        "gain": found.learning.words,
    }
    return PROSE.sentences("what learning adds", **values)


def _parts(dynamics: ServiceDynamics) -> tuple[dict[str, object], ...]:
    sizes = dynamics.observer.layout.sizes
    return tuple({"Part of the observation": PART_NAMES[name], "Numbers": size} for name, size in sizes.items())


def _turn_chart(turns: Array, rewards: Array, turn: float, reward: float, caption: Sentence) -> Chart:
    rows = [
        {"turn": where, "reward": value, "series": "Reward"}
        for where, value in zip(turns.tolist(), rewards.tolist(), strict=True)
    ]
    across, up = charts.number_axis("turn", "Turn, °"), charts.number_axis("reward", "Reward of the first slot")
    layers = [
        charts.lines(rows, across, up, ("Reward",)),
        charts.here([{"turn": turn, "reward": reward}], across, up, "yours"),
    ]
    return Chart("Reward of the first slot over the turn", caption, charts.picture(layers))


def _learned(seen: TrainingSeen | None) -> Training | None:
    return training(seen.events) if seen else None


def _best_course(learned: Training) -> list[float]:
    return [row["mbit"] for row in learned.service if row["series"] == "Best so far"]


def _own_words(seen: TrainingSeen | None) -> tuple[Sentence, ...]:
    """Return what the user's own training tells, or how to get one."""
    learned = _learned(seen)
    if seen is None or learned is None:
        return PROSE.sentences("no training")
    course, newest = _best_course(learned), dict(learned.last)
    ends = {row["series"]: row["mbit"] for row in learned.service}
    last_episode = max(row["episode"] for row in learned.service)
    sentences = []
    if course:
        service = {"first": course[0], "last": course[-1]}  # Mbit
        sentences.append(PROSE.sentence("training", title=seen.run.title, episodes=last_episode, **service))
    if {"Policy alone", "Straight line"} <= ends.keys():
        sentences.append(
            PROSE.sentence("training: policy alone", alone=ends["Policy alone"], straight=ends["Straight line"])
        )
    if "Short planner" in ends:
        sentences.append(PROSE.sentence("training: planner", planner=ends["Short planner"]))
    if {"Reward", "Q value"} <= newest.keys():
        sentences.append(PROSE.sentence("training: last values", reward=newest["Reward"], q=newest["Q value"]))
    if {"discount", "environments"} <= seen.settings.keys():
        chosen = {name: seen.settings[name] for name in ("discount", "environments")}
        sentences.append(PROSE.sentence("training: settings", **chosen))
    if not seen.run.same_scenario:
        sentences.append(PROSE.sentence("training: another scenario", name=seen.run.scenario_name))
    return tuple(sentences)


def _own_charts(seen: TrainingSeen | None) -> tuple[Chart, ...]:
    learned = _learned(seen)
    if seen is None or learned is None:
        return ()
    course = _best_course(learned) or [row["mbit"] for row in learned.service]
    caption = PROSE.sentence("training caption", title=seen.run.title, last=course[-1])
    return (Chart("Your learning curve", caption, learning_figure(learned)),)
