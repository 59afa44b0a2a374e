"""A link to a satellite whose budget is known: 3GPP TR 38.821, case SC9 downlink, as a scenario."""

from __future__ import annotations

from itnt_core.radio import named_generator
from itnt_core.scenario import Area, Channel, City, GroundUser, Pass, Radio, SatelliteRadio, Scenario, free_ids
from itnt_core.units import from_db

ALTITUDE_KM, ELEVATION_DEG = 600.0, 30.0  # LEO-600 at its target elevation (TR 38.821 table 6.1.3.2-1)
DENSITY_DBW_MHZ, PEAK_DBI, APERTURE_M = 34.0, 30.0, 1.0  # set 1, S band; the aperture is a radius
SET_ONE = "TR 38.821 table 6.1.1.1-1, set 1, second-hand"
NOISE_FIGURE_DB = 7.0  # handheld, TR 38.821 table 6.1.1.1-3
NOISE_DBM_PER_HZ = -173.975  # k T at 290 K
CARRIER_GHZ, SUBCHANNELS, SUBCHANNEL_KHZ = 2.0, 10, 3000.0  # 30 MHz in all
LINKED_USERS, SIZE_M = 10, 2000.0  # one user a subchannel, on a square


def satellite_link(seed: int = 1, users: int = LINKED_USERS) -> Scenario:
    """Return open ground under one satellite of LEO-600 in the S band, and users with handhelds placed by the seed.

    At its highest, at the end of a slot, it stands at 30 degrees. No shadowing: a budget has a margin for it. Suburban,
    where most users see the satellite.
    """
    points_m = named_generator(seed, "satellite link").uniform(-SIZE_M / 2.0, SIZE_M / 2.0, (users, 2)).round(1)
    power_w = round(SUBCHANNELS * SUBCHANNEL_KHZ / 1000.0 * from_db(DENSITY_DBW_MHZ - PEAK_DBI), 6)
    return Scenario(
        name="Calibration, satellite link, 2 GHz",
        description="The link budget SC9 downlink of 3GPP TR 38.821, clause 6.1.3, as a scenario",
        seed=seed,
        area=Area(size_m=SIZE_M),
        radio=Radio(
            carrier_ghz=CARRIER_GHZ,
            subchannels=SUBCHANNELS,
            subchannel_khz=SUBCHANNEL_KHZ,
            noise_dbm_per_hz=NOISE_DBM_PER_HZ,
            noise_figure_db=NOISE_FIGURE_DB,
        ),
        channel=Channel(clutter="suburban", shadowing=False, fading=False),
        city=City(kind="open"),
        passes=(
            Pass(
                id="leo-1",
                name="LEO-600 at 30 degrees",
                altitude_km=ALTITUDE_KM,
                max_elevation_deg=ELEVATION_DEG,
                radio=SatelliteRadio(max_power_w=power_w, gain_dbi=PEAK_DBI, beam_aperture_m=APERTURE_M),
            ),
        ),
        ground_users=tuple(
            GroundUser(id=name, east_m=float(east), north_m=float(north))
            for (east, north), name in zip(points_m, free_ids("ground_users", ()), strict=False)
        ),
    )
