"""Step three: who sees whom in the open scenario's own city."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.radio import channel_law, laws
from itnt_core.scenario import Scenario

from . import charts
from .budget import link_to
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, choice_knob, number_knob
from .missing import missing_gbs_or_user
from .prose import Prose

PROSE = Prose("line-of-sight")

# Points along the sight line and round the user; no antenna is looked for any higher.
SAMPLES, RING_POINTS, HIGHEST_ANTENNA_M = 600, 180, 500.0

GROUND_SOURCE, AERIAL_SOURCE = "3GPP TR 38.901, table 7.4.2-1", "3GPP TR 36.777, table B-1"


@dataclass(frozen=True, eq=False)
class Profile:
    """Roofs and ray along a straight way; arrays (samples,), from the user to the antenna."""

    along_m: Array
    roof_m: Array
    ray_m: Array
    clear: bool

    @property
    def first_block(self) -> int | None:
        """Return the index of the first sample below its roof, None where there is none."""
        hit = np.flatnonzero(self.roof_m > self.ray_m)
        return int(hit[0]) if hit.size else None


class LineOfSight:
    """A ray through the city."""

    key = "line-of-sight"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for a GBS and a user."""
        return missing_gbs_or_user(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the pair, where the user stands, and how high the antenna is."""
        users = example.scenario.user_ids
        first = _first_user(example)
        user = str(chosen.get("user", first))
        station = str(chosen.get("station", example.nearest_gbs(user)))
        gbs = example.scenario.ground_stations[example.gbs_ids.index(station)]
        half, place = example.scenario.area.size_m / 2, example.place(user)[0]
        return (
            choice_knob("user", "User", users, first),
            choice_knob("station", "Base station", example.gbs_ids, example.nearest_gbs(user)),
            number_knob("height", "Antenna height", gbs.height_m, "m", (1.0, 300.0), 1.0),
            number_knob("east", "User east", float(place[0]), "m", (-half, half), 10.0),
            number_knob("north", "User north", float(place[1]), "m", (-half, half), 10.0),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Trace the ray, and compare the city with the standard's chance."""
        user, station = str(values["user"]), str(values["station"])
        place, aerial = example.place(user)
        place = np.array([float(values["east"]), float(values["north"]), place[2]])
        raised = _raised(example, station, float(values["height"]))
        link = link_to(raised, station, place)
        antenna_m = _antenna_m(raised, station)
        profile = trace(raised, place, antenna_m)
        up_deg = float(np.degrees(np.arctan2(link.station_m - link.user_m, link.d2d_m)))
        deployment = example.scenario.channel.deployment
        chance = float(
            laws.aerial_los_probability(link.d2d_m, place[2], deployment)
            if aerial
            else laws.ground_los_probability(link.d2d_m, deployment)
        )
        facts: dict[str, Value] = {
            "user": user,
            "station": station,
            "distance_m": link.d2d_m,
            "height_m": link.station_m,
            "up_deg": up_deg,
            "chance": 100.0 * chance,
            "share": 100.0 * _ring_share(raised, antenna_m, link.d2d_m, float(place[2])),
            "state": "free" if profile.clear else "blocked",
        }
        caption = PROSE.sentence("chart caption", **facts)
        return Lesson(
            (
                PROSE.sentence("idea", **facts),
                _what_blocks(profile, facts),
                *_indoors(example, user),
                *_about_city(raised, station),
            ),
            (
                _angle_equation(link.station_m, link.user_m, link.d2d_m, up_deg),
                _chance_equation(chance, aerial, link.d2d_m, float(place[2]), deployment),
            ),
            (_chart(profile, caption),),
            PROSE.sentence("question", user=user),
            (_needed_height(raised, place, antenna_m, facts), PROSE.sentence("answer: chance", **facts)),
            _seen_rows(raised),
            "Who sees whom",
        )


def _indoors(example: Example, user: str) -> tuple[Sentence, ...]:
    """Say that a run looks from outside of the building in which a user is."""
    return (PROSE.sentence("indoors", user=user),) if example.wall_db(user) else ()


def trace(example: Example, place_m: Array, antenna_m: Array) -> Profile:
    """Return the profile between two points (3,); the city's own test says whether it is clear."""
    share = np.linspace(0.0, 1.0, SAMPLES)[:, None]
    points = place_m * (1.0 - share) + antenna_m * share
    roofs = example.city.roof_m(points[:, :2])
    length = float(np.hypot(*(antenna_m - place_m)[:2]))
    clear = bool(example.city.line_of_sight(place_m[None], antenna_m[None])[0])
    return Profile(share[:, 0] * length, roofs, points[:, 2], clear)


def _first_user(example: Example) -> str:
    """Return the user nearest to its GBS among those who do not see it, else the nearest of all."""
    users = example.scenario.user_ids
    order = np.argsort(example.gbs_distances_m.min(axis=1))
    for row in order:
        name = users[int(row)]
        ends = example.place(name)[0][None], _antenna_m(example, example.nearest_gbs(name))[None]
        if not example.city.line_of_sight(*ends)[0]:
            return name
    return users[int(order[0])]


def _antenna_m(example: Example, station: str) -> Array:
    gbs = example.scenario.ground_stations[example.gbs_ids.index(station)]
    return np.array(gbs.position_m)


def _raised(example: Example, station: str, height_m: float) -> Example:
    stations = tuple(
        gbs.model_copy(update={"height_m": height_m}) if gbs.id == station else gbs
        for gbs in example.scenario.ground_stations
    )
    return example.changed(example.scenario.model_copy(update={"ground_stations": stations}))


def _what_blocks(profile: Profile, facts: dict[str, Value]) -> Sentence:
    if profile.clear:
        under = profile.roof_m > 0.0
        if not under.any():
            return PROSE.sentence("clear")
        return PROSE.sentence("clear over roofs", gap_m=max(0.0, float((profile.ray_m - profile.roof_m)[under].min())))
    index = profile.first_block
    if index is None:
        return PROSE.sentence("blocked by something thin")
    wall, roof, ray = (float(row[index]) for row in (profile.along_m, profile.roof_m, profile.ray_m))
    return PROSE.sentence("blocked", roof_m=roof, wall_m=wall, ray_m=ray, user=facts["user"])


def _about_city(example: Example, station: str) -> tuple[Sentence, ...]:
    sentences = []
    if example.city.building_count:
        seen = _sight(example)[:, example.gbs_ids.index(station)]
        sentences.append(
            PROSE.sentence(
                "city",
                buildings=example.city.building_count,
                seen=100.0 * float(seen.mean()),
                users=len(seen),
                station=station,
            )
        )
    else:
        sentences.append(PROSE.sentence("no city"))
    if not channel_law(example.scenario).sees_buildings:
        sentences.append(PROSE.sentence("city unused", model=example.scenario.channel.model.replace("_", " ")))
    return tuple(sentences)


def _sight(example: Example) -> NDArray[np.bool_]:
    """Return who sees which GBS (users, GBSs) through the city."""
    users = np.array([example.place(name)[0] for name in example.scenario.user_ids])
    antennas_m = np.array([_antenna_m(example, name) for name in example.gbs_ids])
    pairs = np.repeat(users, len(antennas_m), axis=0), np.tile(antennas_m, (len(users), 1))
    return example.city.line_of_sight(*pairs).reshape(len(users), len(antennas_m))


def _seen_rows(example: Example) -> tuple[dict[str, object], ...]:
    sight = _sight(example)
    return tuple(
        {"Base station": name, "Height, m": gbs.height_m, "Users who see it": int(sight[:, index].sum())}
        for index, (name, gbs) in enumerate(zip(example.gbs_ids, example.scenario.ground_stations, strict=True))
    )


def _needed_height(example: Example, place_m: Array, antenna_m: Array, facts: dict[str, Value]) -> Sentence:
    """Say from which height on the user sees the antenna: raising it lifts the ray everywhere, so there is one such."""
    heights = np.arange(1.0, HIGHEST_ANTENNA_M + 0.25, 0.5)
    ends = np.column_stack([np.tile(antenna_m[:2], (len(heights), 1)), heights])
    clear = example.city.line_of_sight(np.tile(place_m, (len(heights), 1)), ends)
    if not clear.any():
        return PROSE.sentence("answer: no height", most_m=HIGHEST_ANTENNA_M, user=facts["user"])
    return PROSE.sentence(
        "answer: needed height", needed_m=float(heights[int(clear.argmax())]), height_m=float(antenna_m[2])
    )


def _ring_share(example: Example, antenna_m: Array, distance_m: float, height_m: float) -> float:
    """Return the share of free places on a ring around the antenna that see it; where none is free, of all places."""
    angle = np.linspace(0.0, 2.0 * np.pi, RING_POINTS, endpoint=False)
    ring = antenna_m[:2] + distance_m * np.column_stack([np.cos(angle), np.sin(angle)])
    free = ring[example.city.roof_m(ring) <= height_m]
    ring = free if len(free) else ring
    starts = np.column_stack([ring, np.full(len(ring), height_m)])
    return float(example.city.line_of_sight(starts, np.tile(antenna_m, (len(ring), 1))).mean())


def _angle_equation(station_m: float, user_m: float, distance_m: float, up_deg: float) -> Equation:
    numbers = rf"\arctan\frac{{{station_m:.1f} - {user_m:.1f}}}{{{distance_m:.0f}}} = {up_deg:.1f}^\circ"
    return Equation(
        PROSE.sentence("angle caption"),
        r"\varepsilon = \arctan\frac{h_{BS} - h_{UT}}{d_{2D}}",
        rf"\varepsilon = {numbers}",
    )


def _chance_equation(chance: float, aerial: bool, distance_m: float, height_m: float, deployment: str) -> Equation:
    symbols = r"P_{LOS} = \frac{d_1}{d_{2D}} + e^{-d_{2D}/p_1}\left(1 - \frac{d_1}{d_{2D}}\right)"
    source = AERIAL_SOURCE if aerial else GROUND_SOURCE
    caption = PROSE.sentence("chance caption", chance=100.0 * chance, distance_m=distance_m, source=source)
    near, decay = _chance_constants(aerial, height_m, deployment)
    result = rf"{100.0 * chance:.1f}\,\%"
    if chance >= 1.0:
        return Equation(caption, symbols, rf"P_{{LOS}} = {result}\quad(d_1 = {near:.0f}\ \text{{m}})")
    ratio = rf"\frac{{{near:.0f}}}{{{distance_m:.0f}}}"
    body = rf"{ratio} + e^{{-{distance_m:.0f}/{decay:.0f}}}\left(1 - {ratio}\right)"
    return Equation(caption, symbols, rf"\begin{{aligned}} P_{{LOS}} &= {body} \\ &= {result}\end{{aligned}}")


def _chance_constants(aerial: bool, height_m: float, deployment: str) -> tuple[float, float]:
    """Return d_1 and p_1 in metres of the standard's chance of line of sight."""
    uma, log_h = deployment == "uma", float(np.log10(max(height_m, 22.5)))
    if not aerial:
        return 18.0, 63.0 if uma else 36.0
    near = 460.0 * log_h - 700.0 if uma else 294.05 * log_h - 432.94
    return max(near, 18.0), 4300.0 * log_h - 3800.0 if uma else 233.98 * log_h - 0.95


def _chart(profile: Profile, caption: Sentence) -> Chart:
    rows = [
        {"along": along, "roof": roof}
        for along, roof in zip(profile.along_m.tolist(), profile.roof_m.tolist(), strict=True)
    ]
    ray = [
        {"along": float(profile.along_m[end]), "roof": float(profile.ray_m[end]), "series": "Ray to the antenna"}
        for end in (0, -1)
    ]
    across = charts.number_axis("along", "Distance from the user, m")
    up = charts.number_axis("roof", "Height, m", zero=True)
    layers = [charts.area(rows, across, up), charts.lines(ray, across, up, ("Ray to the antenna",))]
    index = None if profile.clear else profile.first_block
    if index is not None:
        hit = [{"along": float(profile.along_m[index]), "roof": float(profile.ray_m[index])}]
        layers.append(charts.here(hit, across, up, "blocked here"))
    return Chart("Roofs along the way (grey) and the ray", caption, charts.picture(layers))
