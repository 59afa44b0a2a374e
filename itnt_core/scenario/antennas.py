"""The antennas of base stations: round ones, sectors, and patterns that somebody measured."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .names import NameText
from .part import Identifier, Part

CUT_DEGREES = 360  # values of a cut, one a degree
# In dB: files of makers go down to 60 or so; what is lower cannot be measured.
Attenuation = Annotated[float, Field(ge=0.0, le=200.0)]
Cut = Annotated[tuple[Attenuation, ...], Field(min_length=CUT_DEGREES, max_length=CUT_DEGREES)]


class AntennaPattern(Part):
    """A measured pattern, its two cuts embedded: what is lost in dB of the peak gain, a value per degree.

    ``horizontal_db[n]`` is n degrees clockwise from the main direction as seen from above, ``vertical_db[n]`` n degrees
    below the horizon in the main direction: 90 is straight down, 180 behind, 270 straight up (MSI Planet).
    """

    id: Identifier
    name: NameText = Field("", max_length=80)
    frequency_mhz: float | None = Field(None, ge=1.0, le=1_000_000.0)
    gain_dbi: float = Field(ge=-10.0, le=40.0)
    horizontal_db: Cut
    vertical_db: Cut


class Antenna(Part):
    """A base station's antenna: isotropic, or a vertical array tilted electrically downwards, round or a sector."""

    kind: Literal["tilted_array", "isotropic", "sector", "measured"] = "tilted_array"
    gain_dbi: float = Field(8.0, ge=-10.0, le=40.0)
    downtilt_deg: float = Field(
        10.0, ge=-30.0, le=60.0, description="Electrical tilt of arrays; a measured pattern has its tilt in its file"
    )
    # Left out of files at their defaults, as all that came later.
    azimuth_deg: float = Field(
        0.0,
        ge=0.0,
        lt=360.0,
        exclude_if=lambda degrees: degrees == 0.0,
        description="Main direction of a sector or a measured pattern, clockwise from north",
    )
    elements: int = Field(
        8,
        ge=1,
        le=64,
        exclude_if=lambda count: count == 8,
        description="Elements of a sector above one another, half a wavelength apart (3GPP TR 38.901)",
    )
    pattern: Identifier | None = Field(
        None,
        exclude_if=lambda name: name is None,
        description="Id of the measured pattern, one of those that the scenario holds",
    )

    @property
    def is_directional(self) -> bool:
        """Say whether it sends more to one side than to another."""
        return self.kind in ("sector", "measured")
