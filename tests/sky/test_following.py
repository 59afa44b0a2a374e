"""Following satellites closely only where they may be up: nothing is missed, however they fly and however many."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from itnt_core.passes import iso_utc, pass_rows, pass_table
from itnt_core.scenario import OrbitElements
from itnt_core.sky import Site, arcs_in_parts, following, visible_arcs
from itnt_core.sky.arcs import NEAR_HORIZON_DEG
from itnt_core.sky.earth import earth_angle_rad, teme_to_local_km, ut1_minus_utc_s
from itnt_core.sky.elements import propagated, satrec_of
from itnt_core.sky.geometry import EARTH_MU_KM3_S2

a_millimetre_km, two_metres_km = 1e-6, 2e-3
START = datetime(2026, 6, 21, 12, tzinfo=UTC)
HOURS = 7.3  # no whole number of minutes times twenty
KINDS = {  # perigee and apogee height in km, inclination in degrees
    "low": (450.0, 560.0, 53.0),
    "polar": (800.0, 820.0, 98.6),
    "retrograde": (1400.0, 1500.0, 144.0),
    "navigation": (20_150.0, 20_250.0, 55.0),
    "geostationary": (35_780.0, 35_790.0, 0.1),
    "transfer": (250.0, 35_700.0, 27.0),
    "Molniya": (600.0, 39_700.0, 63.4),
    "grazing": (105.0, 900.0, 70.0),
    "far": (10_000.0, 120_000.0, 30.0),
}
HIGH = ("navigation", "geostationary")  # between whose positions every five minutes there are curves
SITES = [Site(-0.1278, 51.5074), Site(25.7, 66.5, 200.0), Site(-78.5, 0.2, 2800.0)]


def satellites(kind, count=8):
    low, high, inclination = KINDS[kind]
    major = 6378.0 + 0.5 * (low + high)
    random = np.random.default_rng(len(kind))
    return [
        OrbitElements(
            name=f"{kind} {number}",
            norad_id=number + 1,
            epoch=START - timedelta(hours=3 * number),
            mean_motion_rev_day=float(np.sqrt(EARTH_MU_KM3_S2 / major**3) * 86_400.0 / (2.0 * np.pi)),
            eccentricity=0.5 * (high - low) / major,
            inclination_deg=inclination,
            raan_deg=float(random.uniform(0.0, 360.0)),
            perigee_argument_deg=float(random.uniform(0.0, 360.0)),
            mean_anomaly_deg=float(random.uniform(0.0, 360.0)),
        )
        for number in range(count)
    ]


def minute_by_minute(some, site, hours):
    """Return which minutes of which satellites begin or end near the horizon or above it, by SGP4 at every minute."""
    count = int(np.ceil(hours * 60.0))
    times_s = np.linspace(0.0, hours * 3600.0, count + 1)
    teme_km, _, errors, (whole, fractions) = propagated(map(satrec_of, some), START, times_s)
    local_km, _ = teme_to_local_km(teme_km, None, site, earth_angle_rad(whole, fractions, ut1_minus_utc_s(START)))
    level = np.hypot(local_km[..., 0], local_km[..., 1])
    near = (local_km[..., 2] > np.tan(np.radians(NEAR_HORIZON_DEG)) * level) & (errors == 0)
    pieces = (near[:, :-1] | near[:, 1:]) & (errors[:, :-1] == 0) & (errors[:, 1:] == 0)
    return [(int(row), int(minute)) for row, minute in zip(*np.nonzero(pieces), strict=True)], local_km


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_followed_is_every_minute_near_or_above_the_horizon(kind):
    some = satellites(kind)
    for site in SITES:
        expected, local_km = minute_by_minute(some, site, HOURS)
        arcs = visible_arcs(some, site, START, HOURS * 3600.0)
        minutes = np.rint(arcs.start_s / arcs.step_s).astype(int)
        assert set(zip(arcs.satellite.tolist(), minutes.tolist(), strict=True)) == set(expected)
        assert len(arcs.node_km) == len(arcs.arc) + len(np.unique(arcs.arc))
        begin = arcs.position_km(np.arange(len(arcs.arc)), arcs.start_s)
        np.testing.assert_allclose(
            begin, local_km[arcs.satellite, minutes], rtol=0.0, atol=two_metres_km if kind in HIGH else a_millimetre_km
        )


def test_some_at_a_time_they_are_followed_as_together(monkeypatch):
    some = [one for kind in KINDS for one in satellites(kind, 4)]
    whole = visible_arcs(some, SITES[0], START, 3 * 3600.0)
    table = pass_table(some, SITES[0], START, 3.0)
    monkeypatch.setattr(following, "NODES_AT_ONCE", 900)  # five satellites
    parts = list(arcs_in_parts(some, SITES[0], START, 3 * 3600.0))
    assert len(parts) > 4
    joined = visible_arcs(some, SITES[0], START, 3 * 3600.0)
    for name in ("satellite", "arc", "start_s", "node_km", "node_km_s"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))
    assert pass_table(some, SITES[0], START, 3.0).passes == table.passes


def test_a_few_satellites_can_be_followed_again_under_their_own_numbers():
    some = satellites("low", 12)
    table = pass_table(some, SITES[0], START, 6.0)
    whole, chosen = visible_arcs(some, SITES[0], START, 6 * 3600.0), [one.satellite for one in table.passes][:3]
    again = table.arcs_of(chosen)
    own = np.isin(whole.satellite, chosen)
    np.testing.assert_array_equal(again.satellite, whole.satellite[own])
    np.testing.assert_array_equal(again.start_s, whole.start_s[own])
    assert len(table.arcs_of([]).arc) == 0


def test_rows_may_be_written_in_parts_and_hold_the_moments_of_the_passes():
    table = pass_table(satellites("polar", 12), SITES[1], START, 24.0, 5.0)
    rows = pass_rows(table)
    assert [row for first in range(0, len(rows), 7) for row in pass_rows(table, first, first + 7)] == rows
    for row, one in zip(rows, table.passes, strict=True):
        expected = [iso_utc(table.moment(seconds)) for seconds in (one.rise_s, one.culmination_s, one.set_s)]
        assert [row["rise"], row["culmination"], row["set"]] == expected


def test_a_satellite_that_decays_within_the_window_is_followed_until_then():
    falling = OrbitElements(
        name="MINOTAUR R/B",
        norad_id=28872,
        epoch=START,
        mean_motion_rev_day=16.46015938,
        eccentricity=0.0303955,
        inclination_deg=96.4736,
        raan_deg=157.9986,
        perigee_argument_deg=244.0492,
        mean_anomaly_deg=110.6523,
        bstar=0.24476e-3,
    )
    for site in SITES:
        expected, _ = minute_by_minute([falling], site, HOURS)
        arcs = visible_arcs([falling], site, START, HOURS * 3600.0)
        assert [(0, round(second / arcs.step_s)) for second in arcs.start_s.tolist()] == expected
        assert arcs.failures == ((0, 6),)
