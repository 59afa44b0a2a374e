"""Step four: a satellite overhead, from its elevation to what arrives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.network import World
from itnt_core.radio import (
    Transmitters,
    channel_law,
    flux_dbw_m2_mhz,
    flux_per_watt_m2,
    laws,
    satellite,
    slant_loss,
)
from itnt_core.scenario import BUILT_IN_CHANNEL_MODELS, SATELLITE_GROUPS, Scenario
from itnt_core.sky import EARTH_RADIUS_KM
from itnt_core.units import to_db, watts_to_dbm

from . import charts
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, choice_knob, number_knob
from .missing import missing_satellite_or_user
from .prose import Prose

PROSE = Prose("satellite")


@dataclass(frozen=True, eq=False)
class SkyLink:
    """A satellite link over all slots; arrays (slots,). Fast fading does not apply.

    Directions and distances are those of the satellite wherever it is; what arrives is what a run has, nothing where
    the satellite does not serve.
    """

    time_s: Array
    elevation_deg: Array
    range_km: Array
    altitude_km: Array
    serves: NDArray[np.bool_]
    sees: NDArray[np.bool_]
    antenna_dbi: Array
    snr_db: Array


class SatelliteOverhead:
    """Elevation, slant range, free-space loss, beam."""

    key = "satellite"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for a satellite and a user."""
        return missing_satellite_or_user(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the satellite, the user, the moment and, of a hand-made pass, altitude and highest elevation."""
        ids, users, time = example.world.sky.station_ids, example.scenario.user_ids, example.scenario.time
        station = str(chosen.get("station", ids[0]))
        row = ids.index(station)
        serving = np.flatnonzero(_serves(example, row))
        middle = time.slot_s * (int(serving[(len(serving) - 1) // 2]) + 1)
        gain = example.world.sky.radios[row].gain_dbi
        knobs = [
            choice_knob("station", "Satellite", ids, ids[0]),
            choice_knob("user", "User", users, users[-1]),
            number_knob("time", "Time", middle, "s", (time.slot_s, time.duration_s), time.slot_s),
            number_knob("gain", "Antenna gain", gain, "dBi", (0.0, 45.0), 1.0),
        ]
        for pass_ in example.scenario.passes:
            if pass_.id == station:
                knobs.append(number_knob("altitude", "Altitude", pass_.altitude_km, "km", (160.0, 2000.0), 10.0))
                knobs.append(
                    number_knob("highest", "Highest elevation", pass_.max_elevation_deg, "°", (5.0, 90.0), 1.0)
                )
        return tuple(knobs)

    def teach(self, example: Example, values: Values) -> Lesson:
        """Compute the link over the window and at one moment of it."""
        station, user = str(values["station"]), str(values["user"])
        there = _changed(example, values)
        column = there.world.sky.station_ids.index(station)
        link = sky_link(there, user, column)
        now = int(np.abs(link.time_s - float(values["time"])).argmin())
        facts = _facts(there, link, now, values, column)
        caption = PROSE.sentence("chart caption", **facts)
        return Lesson(
            (PROSE.sentence("place", **facts), *_what_arrives(there.scenario, link, now, facts)),
            _equations(there, link, now),
            _charts_of(link, now, caption),
            PROSE.sentence("question", station=station, user=user),
            _answer(there, link, user),
            _rows(there),
            "Satellites over the middle of the area",
        )


def _what_arrives(scenario: Scenario, link: SkyLink, now: int, facts: dict[str, Value]) -> tuple[Sentence, ...]:
    """Say what arrives at one moment, or why nothing does."""
    if link.elevation_deg[now] <= 0.0:
        return PROSE.sentences("below the horizon", **facts)
    if not link.serves[now]:
        times_s = link.time_s[link.serves]
        return PROSE.sentences("does not serve", from_s=float(times_s[0]), to_s=float(times_s[-1]))
    sight = PROSE.sentence("free way") if link.sees[now] else _hidden(scenario, facts)
    air = PROSE.sentences("air", **facts) if facts["air_db"] else ()
    limited = facts["sent_w"] != facts["full_w"]
    flux = PROSE.sentence("flux limit" if limited else "flux", **facts)
    return (*PROSE.sentences("link", **facts), sight, *air, PROSE.sentence("beam", **facts), flux)


def _hidden(scenario: Scenario, facts: dict[str, Value]) -> Sentence:
    """Say what a building takes that stands between; of a plug-in's model nobody knows it here."""
    model = scenario.channel.model
    if model in BUILT_IN_CHANNEL_MODELS:
        return PROSE.sentence("blocked way", **facts)
    return PROSE.sentence("blocked way, unknown model", model=model)


def sky_link(example: Example, user: str, column: int) -> SkyLink:
    """Return the link of a satellite (by column) to a user over all slots, an aerial one on its straight flight."""
    world = example.world
    points, _ = example.way(user)
    sky_m = world.sky.position_m  # (slots, satellites, 3)
    gains, sight = example.links(user)
    gain, sees = gains[:, world.gbs_count + column], sight[:, world.gbs_count + column]
    way = sky_m[:, column] - points
    horizontal = np.hypot(way[:, 0], way[:, 1])
    distance = np.linalg.norm(way, axis=1) / 1e3
    centre = np.array([0.0, 0.0, EARTH_RADIUS_KM * 1e3])
    sent = world.equal_share_w[:, world.gbs_count + column]  # (slots,)
    antenna_dbi = Transmitters(example.scenario, world.sky).leo_antenna_db(points, sky_m)[:, column]
    return SkyLink(
        world.sky.time_s,
        np.degrees(np.arctan2(way[:, 2], horizontal)),
        distance,
        np.linalg.norm(sky_m[:, column] + centre, axis=1) / 1e3 - EARTH_RADIUS_KM,
        _serves(example, column),
        sees,
        antenna_dbi,
        to_db(gain * sent / world.noise_w, 1e-12),
    )


def _serves(example: Example, column: int) -> NDArray[np.bool_]:
    """Say in which slots (slots,) a satellite serves."""
    sky = example.world.sky
    return np.ones(len(sky.time_s), dtype=bool) if sky.serves is None else sky.serves[:, column]


def _changed(example: Example, values: Values) -> Example:
    """Return the example with the satellite as the knobs say."""
    scenario = example.scenario
    source = scenario.satellite_source(str(values["station"]))
    if source is None:
        return example
    changes: dict[str, object] = {"radio": source.radio.model_copy(update={"gain_dbi": float(values["gain"])})}
    if "altitude" in values:
        changes |= {"altitude_km": float(values["altitude"]), "max_elevation_deg": float(values["highest"])}
    changed = {
        group: tuple(one.model_copy(update=changes) if one is source else one for one in getattr(scenario, group))
        for group in SATELLITE_GROUPS
    }
    return example.changed(scenario.model_copy(update=changed))


def _facts(example: Example, link: SkyLink, now: int, values: Values, column: int) -> dict[str, Value]:
    scenario, world = example.scenario, example.world
    carrier, clutter = scenario.radio.carrier_ghz, scenario.channel.clutter
    range_km, altitude = float(link.range_km[now]), float(link.altitude_km[now])
    row = satellite.table_row(link.elevation_deg[now])
    snr = float(link.snr_db[now])
    law = channel_law(scenario)
    with_air = "atmosphere" in law.follows
    peak = world.sky.radios[column].gain_dbi
    return {
        "user": str(values["user"]),
        "station": str(values["station"]),
        "time_s": float(link.time_s[now]),
        "elevation_deg": float(link.elevation_deg[now]),
        "altitude_km": altitude,
        "range_km": range_km,
        "space_db": float(laws.free_space_db(range_km * 1e3, carrier)),
        "more_db": 2.0 * to_db(range_km / altitude),
        "antenna_db": float(link.antenna_dbi[now]),
        "received_dbm": snr + watts_to_dbm(world.noise_w),
        "snr_db": snr,
        "clutter_db": float(satellite.CLUTTER_LOSS_DB[clutter][row]) if "clutter" in law.follows else 0.0,
        "bare_db": snr - peak,
        **_flux_facts(world, now, column),
        "air_db": float(slant_loss(scenario)(link.elevation_deg[now : now + 1])[0]) if with_air else 0.0,
    }


def _flux_facts(world: World, now: int, column: int) -> dict[str, Value]:
    """Return what a satellite sends on a subchannel at equal power, with and without a limit, and its flux below."""
    station = world.gbs_count + column
    sent_w = float(world.equal_share_w[now, station])
    flux = flux_dbw_m2_mhz(flux_per_watt_m2(world.sky)[now, column], np.array(sent_w), world.bandwidth_hz)
    return {
        "sent_w": sent_w,
        "full_w": float(world.station_max_power_w[station] / world.subchannels),
        "flux_dbw": float(flux),
        "limit_dbw": world.scenario.pfd_limit_dbw_m2_mhz or 0.0,
    }


def _equations(example: Example, link: SkyLink, now: int) -> tuple[Equation, ...]:
    carrier = example.scenario.radio.carrier_ghz
    height, range_km, elevation = (float(row[now]) for row in (link.altitude_km, link.range_km, link.elevation_deg))
    radius = rf"{EARTH_RADIUS_KM:.0f}"
    ahead = r"\begin{aligned} s &= R_E\sin\varepsilon \\ d_+ &= \sqrt{s^2 + H^2 + 2 R_E H} \\ d &= d_+ - s\end{aligned}"
    sine_km = EARTH_RADIUS_KM * float(np.sin(np.radians(elevation)))
    numbers = (
        rf"\begin{{aligned}} s &= {radius}\,\sin {elevation:.1f}^\circ = {sine_km:.0f} \\"
        rf" d_+^2 &= {sine_km:.0f}^2 + {height:.0f}^2 \\ &\quad + 2 \cdot {radius} \cdot {height:.0f} \\"
        rf" d &= d_+ - {sine_km:.0f} = {range_km:.0f}\ \text{{km}}\end{{aligned}}"
    )
    loss = float(laws.free_space_db(range_km * 1e3, carrier))
    space = (
        rf"\begin{{aligned}} L &= 92.45 + 20\log_{{10}} {range_km:.0f} + 20\log_{{10}} {carrier:g} \\"
        rf" &= {loss:.1f}\ \text{{dB}}\end{{aligned}}"
    )
    return (
        Equation(PROSE.sentence("range caption"), ahead, numbers),
        Equation(PROSE.sentence("loss caption"), r"L = 92.45 + 20\log_{10} d + 20\log_{10} f_c", space),
    )


def _charts_of(link: SkyLink, now: int, caption: Sentence) -> tuple[Chart, ...]:
    across = charts.number_axis("time", "Time after the start, s")
    pictures = []
    for name, title, values in (("Elevation", "Elevation, °", link.elevation_deg), ("SNR", "SNR, dB", link.snr_db)):
        up = charts.number_axis("value", title)
        rows = [
            {"time": time, "value": value, "series": name}
            for time, value in zip(link.time_s.tolist(), values.tolist(), strict=True)
            if value > -100.0
        ]
        point = [{"time": float(link.time_s[now]), "value": float(values[now])}]
        layers = [charts.lines(rows, across, up, (name,)), charts.here(point, across, up, "now")]
        pictures.append(Chart(f"{name} over the window", caption, charts.picture(layers, 200)))
    return tuple(pictures)


def _answer(example: Example, link: SkyLink, user: str) -> tuple[Sentence, ...]:
    best = int(link.snr_db.argmax())
    first = PROSE.sentence(
        "answer: best moment",
        best_s=float(link.time_s[best]),
        best_db=float(link.snr_db[best]),
        best_deg=float(link.elevation_deg[best]),
    )
    if not example.gbs_ids:
        return (first,)
    points, aerial = example.way(user)
    heard = (example.world.gains_at(points[best], best, aerial) * example.share_w)[: len(example.gbs_ids)]
    best_gbs = int(heard.argmax())
    snr = to_db(float(heard[best_gbs]) / example.world.noise_w)
    return first, PROSE.sentence("answer: best base station", user=user, gbs=example.gbs_ids[best_gbs], gbs_db=snr)


def _rows(example: Example) -> tuple[dict[str, object], ...]:
    sky = example.world.sky
    return tuple(
        {
            "Satellite": name,
            "Highest elevation, °": round(float(sky.elevation_deg[:, column].max()), 1),
            "Nearest, km": round(float(sky.range_km[:, column].min())),
            "Farthest, km": round(float(sky.range_km[:, column].max())),
        }
        for column, name in enumerate(sky.station_ids)
    )
