"""Step four: a satellite overhead, from its elevation to what arrives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.radio import Transmitters, channel_law, laws, satellite, slant_loss
from itnt_core.scenario import BUILT_IN_CHANNEL_MODELS, SATELLITE_GROUPS, Scenario
from itnt_core.sky import EARTH_RADIUS_KM
from itnt_core.units import to_db, watts_to_dbm

from . import charts
from .ground import Ground
from .lesson import Chart, Equation, Knob, Lesson, Said, Value, Values, choice_knob, number_knob, say
from .needs import needs_satellite_and_user

IDEA = (
    "After {time_s:.0f} s, {user} sees {station} at {elevation_deg:.1f}° of elevation: it flies {altitude_km:,.0f} km "
    "high and is {range_km:,.0f} km away.",
    "Free space alone takes {space_db:.1f} dB on that way, {more_db:.1f} dB more than from the zenith.",
    "Its antenna gives {antenna_db:.1f} dBi towards {user}, who receives {received_dbm:.1f} dBm: {snr_db:.1f} dB over "
    "the noise of one subchannel.",
)
SEES = "The way is free: no clutter loss."
HIDDEN = "A building hides it: the clutter of the city takes {clutter_db:.1f} dB more."
HIDDEN_ELSE = "A building hides it; what that takes is up to the channel model '{model}', which is a plug-in's."
AIR = "Rain and gases, which the open scenario asks for, take {air_db:.2f} dB of that."
BELOW = "It is below the horizon of {user}: nothing arrives. Move the time, or choose another satellite."
IDLE = (
    "It does not serve now: another satellite holds its place, or it stands too low. It serves from {from_s:.0f} s to "
    "{to_s:.0f} s; nothing arrives before and after."
)
ISOTROPIC = (
    "With an antenna that prefers no direction the SNR would be {bare_db:.1f} dB: the beam is what makes a satellite "
    "worth choosing."
)
RANGE_TOLD = "The way to a satellite seen at an elevation, over a round Earth."
LOSS_TOLD = "Free-space loss, the way in kilometres and the carrier in gigahertz."
DRAWN = (
    "Elevation and SNR of {station} over the time window; at {time_s:.0f} s they are {elevation_deg:.1f}° and "
    "{snr_db:.1f} dB."
)
QUESTION = (
    "When in this window is {station} of most use to {user}, and how does it compare with the best base station on "
    "the ground?"
)
ANSWER_BEST = "At {best_s:.0f} s, with {best_db:.1f} dB of SNR and {best_deg:.1f}° of elevation."
ANSWER_GBS = "The best GBS for {user} is {mast}, with {mast_db:.1f} dB of SNR on a subchannel, when nobody interferes."


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
    title = "A satellite overhead"

    def missing(self, scenario: Scenario) -> Said | None:
        """Ask for a satellite and a user."""
        return needs_satellite_and_user(scenario)

    def knobs(self, ground: Ground, chosen: Values) -> tuple[Knob, ...]:
        """Return the satellite, the user, the moment and, of a hand-made pass, altitude and highest elevation."""
        ids, users, time = ground.world.sky.station_ids, ground.scenario.user_ids, ground.scenario.time
        station = str(chosen.get("station", ids[0]))
        row = ids.index(station)
        serving = np.flatnonzero(_serves(ground, row))
        middle = time.slot_s * (int(serving[(len(serving) - 1) // 2]) + 1)
        gain = ground.world.sky.radios[row].gain_dbi
        knobs = [
            choice_knob("station", "Satellite", ids, ids[0]),
            choice_knob("user", "User", users, users[-1]),
            number_knob("time", "Time", middle, "s", (time.slot_s, time.duration_s), time.slot_s),
            number_knob("gain", "Antenna gain", gain, "dBi", (0.0, 45.0), 1.0),
        ]
        for pass_ in ground.scenario.passes:
            if pass_.id == station:
                knobs.append(number_knob("altitude", "Altitude", pass_.altitude_km, "km", (160.0, 2000.0), 10.0))
                knobs.append(
                    number_knob("highest", "Highest elevation", pass_.max_elevation_deg, "°", (5.0, 90.0), 1.0)
                )
        return tuple(knobs)

    def teach(self, ground: Ground, values: Values) -> Lesson:
        """Compute the link over the window and at one moment of it."""
        station, user = str(values["station"]), str(values["user"])
        there = _changed(ground, values)
        column = there.world.sky.station_ids.index(station)
        link = sky_link(there, user, column)
        now = int(np.abs(link.time_s - float(values["time"])).argmin())
        facts = _facts(there, link, now, values, column)
        if link.elevation_deg[now] <= 0.0:
            idea: tuple[Said, ...] = (say(IDEA[0], **facts), say(BELOW, user=user))
        elif not link.serves[now]:
            times_s = link.time_s[link.serves]
            idea = (say(IDEA[0], **facts), say(IDLE, from_s=float(times_s[0]), to_s=float(times_s[-1])))
        else:
            sight = say(SEES) if link.sees[now] else _hidden(there.scenario, facts)
            air = (say(AIR, **facts),) if facts["air_db"] else ()
            idea = (*(say(text, **facts) for text in IDEA), sight, *air, say(ISOTROPIC, **facts))
        drawn = say(DRAWN, **facts)
        return Lesson(
            idea,
            _equations(there, link, now),
            _charts_of(link, now, drawn),
            say(QUESTION, station=station, user=user),
            _answer(there, link, user),
            _rows(there),
            "Satellites over the middle of the area",
        )


def _hidden(scenario: Scenario, facts: dict[str, Value]) -> Said:
    """Say what a building takes that stands between; of a plug-in's model nobody knows it here."""
    model = scenario.channel.model
    return say(HIDDEN, **facts) if model in BUILT_IN_CHANNEL_MODELS else say(HIDDEN_ELSE, model=model)


def sky_link(ground: Ground, user: str, column: int) -> SkyLink:
    """Return the link of a satellite (by column) to a user over all slots, an aerial one on its straight flight."""
    world = ground.world
    points, aerial = ground.way(user)
    sky_m = world.sky.position_m  # (slots, satellites, 3)
    gains, sight = world.links_at(points, np.arange(world.slots), aerial)
    gain, sees = gains[:, world.gbs_count + column], sight[:, world.gbs_count + column]
    way = sky_m[:, column] - points
    horizontal = np.hypot(way[:, 0], way[:, 1])
    distance = np.linalg.norm(way, axis=1) / 1e3
    centre = np.array([0.0, 0.0, EARTH_RADIUS_KM * 1e3])
    sent = world.station_max_power_w[world.gbs_count + column] / world.subchannels
    antenna_dbi = Transmitters(ground.scenario, world.sky).leo_antenna_db(points, sky_m)[:, column]
    return SkyLink(
        world.sky.time_s,
        np.degrees(np.arctan2(way[:, 2], horizontal)),
        distance,
        np.linalg.norm(sky_m[:, column] + centre, axis=1) / 1e3 - EARTH_RADIUS_KM,
        _serves(ground, column),
        sees,
        antenna_dbi,
        to_db(gain * sent / world.noise_w, 1e-12),
    )


def _serves(ground: Ground, column: int) -> NDArray[np.bool_]:
    """Say in which slots (slots,) a satellite serves."""
    sky = ground.world.sky
    return np.ones(len(sky.time_s), dtype=bool) if sky.serves is None else sky.serves[:, column]


def _changed(ground: Ground, values: Values) -> Ground:
    """Return the ground with the satellite as the knobs say."""
    scenario = ground.scenario
    source = scenario.satellite_source(str(values["station"]))
    if source is None:
        return ground
    changes: dict[str, object] = {"radio": source.radio.model_copy(update={"gain_dbi": float(values["gain"])})}
    if "altitude" in values:
        changes |= {"altitude_km": float(values["altitude"]), "max_elevation_deg": float(values["highest"])}
    changed = {
        group: tuple(one.model_copy(update=changes) if one is source else one for one in getattr(scenario, group))
        for group in SATELLITE_GROUPS
    }
    return ground.changed(scenario.model_copy(update=changed))


def _facts(ground: Ground, link: SkyLink, now: int, values: Values, column: int) -> dict[str, Value]:
    scenario, world = ground.scenario, ground.world
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
        "air_db": float(slant_loss(scenario)(link.elevation_deg[now : now + 1])[0]) if with_air else 0.0,
    }


def _equations(ground: Ground, link: SkyLink, now: int) -> tuple[Equation, ...]:
    carrier = ground.scenario.radio.carrier_ghz
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
        Equation(say(RANGE_TOLD), ahead, numbers),
        Equation(say(LOSS_TOLD), r"L = 92.45 + 20\log_{10} d + 20\log_{10} f_c", space),
    )


def _charts_of(link: SkyLink, now: int, drawn: Said) -> tuple[Chart, ...]:
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
        pictures.append(Chart(f"{name} over the window", drawn, charts.picture(layers, 200)))
    return tuple(pictures)


def _answer(ground: Ground, link: SkyLink, user: str) -> tuple[Said, ...]:
    best = int(link.snr_db.argmax())
    first = say(
        ANSWER_BEST,
        best_s=float(link.time_s[best]),
        best_db=float(link.snr_db[best]),
        best_deg=float(link.elevation_deg[best]),
    )
    if not ground.gbs_ids:
        return (first,)
    points, aerial = ground.way(user)
    heard = (ground.world.gains_at(points[best], best, aerial) * ground.share_w)[: len(ground.gbs_ids)]
    mast = int(heard.argmax())
    snr = to_db(float(heard[mast]) / ground.world.noise_w)
    return first, say(ANSWER_GBS, user=user, mast=ground.gbs_ids[mast], mast_db=snr)


def _rows(ground: Ground) -> tuple[dict[str, object], ...]:
    sky = ground.world.sky
    return tuple(
        {
            "Satellite": name,
            "Highest elevation, °": round(float(sky.elevation_deg[:, column].max()), 1),
            "Nearest, km": round(float(sky.range_km[:, column].min())),
            "Farthest, km": round(float(sky.range_km[:, column].max())),
        }
        for column, name in enumerate(sky.station_ids)
    )
