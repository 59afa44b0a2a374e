"""No-fly zones as every map is handed them."""

from __future__ import annotations

from itnt_core.scenario import NoFlyZone

from .bundles import ZoneMeta


def zone_shape(zone: NoFlyZone) -> ZoneMeta:
    """Return a zone with its corners and heights in metres."""
    return {"id": zone.id, "outline": list(zone.corners_m), "heights": (zone.floor_m, zone.ceiling_m)}
