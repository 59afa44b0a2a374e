"""What bars the way of aerial users beside their own limits: buildings with a clearance, and no-fly zones."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from .names import NameText
from .part import Identifier, Part

MOST_CORNERS = 100  # of a zone: outlines of airports and cities have some tens
FARTHEST_M = 50_000.0  # of a corner from the anchor, as of everything else


class Airspace(Part):
    """How aerial users keep clear of buildings: not at all, as in the paper, or by a clearance along every leg."""

    obstacles: Literal["none", "buildings"] = Field(
        "none",
        description="Whether buildings bar the way of aerial users. With buildings they keep the clearance from every "
        "one of them, and their separation from one another, along the whole of every slot and not only at its end",
    )
    clearance_m: float = Field(
        10.0,
        ge=1.0,
        le=200.0,
        description="Used with buildings: no point of a flight is less than this beside a wall and at the same time "
        "less than this above the roof",
    )


def corners_text(corners_m: tuple[tuple[float, float], ...]) -> str:
    """Return the corners of a zone as a person types them: east and north in metres, corners apart by semicolons."""
    return "; ".join(f"{east_m:g} {north_m:g}" for east_m, north_m in corners_m)


def _corners_of(value: Any) -> Any:
    """Return corners typed as a text, or lists as JSON has them, as tuples; the model judges what is in them."""
    if isinstance(value, list):
        return tuple(tuple(pair) if isinstance(pair, list) else pair for pair in value)
    if not isinstance(value, str):
        return value
    try:
        return tuple(tuple(float(number) for number in pair.replace(",", " ").split()) for pair in value.split(";"))
    except ValueError as error:
        raise ValueError("corners are pairs of east and north in metres, as in '0 0; 100 0; 100 80'") from error


def _near(corners_m: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if any(abs(number) > FARTHEST_M for corner in corners_m for number in corner):
        raise ValueError(f"corners lie within {FARTHEST_M:,.0f} m of the anchor")
    return corners_m


Corners = Annotated[
    tuple[tuple[float, float], ...],
    Field(min_length=3, max_length=MOST_CORNERS),
    BeforeValidator(_corners_of),
    AfterValidator(_near),
]


class NoFlyZone(Part):
    """A polygon that no aerial user enters between two heights; its edge itself may be flown along."""

    id: Identifier
    name: NameText = Field("", max_length=80)
    corners_m: Corners  # east and north in local metres, in order; the last is joined to the first
    floor_m: float = Field(0.0, ge=0.0, le=1000.0)
    ceiling_m: float = Field(1000.0, gt=0.0, le=10_000.0)

    @property
    def east_m(self) -> float:
        """Return the mean east of the corners in local metres: where the zone's name stands."""
        return sum(east_m for east_m, _ in self.corners_m) / len(self.corners_m)

    @property
    def north_m(self) -> float:
        """Return the mean north of the corners in local metres."""
        return sum(north_m for _, north_m in self.corners_m) / len(self.corners_m)

    def moved_to(self, east_m: float, north_m: float) -> NoFlyZone:
        """Return the zone with its middle elsewhere, corners to the decimetre."""
        east, north = east_m - self.east_m, north_m - self.north_m
        corners = tuple((round(a + east, 1), round(b + north, 1)) for a, b in self.corners_m)
        return NoFlyZone(**{**dict(self), "corners_m": corners})
