"""Step eight: one aerial user's way through the open scenario's field, straight and by dynamic programming."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.flight import ClearMoves, NoPathError, PlanningGrid, plan_path, reference_flight
from itnt_core.network import flight_energy_j
from itnt_core.radio import by_station
from itnt_core.scenario import AerialUser, Scenario
from itnt_core.sinr import sinr_of, spectral_efficiency

from . import charts
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Values, choice_knob, number_knob
from .missing import missing_aerial_user
from .prose import Prose

PROSE = Prose("trajectory")

# Of a side and of the flight, what answers while one reads; of a picture's side.
CELLS, STAGES, MOST_CELLS, DRAWN_CELLS = 40, 20, 110, 36
STRAIGHT, PLANNED = "Straight line", "Dynamic programming"
WAYS = (STRAIGHT, PLANNED)

LEAST_MARGIN = 1.02  # a grid needs a little more than the straight line's speed


@dataclass(frozen=True, eq=False)
class Way:
    """A flight (slots + 1, 3), its rates (slots,) in Mbit/s on one subchannel, its data and energy."""

    places_m: Array
    rate_mbit_s: Array
    data_mbit: float
    energy_kj: float

    @property
    def length_m(self) -> float:
        """Return the length in plan."""
        return float(np.linalg.norm(np.diff(self.places_m[:, :2], axis=0), axis=1).sum())


class Flying:
    """Straight against planned."""

    key = "trajectory"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for a station and an aerial user."""
        return missing_aerial_user(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the aerial user, its speed limit and the price of energy."""
        users = [user.id for user in example.scenario.aerial_users]
        user = _user(example, str(chosen.get("user", users[0])))
        least = float(np.ceil(10.0 * LEAST_MARGIN * needed_speed_m_s(example.scenario, user)) / 10.0)
        return (
            choice_knob("user", "Aerial user", users, users[0]),
            number_knob("speed", "Speed limit", max(user.max_speed_m_s, least), "m/s", (max(least, 1.0), 80.0), 1.0),
            number_knob("price", "Price of energy", 0.0, "Mbit/kJ", (0.0, 5.0), 0.1),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Plan the flight, and compare it with the straight one."""
        user, speed, price = _user(example, str(values["user"])), float(values["speed"]), float(values["price"])
        straight = way_of(example, _line(example, user))
        field = Field(example, user)
        grid = field.grid(speed)
        found = field.through_grid(speed, price)
        planned = field.at_least_straight(found, price)
        facts = _facts(example, user, speed, straight, planned, grid)
        map_caption, time_caption = PROSE.sentence("map caption", **facts), PROSE.sentence("time caption", **facts)
        way = "plan" if found else "no plan"
        return Lesson(
            (PROSE.sentence("speed", **facts), *PROSE.sentences(way, **facts), *_barred(example, user, straight)),
            (_equation(planned, price, PROSE.sentence("value caption")),),
            (
                _map(example, field, straight, planned, map_caption),
                _over_time(example, straight, planned, time_caption),
            ),
            PROSE.sentence("question"),
            _answer(example, field, user, speed, price),
            _rows(straight, planned),
            "Both ways",
        )


def needed_speed_m_s(scenario: Scenario, user: AerialUser) -> float:
    """Return the speed of the straight line."""
    start, end = user.start, user.destination
    return float(np.hypot(end.east_m - start.east_m, end.north_m - start.north_m)) / scenario.time.duration_s


def way_of(example: Example, places_m: Array) -> Way:
    """Judge a flight (slots + 1, 3) with the channel's own gains: best station, one subchannel, all on alike."""
    world, slot_s = example.world, example.scenario.time.slot_s
    gains = world.gains_at(places_m[1:], np.arange(world.slots), aerial=True)  # (slots, stations)
    rate = rates_mbit_s(example, gains)
    energy = float(flight_energy_j(places_m[:, None], slot_s).sum()) / 1e3
    return Way(places_m, rate, float(rate.sum() * slot_s), energy)


def rates_mbit_s(example: Example, gains: Array) -> Array:
    """Return the rate (n,) of the best station on one subchannel for gains (n, stations), all stations on."""
    heard = gains * example.share_w
    best = heard.max(axis=1)
    sinr = sinr_of(best, heard.sum(axis=1) - best, example.world.noise_w)
    return example.world.bandwidth_hz * spectral_efficiency(sinr, example.scenario.radio.rate_law) / 1e6


class Field:
    """The rate over the area at one aerial user's mean height, and plans through it; heights change evenly."""

    def __init__(self, example: Example, user: AerialUser):
        self.example, self.user = example, user
        self.height_m = 0.5 * (user.start.height_m + user.destination.height_m)
        self.stage_slots = max(1, example.scenario.time.slots // STAGES)
        self._gains: dict[int, Array] = {}

    def grid(self, speed_m_s: float) -> PlanningGrid:
        """Return a grid in plan on which neighbours are within reach of a stage."""
        size, time = self.example.scenario.area.size_m, self.example.scenario.time
        reach = speed_m_s * time.slot_s * self.stage_slots
        cells = int(np.clip(np.ceil(1.2 * size / reach), CELLS, MOST_CELLS))
        axis = np.linspace(-size / 2, size / 2, cells + 1)
        whole, rest = divmod(time.slots, self.stage_slots)
        lengths = [self.stage_slots] * whole + ([rest] if rest else [])
        return PlanningGrid(axis, axis.copy(), np.array([self.height_m]), np.array(lengths) * time.slot_s)

    def gains(self, grid: PlanningGrid) -> Array:
        """Return the GBS gains (nodes, GBSs) of a grid, computed once."""
        cells = grid.shape[0]
        if cells not in self._gains:
            self._gains[cells] = self.example.world.channel.gbs_gain(grid.points_m(), True)
        return self._gains[cells]

    def rates_mbit_s(self, grid: PlanningGrid, slots: NDArray[np.int64]) -> Array:
        """Return the rates (slots, nodes) in some slots (from 0); satellites as at the middle of the area."""
        world, gbs = self.example.world, self.gains(grid)
        middle = np.array([0.0, 0.0, self.height_m])
        leo = world.gains_at(middle, slots, aerial=True)[:, world.gbs_count :]  # (slots, satellites)
        every = by_station(gbs, leo[:, None])  # (slots, nodes, stations)
        return rates_mbit_s(self.example, every.reshape(-1, every.shape[2])).reshape(every.shape[:2])

    def planned(self, speed_m_s: float, price_mbit_kj: float) -> Way:
        """Return the planned way, or the straight one where it is worth more or no planned one is on time."""
        return self.at_least_straight(self.through_grid(speed_m_s, price_mbit_kj), price_mbit_kj)

    def at_least_straight(self, way: Way | None, price_mbit_kj: float) -> Way:
        """Return the straight way instead of one that is not there or worth less."""
        straight = way_of(self.example, _line(self.example, self.user))
        worth = [one.data_mbit - price_mbit_kj * one.energy_kj for one in (straight, way) if one]
        return way if way and worth[1] >= worth[0] else straight

    def through_grid(self, speed_m_s: float, price_mbit_kj: float) -> Way | None:
        """Return the way that dynamic programming finds, None where no way through the grid is on time."""
        line, scenario = _line(self.example, self.user), self.example.scenario
        obstacles, grid = self.example.world.obstacles, self.grid(speed_m_s)
        clear = None if obstacles is None else ClearMoves(grid, obstacles)
        ends = np.cumsum(np.round(grid.stage_s / scenario.time.slot_s).astype(int)) - 1
        worth = grid.stage_s[:-1, None] * self.rates_mbit_s(grid, ends[:-1])
        start, end = (np.array([*line[index, :2], self.height_m]) for index in (0, -1))
        try:
            path = plan_path(grid, worth, start, end, speed_m_s, 1e3, price_mbit_kj / 1e3, clear=clear)
        except NoPathError:
            return None
        at = np.concatenate([[0.0], np.cumsum(grid.stage_s)])
        times = scenario.time.slot_s * np.arange(scenario.time.slots + 1)
        plan = np.stack([np.interp(times, at, path[:, axis]) for axis in range(2)], axis=1)
        places_m = np.column_stack([plan, line[:, 2]])
        if obstacles is not None and not obstacles.are_clear(places_m[:-1], places_m[1:]).all():
            return None  # clear at the mean height, not at the heights that are flown
        return way_of(self.example, places_m)


def _user(example: Example, name: str) -> AerialUser:
    return next(user for user in example.scenario.aerial_users if user.id == name)


def _line(example: Example, user: AerialUser) -> Array:
    """Return the straight way (slots + 1, 3) of a user flying alone; where it is barred the shortest allowed one."""
    return reference_flight(example.alone(user))[:, 0]


def _barred(example: Example, user: AerialUser, straight: Way) -> tuple[Sentence, ...]:
    """Say what obstacles make of the straight way, and what a battery holds; nothing where neither is asked."""
    scenario, found = example.scenario, list[Sentence]()
    if scenario.has_obstacles:
        air_line = needed_speed_m_s(scenario, user) * scenario.time.duration_s
        around_m = max(straight.length_m - air_line, 0.0)
        barred = "buildings" if scenario.airspace.obstacles == "buildings" else "zones"
        clearance_m = scenario.airspace.clearance_m
        found.append(PROSE.sentence(f"barred by {barred}", user=user.id, around_m=around_m, clearance_m=clearance_m))
    if user.energy_budget_kj is not None:
        budget_kj, straight_kj = user.energy_budget_kj, straight.energy_kj
        found.append(PROSE.sentence("battery", user=user.id, budget_kj=budget_kj, straight_kj=straight_kj))
    return tuple(found)


def _facts(
    example: Example, user: AerialUser, speed: float, straight: Way, planned: Way, grid: PlanningGrid
) -> dict[str, float | int | str]:
    nodes, stages = grid.shape[0] * grid.shape[1], len(grid.stage_s)
    reach = int(speed * grid.stage_s[0] // (grid.east_m[1] - grid.east_m[0]))
    steps = np.arange(-reach, reach + 1)
    moves = int((np.hypot(*np.meshgrid(steps, steps)) <= reach).sum())
    return {
        "user": user.id,
        "duration_s": example.scenario.time.duration_s,
        "length_m": straight.length_m,
        "needed_m_s": needed_speed_m_s(example.scenario, user),
        "speed_m_s": speed,
        "straight": straight.data_mbit,
        "planned": planned.data_mbit,
        "gain": 100.0 * (planned.data_mbit / max(straight.data_mbit, 1e-9) - 1.0),
        "nodes": nodes,
        "stages": stages,
        "energy_kj": planned.energy_kj,
        "straight_kj": straight.energy_kj,
        "compared": nodes * moves * max(stages - 2, 0),
        "digits": int(max(stages - 1, 1) * np.log10(max(moves, 2))) + 1,
        "height_m": 0.5 * (user.start.height_m + user.destination.height_m),
        "longer_m": planned.length_m - straight.length_m,
        "straight_mean": float(straight.rate_mbit_s.mean()),
        "planned_mean": float(planned.rate_mbit_s.mean()),
    }


def _equation(planned: Way, price: float, caption: Sentence) -> Equation:
    symbols = (
        r"\begin{aligned} V_t(z) &= \tau R(z,t) \\"
        r" &+ \max_{z' \in \mathcal N(z)} \left\{ V_{t-1}(z') - \omega E(z',z) \right\}\end{aligned}"
    )
    value = planned.data_mbit - price * planned.energy_kj
    numbers = (
        rf"\begin{{aligned}} V_T &= {planned.data_mbit:.1f} - {price:g} \cdot {planned.energy_kj:.1f} \\"
        rf" &= {value:.1f}\ \text{{Mbit}}\end{{aligned}}"
    )
    return Equation(caption, symbols, numbers)


def _answer(example: Example, field: Field, user: AerialUser, speed: float, price: float) -> tuple[Sentence, ...]:
    least = LEAST_MARGIN * needed_speed_m_s(example.scenario, user)
    slow, fast = max(least, 0.5 * (least + speed)), 1.5 * speed
    facts = {
        "slow_m_s": slow,
        "fast_m_s": fast,
        "slow": field.planned(slow, price).data_mbit,
        "fast": field.planned(fast, price).data_mbit,
    }
    return PROSE.sentences("answer", **facts)


def _rows(straight: Way, planned: Way) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "Way": name,
            "Length, m": round(way.length_m),
            "Data, Mbit": round(way.data_mbit, 2),
            "Mean rate, Mbit/s": round(float(way.rate_mbit_s.mean()), 3),
            "Energy, kJ": round(way.energy_kj, 2),
        }
        for name, way in zip(WAYS, (straight, planned), strict=True)
    )


def _map(example: Example, field: Field, straight: Way, planned: Way, caption: Sentence) -> Chart:
    size = example.scenario.area.size_m
    edges = np.linspace(-size / 2, size / 2, DRAWN_CELLS + 1)
    centres = 0.5 * (edges[:-1] + edges[1:])
    east, north = (axis.ravel() for axis in np.meshgrid(centres, centres, indexing="ij"))
    points = np.column_stack([east, north, np.full(east.size, field.height_m)])
    slot = (example.scenario.time.slots + 1) // 2
    rate = rates_mbit_s(example, example.gains(points, True, slot))
    cells = [
        {"east": e, "north": n, "rate": round(r, 4)}
        for e, n, r in zip(east.tolist(), north.tolist(), rate.tolist(), strict=True)
    ]
    limits = (-size / 2, size / 2)
    across = charts.number_axis("east", "East, m", limits=limits)
    up = charts.number_axis("north", "North, m", limits=limits)
    ways = [
        {"east": p[0], "north": p[1], "series": name}
        for name, way in zip(WAYS, (straight, planned), strict=True)
        for p in way.places_m.tolist()
    ]
    stations = [{"east": m.east_m, "north": m.north_m, "name": m.id} for m in example.scenario.ground_stations]
    layers = [
        charts.surface(cells, across, up, "rate", "Mbit/s"),
        charts.paths(ways, across, up, WAYS, (charts.WHITE, charts.RED)),
        charts.symbols(stations, across, up, "triangle-up", charts.BLACK),
    ]
    return Chart(
        "Rate over the area; straight way white and solid, planned way red and dashed, base stations black",
        caption,
        charts.picture(layers, 600, equal=True),
    )


def _over_time(example: Example, straight: Way, planned: Way, caption: Sentence) -> Chart:
    times = example.world.sky.time_s.tolist()
    rows = [
        {"time": time, "rate": rate, "series": name}
        for name, way in zip(WAYS, (straight, planned), strict=True)
        for time, rate in zip(times, way.rate_mbit_s.tolist(), strict=True)
    ]
    across = charts.number_axis("time", "Time after the start, s")
    up = charts.number_axis("rate", "Rate, Mbit/s", zero=True)
    return Chart("Rate on both ways", caption, charts.picture([charts.lines(rows, across, up, WAYS)], 200))
