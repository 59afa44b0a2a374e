"""Step five: two stations on one subchannel."""

from __future__ import annotations

import numpy as np

from itnt_core.mapdata import Breakdown
from itnt_core.scenario import Scenario
from itnt_core.sinr import sinr_of, spectral_efficiency
from itnt_core.units import from_db, to_db, watts_to_dbm

from . import charts
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, choice_knob, number_knob
from .missing import missing_two_of_each
from .prose import Prose

PROSE = Prose("interference")

STEPS = 80  # points along the way between two GBSs
RADIATES, SILENT = "serves someone there", "serves nobody there"


class Interference:
    """SINR broken down; active against always-on."""

    key = "interference"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for two stations and two users."""
        return missing_two_of_each(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the user at the edge between two stations, both stations, the other's power and whether it serves."""
        users, ids = example.scenario.user_ids, example.world.station_ids
        edge = users[_edge_user(example)]
        user = str(chosen.get("user", edge))
        order = _order(example, user)
        heard = _heard(example, user) or [order[0]]
        station = str(chosen.get("station", order[0]))
        station = station if station in heard else order[0]
        rest = [name for name in order if name != station]
        other = str(chosen.get("other", rest[0]))
        other = other if other in rest else rest[0]
        return (
            choice_knob("user", "User", users, edge),
            choice_knob("station", "Serving station", heard, order[0]),
            choice_knob("other", "Other station", rest, rest[0]),
            choice_knob("state", "The other one", (RADIATES, SILENT), RADIATES),
            number_knob("power", "Its power", float(example.share_w[ids.index(other)]), "W", (0.0, 10.0), 0.1),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Break the SINR of the user down."""
        world, user = example.world, str(values["user"])
        ids = world.station_ids
        a, b = ids.index(str(values["station"])), ids.index(str(values["other"]))
        heard_per_w = example.user_gains[example.scenario.user_ids.index(user)]
        signal, heard = heard_per_w[a] * example.share_w[a], heard_per_w[b] * float(values["power"])
        beside = Breakdown(user, ids[a], signal, {ids[b]: heard} if heard > 0.0 else {}, world.noise_w)
        everyone = heard_per_w * example.share_w
        facts: dict[str, Value] = {
            "user": user,
            "station": ids[a],
            "other": ids[b],
            "signal_dbm": _level_dbm(signal),
            "heard_dbm": _level_dbm(heard),
            "noise_dbm": watts_to_dbm(world.noise_w),
            "snr_db": to_db(signal / world.noise_w),
            "alone": _rate(example, signal / world.noise_w),
            "power_w": float(values["power"]),
            "over_db": _level_dbm(heard) - watts_to_dbm(world.noise_w),
            "sinr_db": beside.sinr_db,
            "rate": _rate(example, from_db(beside.sinr_db)),
            "count": world.station_count,
            "all_db": to_db(sinr_of(signal, everyone.sum() - everyone[a], world.noise_w)),
            "louder_db": to_db(sinr_of(10.0 * signal, 10.0 * heard, world.noise_w)),
            "ten_db": to_db(10.0),
            "quieter_db": to_db(sinr_of(signal, heard / 2.0, world.noise_w)),
        }
        other = "other serves" if values["state"] == RADIATES else "other is idle"
        return Lesson(
            tuple(PROSE.sentence(text, **facts) for text in ("alone", "beside another", other, "all stations")),
            (_equation(beside, heard),),
            (
                _bars(beside, heard, PROSE.sentence("bars caption", **facts)),
                _walk(example, a, b, float(values["power"]), user),
            ),
            PROSE.sentence("question"),
            PROSE.sentences("answer", **facts),
            _rows(beside, heard),
            "What the receiver hears",
        )


def _edge_user(example: Example) -> int:
    """Return the user whose two strongest stations are the most alike: base stations where there are two.

    Users who hear their strongest below the noise come last: there, noise hides what this lesson is about.
    """
    heard = np.maximum(example.user_gains * example.share_w, 1e-30)
    gbs_count = len(example.gbs_ids)
    heard = np.sort(heard[:, :gbs_count] if gbs_count > 1 else heard, axis=1)
    return int(np.lexsort((heard[:, -1] / heard[:, -2], heard[:, -1] < example.world.noise_w))[0])


def _order(example: Example, user: str) -> list[str]:
    """Return the stations as a user hears them, loudest first, base stations before satellites."""
    heard = example.user_gains[example.scenario.user_ids.index(user)] * example.share_w
    gbs_count = len(example.gbs_ids)
    order = sorted(range(len(heard)), key=lambda index: (index >= gbs_count, -heard[index]))
    return [example.world.station_ids[index] for index in order]


def _heard(example: Example, user: str) -> list[str]:
    """Return the stations that a user hears at all: a satellite that does not serve, or has set, is not among them."""
    gains = example.user_gains[example.scenario.user_ids.index(user)]
    return [name for name, gain in zip(example.world.station_ids, gains.tolist(), strict=True) if gain > 0.0]


def _level_dbm(power_w: float) -> float:
    """Convert watts to dBm; silence counts as a millionth of a femtowatt."""
    return watts_to_dbm(max(power_w, 1e-21))


def _rate(example: Example, sinr: float) -> float:
    law = example.scenario.radio.rate_law
    return float(example.world.bandwidth_hz * spectral_efficiency(np.array(sinr), law) / 1e6)


def _equation(beside: Breakdown, heard_w: float) -> Equation:
    parts = [_femto(power) for power in (beside.signal_w, heard_w, beside.noise_w)]
    ratio = sinr_of(beside.signal_w, heard_w, beside.noise_w)
    numbers = (
        rf"\begin{{aligned}} \gamma &= \frac{{{parts[0]}}}{{{parts[1]} + {parts[2]}}} \\[6pt] &= {ratio:.3g}"
        rf" = {beside.sinr_db:.1f}\ \text{{dB}}\end{{aligned}}"
    )
    return Equation(
        PROSE.sentence("SINR caption"), r"\gamma = \frac{p_b\,g_b}{\sum_{b' \neq b} a_{b'} p_{b'} g_{b'} + N}", numbers
    )


def _femto(power_w: float) -> str:
    value = power_w * 1e15
    return f"{value:,.1f}".replace(",", "{,}") if value < 1e6 else rf"{value:.2e}".replace("e+0", r"\cdot 10^")


def _rows(beside: Breakdown, heard_w: float) -> tuple[dict[str, object], ...]:
    parts = (
        ("Signal", beside.station, beside.signal_w),
        ("Interference", next(iter(beside.interference_w), ""), heard_w),
        ("Noise", "receiver", beside.noise_w),
    )
    return tuple(
        {"Part": part, "From": source, "dBm": round(_level_dbm(power), 2), "fW": round(float(power) * 1e15, 3)}
        for part, source, power in parts
    )


def _bars(beside: Breakdown, heard_w: float, caption: Sentence) -> Chart:
    names = ("Signal", "Interference", "Noise")
    floor = watts_to_dbm(beside.noise_w) - 20.0
    powers = (beside.signal_w, heard_w, beside.noise_w)
    rows = [{"series": name, "dbm": max(_level_dbm(power), floor)} for name, power in zip(names, powers, strict=True)]
    across, up = charts.number_axis("dbm", "Received power, dBm"), charts.name_axis("series")
    layer = charts.levels(rows, across, up, names, (charts.BLUE, charts.RED, charts.GREY), floor)
    return Chart("Signal, interference, noise", caption, charts.picture([layer], 170))


def _walk(example: Example, a: int, b: int, power_w: float, user: str) -> Chart:
    """Draw SNR and SINR of the user's kind on the way between two GBSs; over time where a satellite is one of them."""
    world, ids = example.world, example.world.station_ids
    place, aerial = example.place(user)
    if max(a, b) < world.gbs_count:
        ends = world.station_positions_m[0, [a, b], :2]
        share = np.linspace(0.02, 0.98, STEPS)[:, None]
        points = np.column_stack([ends[0] * (1.0 - share) + ends[1] * share, np.full(STEPS, place[2])])
        gains = example.gains(points, aerial) * from_db(-example.wall_db(user))
        along = share[:, 0] * float(np.linalg.norm(ends[1] - ends[0]))
        title, axis, heading = f"From {ids[a]} to {ids[b]}", "Distance from the serving station, m", "way caption"
    else:
        gains = example.straight_gains[:, example.scenario.user_ids.index(user), :, 0]  # (slots, stations)
        along, title, axis, heading = world.sky.time_s, f"{user} over time", "Time after the start, s", "time caption"
    signal = gains[:, a] * example.share_w[a]
    snr, sinr = (to_db(sinr_of(signal, gains[:, b] * power, world.noise_w), 1e-12) for power in (0.0, power_w))
    names = ("The other one silent", "The other one radiates")
    rows = [
        {"along": where, "quality": value, "series": name}
        for name, values in zip(names, (snr, sinr), strict=True)
        for where, value in zip(along.tolist(), values.tolist(), strict=True)
    ]
    middle = len(along) // 2
    caption = PROSE.sentence(
        heading, user=user, station=ids[a], other=ids[b], half_db=float(snr[middle] - sinr[middle])
    )
    layer = charts.lines(
        rows, charts.number_axis("along", axis), charts.number_axis("quality", "SNR and SINR, dB"), names
    )
    return Chart(title, caption, charts.picture([layer]))
