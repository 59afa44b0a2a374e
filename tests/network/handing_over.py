"""The tiny scenario with imported satellites, of which one serves at a time and hands over to the next."""

from itnt_core.scenario import OrbitElements, OrbitGroup, TimeGrid
from itnt_core.sky import choose_satellites

LEAST_DEG = 40.0


def handing_over(tiny, **changes):
    """Return the tiny scenario over ten slots of 30 s, with the satellites of a dense shell that serve in them."""
    start = tiny.time.start
    satellites = tuple(
        OrbitElements(
            norad_id=100 * plane + place,
            epoch=start,
            mean_motion_rev_day=15.2,
            eccentricity=0.0,
            inclination_deg=53.0,
            raan_deg=10.0 * plane,
            perigee_argument_deg=0.0,
            mean_anomaly_deg=20.0 * place,
        )
        for plane in range(36)
        for place in range(18)
    )
    time = TimeGrid(start=start, slots=10, slot_s=30.0)
    chosen = choose_satellites(satellites, tiny.area, time, 1, LEAST_DEG).indices
    members = tuple(satellites[index] for index in chosen)
    group = OrbitGroup(id="sky-1", satellites_used=1, min_elevation_deg=LEAST_DEG, satellites=members)
    return tiny.model_copy(update={"time": time, "orbits": (group,), **changes})
