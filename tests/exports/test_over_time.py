"""CZML and the tables for channel emulators: satellites where skyfield has them, delays, shifts and gains anew."""

import io
import json
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from skyfield.api import EarthSatellite, load, wgs84
from skyfield.framelib import itrs

from itnt_core.exports import export
from itnt_core.scenario import lonlat_to_local
from itnt_core.sky.elements import satrec_of

LIGHT_M_S = 299_792_458.0


@pytest.fixture(scope="module")
def packets(london):
    return {packet["id"]: packet for packet in json.loads(export(london, "czml"))}


@pytest.fixture(scope="module")
def channel(london):
    return pd.read_csv(io.BytesIO(export(london, "channel")), comment="#")


@pytest.fixture(scope="module")
def ephemeris(london):
    return pd.read_csv(io.BytesIO(export(london, "ephemeris")), comment="#")


@pytest.fixture(scope="module")
def theirs(london):
    """Return skyfield's satellites of the scenario's group by the ids of its stations."""
    clock = load.timescale(builtin=True)
    (group,) = london.scenario.orbits
    return {group.station_id(one): EarthSatellite.from_satrec(satrec_of(one), clock) for one in group.satellites}, clock


def samples(packet):
    position = packet["position"]
    start = datetime.fromisoformat(position["epoch"])
    rows = np.reshape(position["cartographicDegrees"], (-1, 4))
    return [start + timedelta(seconds=second) for second in rows[:, 0]], rows[:, 1:]


def test_flights_in_czml_are_the_answers_to_the_centimetre_in_utc(london, packets):
    scenario = london.scenario
    for column, user in enumerate(scenario.aerial_users):
        moments, places = samples(packets[user.id])
        assert moments == scenario.time.moments() and moments[0].utcoffset() == timedelta(0)
        flat = lonlat_to_local(places[:, 0], places[:, 1], scenario.area.lon, scenario.area.lat)
        wanted = london.result.dataset["position_m"].values[:, column]
        assert np.column_stack([*flat, places[:, 2]]) == pytest.approx(wanted, abs=0.01)
    first, last = packets["document"]["clock"]["interval"].split("/")
    assert [datetime.fromisoformat(first), datetime.fromisoformat(last)] == [moments[0], moments[-1]]


def test_satellites_in_czml_are_where_skyfield_has_them(packets, theirs):
    satellites, clock = theirs
    assert len(satellites) >= 2
    for name, satellite in satellites.items():
        moments, places = samples(packets[name])
        there = [wgs84.latlon(lat, lon, elevation_m=up).itrs_xyz.m for lon, lat, up in places]
        wanted = satellite.at(clock.from_datetimes(moments)).frame_xyz(itrs).m.T
        assert np.linalg.norm(there - wanted, axis=1).max() < 50.0  # polar motion and UT1 are theirs


def test_a_line_in_czml_is_shown_in_the_slots_of_its_link_and_no_others(london, packets):
    data, time = london.result.dataset, london.scenario.time
    serving = data["serving_station"].values
    found = set()
    for packet in packets.values():
        if "polyline" not in packet:
            continue
        _, user, station = packet["id"].split()
        assert packet["polyline"]["positions"]["references"] == [f"{user}#position", f"{station}#position"]
        spans = packet["availability"] if isinstance(packet["availability"], list) else [packet["availability"]]
        for first, last in (map(datetime.fromisoformat, span.split("/")) for span in spans):
            slots = [round((moment - time.start).total_seconds() / time.slot_s) for moment in (first, last)]
            found |= {(slot, user, station) for slot in range(slots[0], slots[1])}
    users, stations = data["user"].values.astype(str), data["station"].values.astype(str)
    wanted = {
        (slot, users[user], stations[serving[slot, user]])
        for slot, user in np.ndindex(serving.shape)
        if serving[slot, user] >= 0
    }
    assert found == wanted


def test_ranges_and_shifts_of_satellites_are_skyfields(london, channel, theirs):
    """At the anchor of the frame, where its flat ground touches the ellipsoid, both speak of the same place."""
    satellites, clock = theirs
    area, carrier_hz = london.scenario.area, london.scenario.radio.carrier_ghz * 1e9
    user = london.scenario.ground_users[0]
    observer = wgs84.latlon(area.lat, area.lon)
    east = np.array([user.east_m, user.north_m, user.height_m])
    for name, satellite in satellites.items():
        rows = channel[(channel.user == user.id) & (channel.station == name)]
        moments = clock.from_datetimes(list(pd.to_datetime(rows.time_utc, format="ISO8601")))
        up, around, away, up_rate, around_rate, away_rate = (
            (satellite - observer).at(moments).frame_latlon_and_rates(observer)
        )
        angles = up.radians, around.radians
        direction = np.array(
            [np.cos(angles[0]) * np.sin(angles[1]), np.cos(angles[0]) * np.cos(angles[1]), np.sin(angles[0])]
        )
        place = direction * away.m - east[:, None]
        rise, turn = up_rate.radians.per_second, around_rate.radians.per_second
        moved = direction * away_rate.m_per_s + away.m * np.array(
            [
                -np.sin(angles[0]) * np.sin(angles[1]) * rise + np.cos(angles[0]) * np.cos(angles[1]) * turn,
                -np.sin(angles[0]) * np.cos(angles[1]) * rise - np.cos(angles[0]) * np.sin(angles[1]) * turn,
                np.cos(angles[0]) * rise,
            ]
        )
        distance = np.linalg.norm(place, axis=0)
        speed = (place * moved).sum(axis=0) / distance
        assert rows.range_m.to_numpy() == pytest.approx(distance, abs=50.0)
        assert rows.delay_s.to_numpy() == pytest.approx(distance / LIGHT_M_S, abs=2e-7)
        assert rows.doppler_hz.to_numpy() == pytest.approx(-speed / LIGHT_M_S * carrier_hz, abs=1.0)


def test_ground_links_have_the_answers_ranges_shifts_and_gains(london, channel):
    scenario, world = london.scenario, london.world
    user = scenario.aerial_users[0]
    flight = london.result.dataset["position_m"].values[:, 0]
    for number, station in enumerate(scenario.ground_stations):
        rows = channel[(channel.user == user.id) & (channel.station == station.id)]
        distance = np.linalg.norm(flight - np.array(station.position_m), axis=1)
        assert rows.range_m.to_numpy() == pytest.approx(distance[1:], abs=1e-3)
        # how far the range changes over a very short way along the slot's straight line
        short = (flight[1:] - flight[:-1]) * 1e-6 / scenario.time.slot_s
        before = np.linalg.norm(flight[1:] - short - np.array(station.position_m), axis=1)
        shift = -(distance[1:] - before) / 1e-6 / LIGHT_M_S * scenario.radio.carrier_ghz * 1e9
        assert rows.doppler_hz.to_numpy() == pytest.approx(shift, abs=0.01)
        gains = [world.gains_at(flight[slot + 1][None], slot, aerial=True)[0, number] for slot in range(world.slots)]
        assert rows.gain_db.to_numpy() == pytest.approx(10.0 * np.log10(gains), abs=1e-3)
    serving = london.result.dataset["serving_station"].values
    assert channel.linked.sum() == (serving >= 0).sum()
    assert len(channel) == world.slots * world.user_count * world.station_count


def test_a_satellite_that_does_not_serve_has_no_gain(london, channel):
    sky = channel[channel.station_kind == "leo"]
    silent = sky.groupby("slot").gain_db.apply(lambda gains: gains.isna().any())
    assert silent.any() and not channel[channel.linked == 1].gain_db.isna().any()


def test_the_ephemeris_of_satellites_is_skyfields_in_place_and_speed(ephemeris, theirs):
    satellites, clock = theirs
    for name, satellite in satellites.items():
        rows = ephemeris[ephemeris.id == name]
        moments = clock.from_datetimes(list(pd.to_datetime(rows.time_utc, format="ISO8601")))
        place, speed = satellite.at(moments).frame_xyz_and_velocity(itrs)
        assert rows[["x_m", "y_m", "z_m"]].to_numpy() == pytest.approx(place.m.T, abs=50.0)
        assert rows[["vx_m_s", "vy_m_s", "vz_m_s"]].to_numpy() == pytest.approx(speed.m_per_s.T, abs=0.1)


def test_the_ephemeris_of_flights_is_where_skyfield_puts_their_degrees(london, ephemeris):
    user = london.scenario.aerial_users[0]
    rows = ephemeris[ephemeris.id == user.id]
    there = wgs84.latlon(rows.lat_deg.to_numpy(), rows.lon_deg.to_numpy(), elevation_m=rows.height_m.to_numpy())
    assert rows[["x_m", "y_m", "z_m"]].to_numpy() == pytest.approx(there.itrs_xyz.m.T, abs=0.01)
    flown = np.diff(london.result.dataset["position_m"].values[:, 0], axis=0) / london.scenario.time.slot_s
    speed = np.linalg.norm(rows[["vx_m_s", "vy_m_s", "vz_m_s"]].to_numpy(), axis=1)
    assert speed == pytest.approx(np.linalg.norm(flown, axis=1), rel=1e-3)
    assert (ephemeris[ephemeris.kind == "gbs"][["vx_m_s", "vy_m_s", "vz_m_s"]] == 0.0).all(axis=None)


@pytest.mark.parametrize("name", ["channel", "ephemeris"])
def test_every_column_is_described_in_front_of_the_table(london, name):
    head = [line[2:] for line in export(london, name).decode().splitlines() if line.startswith("#")]
    described = [line.partition(":")[0] for line in head[2:]]
    assert described == list(pd.read_csv(io.BytesIO(export(london, name)), comment="#").columns)
    assert f"carrier_hz: {london.scenario.radio.carrier_ghz * 1e9:.0f}" in head[1]
