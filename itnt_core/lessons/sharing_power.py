"""Step seven: three links on one subchannel, and how loud each station should be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.network import Decision
from itnt_core.power import equal_power, improve_power
from itnt_core.qos import min_sinr_db
from itnt_core.scenario import Scenario
from itnt_core.sinr import sinr_of, spectral_efficiency
from itnt_core.units import from_db, to_db

from . import charts
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, number_knob
from .missing import LACKS, missing_two_of_each
from .prose import Prose

PROSE = Prose("power")

LINKS, GRID, CURVE = 3, 21, 60  # of the example; points of a side of the map and along the curve

LEAST_FLOOR_DB = -30.0


@dataclass(frozen=True, eq=False)
class Trio:
    """Some links on one subchannel: gains (links, links), rows are users, columns stations, in units of the noise."""

    example: Example
    decision: Decision
    gains: Array  # (1, users, stations, 1) as the judge has them
    snr_per_w: Array  # (links, links)
    users: tuple[str, ...]
    stations: tuple[str, ...]

    def efficiencies(self, powers_w: Array) -> Array:
        """Return capped spectral efficiencies (..., links) for powers (..., links)."""
        return spectral_efficiency(self.sinr(powers_w), self.example.scenario.radio.rate_law)

    def sinr(self, powers_w: Array) -> Array:
        """Return the SINR (..., links) for powers (..., links)."""
        heard = powers_w[..., None, :] * self.snr_per_w
        own = np.einsum("...ii->...i", heard)
        sinr: Array = sinr_of(own, heard.sum(axis=-1) - own, 1.0)
        return sinr


class SharingPower:
    """Equal power against SCA."""

    key = "power"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for two stations that stay where they are named, and two users."""
        if missing_two_of_each(scenario) is None and len(scenario.ground_stations) + len(scenario.passes) < 2:
            return LACKS.sentence("second station")
        return missing_two_of_each(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the power limit of each station on the subchannel and the SINR floor."""
        floor = min_sinr_db(example.scenario, "active")
        return (
            number_knob("power", "Most power of each", float(example.share_w.max()), "W", (0.01, 10.0), 0.1),
            number_knob("floor", "SINR floor", floor, "dB", (LEAST_FLOOR_DB, 20.0), 1.0),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Optimise the powers of the links."""
        trio = three_links(example, float(values["power"]), float(values["floor"]))
        full = np.full(len(trio.users), float(values["power"]))
        power, _ = improve_power(trio.example.world, trio.decision, trio.gains)
        best = power[0, trio.decision.station[0], 0]
        width = trio.example.world.bandwidth_hz / 1e6
        before, after = width * trio.efficiencies(full), width * trio.efficiencies(best)
        grid, tried = _best_of_grid(trio, float(values["power"]), float(values["floor"]))
        weak = int(trio.sinr(best).argmin())
        facts: dict[str, Value] = {
            "links": len(trio.users),
            "power_w": float(values["power"]),
            "equal": float(before.sum()),
            "pairs": ", ".join(f"{s} to {u}" for s, u in zip(trio.stations, trio.users, strict=True)),
            "powers": ", ".join(f"{value:.3g}" for value in best.tolist()),
            "best": float(after.sum()),
            "gain": 100.0 * float(after.sum() / before.sum() - 1.0),
            "tried": tried,
            "grid": width * grid,
            "floor_db": float(values["floor"]),
            "open_db": LEAST_FLOOR_DB,
            "weakest": trio.users[weak],
            "weak_db": _quality_db(trio.sinr(best)[weak]),
            "weak_before": _quality_db(trio.sinr(full)[weak]),
            "user": trio.users[0],
            "station": trio.stations[1],
        }
        return Lesson(
            PROSE.sentences("idea", **facts),
            (_equation(trio, full, PROSE.sentence("rate caption", **facts)),),
            (
                _bars(trio, before, after, PROSE.sentence("bars caption", **facts)),
                _curve(trio, full, width, PROSE.sentence("curve caption", **facts)),
            ),
            PROSE.sentence("question"),
            PROSE.sentences("answer", **facts),
            _rows(trio, full, best, before, after),
            "Before and after",
        )


def three_links(example: Example, power_w: float, floor_db: float) -> Trio:
    """Return up to three stations of the scenario, each with a user at its edge, on one subchannel."""
    scenario = example.scenario
    named = [*example.gbs_ids, *(one.id for one in scenario.passes)]
    heard = example.user_gains[:, [example.world.station_ids.index(name) for name in named]] * power_w
    pairs = _edge_pairs(heard)
    users, stations = [scenario.user_ids[row] for row, _ in pairs], [named[column] for _, column in pairs]
    small = example.changed(_only(scenario, users, stations, power_w, floor_db))
    world = small.world
    gains = small.straight_gains
    rows = [small.scenario.user_ids.index(user) for user in users]
    columns = [world.station_ids.index(station) for station in stations]
    station = np.full((1, len(users)), -1, dtype=np.int64)
    station[0, rows] = columns
    order = station[0].tolist()
    decision = Decision(
        station, np.zeros_like(station), np.repeat(_starts(small), 2, axis=0), equal_power(world), "active"
    )
    per_w = gains[0, :, order, 0].T / world.noise_w  # (users, links)
    return Trio(small, decision, gains, per_w, small.scenario.user_ids, tuple(world.station_ids[b] for b in order))


def _edge_pairs(heard: Array) -> list[tuple[int, int]]:
    """Return up to three (user, station) pairs: to each station the user at its edge, where powers matter most.

    Of the users that hear a station best, it takes the one with the least SINR; where nobody does, the nearest ear.
    """
    pairs: list[tuple[int, int]] = []
    quality = sinr_of(heard, heard.sum(axis=1, keepdims=True) - heard, 1e-30)  # any noise: only the order counts
    for column in range(heard.shape[1]):
        taken = {user for user, _ in pairs}
        free = [row for row in range(len(heard)) if row not in taken]
        if not free or len(pairs) == LINKS:
            break
        own = [row for row in free if heard[row].argmax() == column]
        best = min(own, key=lambda row: quality[row, column]) if own else max(free, key=lambda row: heard[row, column])
        pairs.append((best, column))
    return pairs


def _starts(example: Example) -> Array:
    """Return the aerial users' starts as one waypoint (1, I, 3)."""
    ids = [user.id for user in example.scenario.aerial_users]
    return np.array([example.place(name)[0] for name in ids]).reshape(1, len(ids), 3)


def _only(scenario: Scenario, users: list[str], stations: list[str], power_w: float, floor_db: float) -> Scenario:
    """Return the scenario with these users and stations alone, one slot, one subchannel, users at rest."""
    passes = tuple(
        one.model_copy(update={"radio": one.radio.model_copy(update={"max_power_w": power_w})})
        for one in scenario.passes
        if one.id in stations
    )
    sending = tuple(
        one.model_copy(update={"max_power_w": power_w, "max_users": None})
        for one in scenario.ground_stations
        if one.id in stations
    )
    at_rest = tuple(
        user.model_copy(update={"destination": user.start}) for user in scenario.aerial_users if user.id in users
    )
    return scenario.without_satellites().model_copy(
        update={
            "ground_stations": sending,
            "passes": passes,
            "aerial_users": at_rest,
            "ground_users": tuple(user for user in scenario.ground_users if user.id in users),
            "radio": scenario.radio.model_copy(update={"subchannels": 1}),
            "time": scenario.time.model_copy(update={"slots": 1}),
            "qos": scenario.qos.model_copy(update={"min_sinr_active_db": floor_db}),
        }
    )


def _best_of_grid(trio: Trio, power_w: float, floor_db: float) -> tuple[float, int]:
    """Return the best efficiency sum on a grid of powers that keep what SCA keeps, and how many keep it."""
    axis = np.linspace(0.0, power_w, GRID)
    powers = np.stack(np.meshgrid(*[axis] * len(trio.users), indexing="ij"), axis=-1).reshape(-1, len(trio.users))
    floor = min(from_db(floor_db), float(trio.sinr(np.full(len(trio.users), power_w)).min()))
    kept = powers[(trio.sinr(powers) >= floor * (1.0 - 1e-9)).all(axis=1)]
    return float(trio.efficiencies(kept).sum(axis=1).max()), len(kept)


def _quality_db(ratio: float) -> float:
    return to_db(float(ratio), 1e-12)


def _equation(trio: Trio, full: Array, caption: Sentence) -> Equation:
    heard = full * trio.snr_per_w[0]
    signal, others = float(heard[0]), float(heard[1:].sum())
    interference = others + 1.0
    total = signal + interference
    symbols = (
        r"\begin{aligned} \log_2(1+\gamma) &= \log_2 T - \log_2 I \\ &\ge \log_2 T - \log_2 I_0 - \frac{I - I_0}{I_0 "
        r"\ln 2}"
        r"\end{aligned}"
    )
    result = float(spectral_efficiency(np.array(sinr_of(signal, others, 1.0)), None))
    numbers = (
        rf"\begin{{aligned}} & \log_2 {_plain(total)} - \log_2 {_plain(interference)} \\"
        rf" &= {result:.2f}\ \text{{bit/s/Hz}}, \\ & \text{{falling by }} {1.0 / (interference * np.log(2.0)):.3g}"
        rf"\ \text{{per unit of }} I\end{{aligned}}"
    )
    return Equation(caption, symbols, numbers)


def _plain(value: float) -> str:
    return f"{value:,.1f}".replace(",", "{,}")


def _rows(trio: Trio, full: Array, best: Array, before: Array, after: Array) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "Link": f"{station} to {user}",
            "Equal power, W": round(float(full[n]), 4),
            "SCA, W": round(float(best[n]), 4),
            "SINR equal, dB": round(_quality_db(trio.sinr(full)[n]), 1),
            "SINR SCA, dB": round(_quality_db(trio.sinr(best)[n]), 1),
            "Rate equal, Mbit/s": round(float(before[n]), 3),
            "Rate SCA, Mbit/s": round(float(after[n]), 3),
        }
        for n, (station, user) in enumerate(zip(trio.stations, trio.users, strict=True))
    )


def _bars(trio: Trio, before: Array, after: Array, caption: Sentence) -> Chart:
    names = ("Equal power", "After SCA")
    rows = [
        {"link": f"{station} to {user}", "rate": float(values[n]), "series": name}
        for name, values in zip(names, (before, after), strict=True)
        for n, (station, user) in enumerate(zip(trio.stations, trio.users, strict=True))
    ]
    across, up = charts.number_axis("rate", "Rate, Mbit/s"), charts.name_axis("link")
    layer = charts.bars(rows, across, up, names)
    return Chart("Rates before and after", caption, charts.picture([layer], 260))


def _curve(trio: Trio, full: Array, width: float, caption: Sentence) -> Chart:
    """Draw the sum of rates against the second station's power beside the surrogate made at full power."""
    axis = np.linspace(0.0, float(full[1]), CURVE)
    powers = np.tile(full, (CURVE, 1))
    powers[:, 1] = axis
    true = width * spectral_efficiency(trio.sinr(powers), None).sum(axis=1)
    heard = powers[:, None, :] * trio.snr_per_w  # (points, users, stations)
    total = heard.sum(axis=2) + 1.0
    interference = total - np.einsum("pii->pi", heard)
    at = interference[-1]
    surrogate = width * (np.log2(total) - np.log2(at) - (interference - at) / (at * np.log(2.0))).sum(axis=1)
    names = ("Sum of rates", "SCA's stand-in")
    rows = [
        {"power": power, "rate": value, "series": name}
        for name, values in zip(names, (true, surrogate), strict=True)
        for power, value in zip(axis.tolist(), values.tolist(), strict=True)
        if value > 0.0
    ]
    across = charts.number_axis("power", f"Power of {trio.stations[1]}, W")
    up = charts.number_axis("rate", "Sum of rates without the cap, Mbit/s")
    return Chart("The true sum and its stand-in", caption, charts.picture([charts.lines(rows, across, up, names)], 260))
