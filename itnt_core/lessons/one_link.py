"""Step one: what arrives of one base station's power at one user."""

from __future__ import annotations

import numpy as np

from itnt_core.arrays import Array
from itnt_core.scenario import Scenario
from itnt_core.units import from_db, to_db

from . import charts
from .budget import GbsBudget, gains_db, gbs_budget, moved_to
from .example import Example
from .laws import Link, law_of
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, choice_knob, number_knob
from .missing import missing_gbs_or_user, missing_known_model
from .prose import Prose

PROSE = Prose("one-link")

NAMES = ("Line of sight", "No line of sight", "Free space")


def link_knobs(example: Example, chosen: Values) -> tuple[Knob, ...]:
    """Return the choice of a user and a GBS; at first the closest pair."""
    users = example.scenario.user_ids
    row = int(example.gbs_distances_m.min(axis=1).argmin())
    user = str(chosen.get("user", users[row]))
    return (
        choice_knob("user", "User", users, users[row]),
        choice_knob("station", "Base station", example.gbs_ids, example.nearest_gbs(user)),
    )


def full_share_w(example: Example, station: str) -> float:
    """Return what a GBS sends on one subchannel at equal power."""
    return float(example.share_w[example.gbs_ids.index(station)])


class OneLink:
    """Path loss and received power of one link."""

    key = "one-link"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for a GBS, a user and a channel model whose formula is known here."""
        return missing_gbs_or_user(scenario) or missing_known_model(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the pair, its distance, the power and the carrier."""
        pair = link_knobs(example, chosen)
        user, station = str(chosen.get("user", pair[0].default)), str(chosen.get("station", pair[1].default))
        row, column = example.scenario.user_ids.index(user), example.gbs_ids.index(station)
        distance = max(1.0, round(float(example.gbs_distances_m[row, column])))
        return (
            *pair,
            number_knob("distance", "Distance", distance, "m", (10.0, example.scenario.area.size_m), 10.0),
            number_knob("power", "Power", full_share_w(example, station), "W", (0.01, 10.0), 0.1),
            number_knob("carrier", "Carrier", example.scenario.radio.carrier_ghz, "GHz", (0.5, 6.0), 0.1),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Compute the budget of the link and its course over distance."""
        station, distance, sent_w = str(values["station"]), float(values["distance"]), float(values["power"])
        place, aerial = example.place(str(values["user"]))
        there = example.with_radio(carrier_ghz=float(values["carrier"]))
        wall_db = there.wall_db(str(values["user"]))
        now, double = (
            gbs_budget(there, station, moved_to(there, station, place, factor * distance), aerial, sent_w, wall_db)
            for factor in (1.0, 2.0)
        )
        facts = _facts(now, values, sent_w)
        free_db = to_db((now.link.d3d_m / double.link.d3d_m) ** 2)
        caption = PROSE.sentence("chart caption", distance_m=distance, received_dbm=now.received_dbm)
        return Lesson(
            (*PROSE.sentences("idea", **facts), *(PROSE.sentences("indoors", **facts) if wall_db else ())),
            (_budget_equation(now), _law_equation(now)),
            (_chart(there, station, now, (place, aerial), caption),),
            PROSE.sentence("question"),
            PROSE.sentences(
                "answer",
                double_m=2.0 * distance,
                double_dbm=double.received_dbm,
                change_db=double.received_dbm - now.received_dbm,
                free_db=free_db,
            ),
            now.rows,
            "The budget",
        )


def _facts(now: GbsBudget, values: Values, sent_w: float) -> dict[str, Value]:
    return {
        "user": str(values["user"]),
        "station": str(values["station"]),
        "distance_m": now.link.d2d_m,
        "way_m": now.link.d3d_m,
        "sent_w": sent_w,
        "sent_dbm": now.sent_dbm,
        "carrier_ghz": now.link.carrier_ghz,
        "antenna_db": now.antenna_db,
        "elevation_deg": now.elevation_deg,
        "wall_db": now.wall_db,
        "loss_db": now.law.loss_db,
        "law": now.law.name,
        "received_dbm": now.received_dbm,
        "share": from_db(now.received_dbm - now.sent_dbm),
    }


def _budget_equation(now: GbsBudget) -> Equation:
    wall, term = (f" {-now.wall_db:+.1f}", " - W") if now.wall_db else ("", "")
    numbers = (
        rf"&= {now.sent_dbm:.1f} {now.antenna_db:+.1f} {-now.law.loss_db:+.1f} {-now.shadow_db:+.1f}{wall} \\"
        rf" &= {now.received_dbm:.1f}\ \text{{dBm}}"
    )
    return Equation(
        PROSE.sentence("budget caption"),
        rf"P_r = P_t + G(\theta) - L(d) - X{term}",
        rf"\begin{{aligned}} P_r {numbers}\end{{aligned}}",
    )


def _law_equation(now: GbsBudget) -> Equation:
    caption = PROSE.sentence("law caption", law=now.law.name, source=now.law.source)
    return Equation(
        caption,
        rf"\begin{{aligned}} L &= {now.law.symbols}\end{{aligned}}",
        rf"\begin{{aligned}} L &= {now.law.numbers} \\ &= {now.law.loss_db:.1f}\ \text{{dB}}\end{{aligned}}",
    )


def _chart(example: Example, station: str, now: GbsBudget, user: tuple[Array, bool], caption: Sentence) -> Chart:
    """Draw the laws over distance, with the antenna pattern and without shadowing, and where this link stands."""
    place, aerial = user
    distances = np.geomspace(20.0, max(example.scenario.area.size_m, 2.0 * now.link.d2d_m), 70)
    drop = now.link.user_m - now.link.station_m
    gains = gains_db(example, station, place, np.degrees(np.arctan2(drop, distances)))
    rows = []
    for d2d, gain in zip(distances.tolist(), gains.tolist(), strict=True):
        link = Link(d2d, float(np.hypot(d2d, drop)), now.link.station_m, now.link.user_m, now.link.carrier_ghz)
        free = example.scenario.model_copy(
            update={"channel": example.scenario.channel.model_copy(update={"model": "free_space"})}
        )
        losses = (
            law_of(example.scenario, link, True, aerial).loss_db,
            law_of(example.scenario, link, False, aerial).loss_db,
            law_of(free, link, True, aerial).loss_db,
        )
        rows += [
            {"distance": d2d, "power": now.sent_dbm + gain - loss - now.wall_db, "series": name}
            for name, loss in zip(NAMES, losses, strict=True)
        ]
    across = charts.log_axis("distance", "Distance in plan, m (logarithmic)")
    up = charts.number_axis("power", "Received power, dBm")
    point = [{"distance": now.link.d2d_m, "power": now.received_dbm}]
    layers = [charts.lines(rows, across, up, NAMES), charts.here(point, across, up, "this link")]
    return Chart("Received power over distance", caption, charts.picture(layers))
