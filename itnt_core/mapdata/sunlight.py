"""The light of a scenario's hour, for the map."""

from __future__ import annotations

from itnt_core.scenario import Scenario
from itnt_core.sky import sun_angles_deg

from .bundles import Sun


def sun_over(scenario: Scenario) -> Sun:
    """Return where the sun stands over the area when the scenario begins, to a tenth of a degree."""
    azimuth, elevation = sun_angles_deg(scenario.time.start, scenario.area.lon, scenario.area.lat)
    return {"azimuth_deg": round(azimuth, 1), "elevation_deg": round(elevation, 1)}
