"""Beyond the path: when a user should change its server, with what a change costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from itnt_core.arrays import Array, IntArray
from itnt_core.association import ChangeCosts, best_servers, make_problem
from itnt_core.handover import changes_of_server, interruption_s
from itnt_core.qos import is_linked
from itnt_core.scenario import Scenario

from . import charts
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, choice_knob, number_knob
from .missing import missing_two_of_each
from .prose import Prose

PROSE = Prose("handover")
PRICES = 25  # of the curve
CHOSEN = "Chosen"


@dataclass(frozen=True, eq=False)
class Course:
    """The servers of a user (slots,), -1 for none, with what they bring: Mbit in each slot, and the changes."""

    station: IntArray
    data_mbit: Array  # (slots,), what arrives
    changes: int

    @property
    def total_mbit(self) -> float:
        """Return what arrives over all slots."""
        return float(self.data_mbit.sum())


class Staying:
    """The best course of servers of one user."""

    key = "handover"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for two stations and two users."""
        return missing_two_of_each(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the user, the price of a change, and the interruption."""
        ids, handover = example.scenario.user_ids, example.scenario.handover
        first = ids[_restless(example)]
        user = str(chosen.get("user", first))
        slot_mbit = float(_data_mbit(example)[:, ids.index(user)].max(axis=1, initial=0.0).mean())
        price, slot_s = handover.price_mbit or round(0.5 * slot_mbit, 3), example.scenario.time.slot_s
        return (
            choice_knob("user", "User", ids, first),
            number_knob("price", "Price of a change", price, "Mbit", (0.0, max(0.1, 4.0 * slot_mbit)), 0.01),
            number_knob("ground", "Between GBSs", handover.ground_interruption_s, "s", (0.0, slot_s), 0.01),
            number_knob("satellite", "To a satellite", handover.satellite_interruption_s, "s", (0.0, slot_s), 0.01),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Follow the strongest station, and find the best course with what changes cost."""
        user, price = str(values["user"]), float(values["price"])
        data_mbit = _data_mbit(example)[:, example.scenario.user_ids.index(user)]
        costs = _costs(example, price, float(values["ground"]), float(values["satellite"]))
        free = replace(costs, price_mbit_s=0.0, lost_share=np.zeros_like(costs.lost_share))
        strongest = course_of(data_mbit, best_servers(_worth(data_mbit), data_mbit, free), free)
        lossy = course_of(data_mbit, strongest.station, costs)
        held = course_of(data_mbit, best_servers(_worth(data_mbit), data_mbit, costs), costs)
        facts: dict[str, Value] = {
            "user": user,
            "slots": len(data_mbit),
            "changes": strongest.changes,
            "data": strongest.total_mbit,
            "arriving": lossy.total_mbit,
            "price": price,
            "held_changes": held.changes,
            "held_data": held.total_mbit,
        }
        return Lesson(
            PROSE.sentences("idea", **facts),
            (_equation(held, price),),
            (
                _rates_chart(example, data_mbit, held, PROSE.sentence("rates caption", **facts)),
                _price_chart(data_mbit, costs, held, PROSE.sentence("price caption", **facts)),
            ),
            PROSE.sentence("question"),
            PROSE.sentences("answer", **facts),
            _rows(example, strongest, held),
            "The two courses",
        )


def course_of(data_mbit: Array, station: IntArray, costs: ChangeCosts) -> Course:
    """Return what a course of servers brings; ``data_mbit`` (slots, stations) is that of every station."""
    kept = costs.kept(station[:, None])[:, 0]
    own = np.where(is_linked(station), data_mbit[np.arange(len(station)), np.maximum(station, 0)], 0.0)
    return Course(station, own * kept, int(changes_of_server(station[:, None]).sum()))


def _worth(data_mbit: Array) -> Array:
    return np.where(data_mbit > 0.0, data_mbit, -np.inf)


def _costs(example: Example, price_mbit: float, ground_s: float, satellite_s: float) -> ChangeCosts:
    """Return what changes cost, in Mbit a slot."""
    world, slot_s = example.world, example.scenario.time.slot_s
    handover = example.scenario.handover.model_copy(
        update={"ground_interruption_s": ground_s, "satellite_interruption_s": satellite_s}
    )
    lost_s = interruption_s(handover, world.gbs_count, world.station_count, slot_s)
    return ChangeCosts(price_mbit, lost_s / slot_s, handover.min_stay_slots)


@lru_cache(maxsize=2)
def _data_mbit(example: Example) -> Array:
    """Return what each station would bring each user on its first subchannel (slots, users, stations) in Mbit.

    Flights are straight, powers equal, all stations are on; nothing comes below the floor.
    """
    problem = make_problem(example.world, example.straight_gains, example.equal_power_w)
    rate = np.where(problem.allowed, problem.rate_mbit_s, 0.0)[..., 0]
    return np.asarray(rate * example.scenario.time.slot_s)


def _restless(example: Example) -> int:
    """Return which user changes most often if it follows the strongest station, the first of several."""
    data_mbit = _data_mbit(example)
    station = np.where(data_mbit.max(axis=2) > 0.0, data_mbit.argmax(axis=2), -1)
    return int(changes_of_server(station).sum(axis=0).argmax())


def _equation(held: Course, price_mbit: float) -> Equation:
    worth = held.total_mbit - price_mbit * held.changes
    return Equation(
        PROSE.sentence("equation caption"),
        r"\max_{s_1,\dots,s_T}\ \sum_t \Delta\,R_{s_t}\,(1 - \ell_{s_{t-1} s_t}) - p\,[s_t \ne s_{t-1}]",
        rf"{held.total_mbit:.3f} - {price_mbit:.3f} \cdot {held.changes} = {worth:.3f}\ \text{{Mbit}}",
    )


def _rates_chart(example: Example, data_mbit: Array, held: Course, caption: Sentence) -> Chart:
    """Draw what every station that ever reaches the user would bring, and the chosen course."""
    slot_s, names = example.scenario.time.slot_s, example.world.station_ids
    reached = [index for index in range(len(names)) if data_mbit[:, index].any()]
    series = {names[index]: data_mbit[:, index] for index in reached} | {CHOSEN: held.data_mbit}
    rows = [
        {"time": slot_s * (slot + 1), "data": value, "series": name}
        for name, column in series.items()
        for slot, value in enumerate(column.tolist())
    ]
    across, up = charts.number_axis("time", "Time, s"), charts.number_axis("data", "Data of a slot, Mbit", zero=True)
    return Chart("What every station would bring", caption, charts.picture([charts.lines(rows, across, up, [*series])]))


def _price_chart(data_mbit: Array, costs: ChangeCosts, held: Course, caption: Sentence) -> Chart:
    """Draw the data of the best course over its changes, from no price to one at which nobody changes."""
    most = max(float(data_mbit.max(initial=0.0)) * 2.0, costs.price_mbit_s, 0.1)
    rows = []
    for price in np.linspace(0.0, most, PRICES).tolist():
        own = replace(costs, price_mbit_s=price)
        course = course_of(data_mbit, best_servers(_worth(data_mbit), data_mbit, own), own)
        rows.append({"price": price, "changes": course.changes, "data": course.total_mbit, "series": "Best course"})
    across = charts.number_axis("changes", "Changes of server", zero=True, whole=True)
    up = charts.number_axis("data", "Data that arrives, Mbit")
    points = [{"changes": row["changes"], "data": row["data"], "series": row["series"]} for row in rows]
    here = charts.here([{"changes": held.changes, "data": held.total_mbit}], across, up, "this price")
    picture = charts.picture([charts.lines(points, across, up, ("Best course",)), here])
    return Chart("Data against changes", caption, picture)


def _rows(example: Example, strongest: Course, held: Course) -> tuple[dict[str, object], ...]:
    names = (*example.world.station_ids, "none")  # the last one stands for index -1
    return tuple(
        {
            "Slot": slot + 1,
            "Strongest": names[strongest.station[slot]],
            "Mbit": round(float(strongest.data_mbit[slot]), 3),
            "Chosen": names[held.station[slot]],
            "Mbit then": round(float(held.data_mbit[slot]), 3),
        }
        for slot in range(len(held.station))
    )
