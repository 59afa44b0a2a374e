"""Users: aerial ones with their missions, ground ones who stand, move or are indoors; each a part of a scenario."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .names import NameText
from .needs import Demand, MinRate, Priority
from .part import Coordinate, Identifier, Part


class Point(Part):
    """A point in the air: east and north of the anchor and height above ground, metres."""

    east_m: Coordinate
    north_m: Coordinate
    height_m: float = Field(100.0, ge=0.0, le=1000.0)

    @property
    def position_m(self) -> tuple[float, float, float]:
        """Return east, north and height in local metres."""
        return self.east_m, self.north_m, self.height_m


class AerialUser(Part):
    """An aerial user (AU) with its mission and flight limits."""

    id: Identifier
    name: NameText = Field("", max_length=80)
    start: Point
    destination: Point
    max_speed_m_s: float = Field(45.0, gt=0.0, le=150.0)
    max_vertical_speed_m_s: float = Field(5.0, ge=0.0, le=50.0)
    min_height_m: float = Field(50.0, ge=1.0, le=300.0)
    max_height_m: float = Field(300.0, ge=1.0, le=300.0)
    min_separation_m: float = Field(50.0, ge=0.0, le=1000.0)
    demand_mbit_s: Demand = None
    min_rate_mbit_s: MinRate = None
    priority: Priority = 1.0
    # Left out while there is none, so that scenarios from before it keep their content hash.
    energy_budget_kj: float | None = Field(
        None,
        gt=0.0,
        le=1e6,
        exclude_if=lambda budget: budget is None,
        description="What the battery holds for the whole flight, in kilojoules; empty means as much as is wanted",
    )


# Seconds after the start, east and north in metres.
PathPoint = tuple[Annotated[float, Field(ge=0.0, le=90_000.0)], Coordinate, Coordinate]


class GroundUser(Part):
    """A ground user (GU), who stands still unless a ``path`` leads on from its place."""

    id: Identifier
    name: NameText = Field("", max_length=80)
    east_m: Coordinate
    north_m: Coordinate
    height_m: float = Field(1.5, ge=0.5, le=22.0)
    demand_mbit_s: Demand = None
    min_rate_mbit_s: MinRate = None
    priority: Priority = 1.0
    # Left out of files at their defaults, as all that came later.
    indoor: Literal["no", "low_loss", "high_loss"] = Field(
        "no",
        exclude_if=lambda where: where == "no",
        description="Outdoors, or in a building that takes little (old glass, concrete) or much (coated glass) of all "
        "links, after 3GPP TR 38.901 clause 7.4.3",
    )
    floor: int = Field(
        1, ge=1, le=8, exclude_if=lambda floor: floor == 1, description="Of a user indoors; 1 is the ground floor"
    )
    depth_m: float | None = Field(
        None,
        ge=0.0,
        le=25.0,
        exclude_if=lambda metres: metres is None,
        description="How far behind the outer wall a user indoors is; empty: drawn from the seed",
    )

    path: tuple[PathPoint, ...] = Field(
        (),
        max_length=4000,
        exclude_if=lambda points: not points,
        description="Where a moving user is later: seconds after the start, east and north in metres, in straight "
        "lines at even speeds; it begins at the user's own place and stays at the last point",
    )

    @property
    def moves(self) -> bool:
        """Say whether the user has a path."""
        return bool(self.path)

    @property
    def is_indoors(self) -> bool:
        """Say whether the user is in a building."""
        return self.indoor != "no"

    @property
    def position_m(self) -> tuple[float, float, float]:
        """Return east, north and height in local metres; indoors the floor says how high."""
        return self.east_m, self.north_m, floor_height_m(self.floor) if self.is_indoors else self.height_m


def floor_height_m(floor: int) -> float:
    """Return how high a user on a floor (1: the ground floor) is: 3 (n - 1) + 1.5 m (TR 38.901 table 7.2-1)."""
    return 3.0 * (floor - 1) + 1.5
