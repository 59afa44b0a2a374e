"""The scenario: every input of a study as one frozen, validated, versioned value.

Positions are local east / north / up metres around the area's anchor; heights are above ground. Every number here is
this project's own choice: the paper's text has lost its simulation set-up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

from pydantic import Field

from itnt_core.rate_laws import RateLaw, RateName, law_of

from .airspace import Airspace, NoFlyZone
from .antennas import Antenna, AntennaPattern
from .choices import ChannelModelName
from .names import LongText, NameText
from .part import Coordinate, Identifier, Part
from .satellites import SATELLITE_GROUPS, OrbitGroup, Pass, SatelliteRadio, SatelliteSource, UtcTime, WalkerShell
from .users import AerialUser, GroundUser

SCENARIO_VERSION: Literal[1] = 1  # of the form of scenario files

View = TypeVar("View", bound=Callable[..., Any])


class Area(Part):
    """The square under study, centred on its anchor."""

    lon: float = Field(-0.090, ge=-180.0, le=180.0)
    lat: float = Field(51.508, ge=-85.0, le=85.0)
    size_m: float = Field(4000.0, ge=200.0, le=20_000.0)

    def contains(self, east_m: float, north_m: float) -> bool:
        """Say whether a point in local metres lies in the square, edges included."""
        return max(abs(east_m), abs(north_m)) <= self.size_m / 2


class TimeGrid(Part):
    """The slots: slot t (1-based) ends at ``start + t * slot_s``; waypoint 0 is the start itself."""

    start: UtcTime = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
    slots: int = Field(60, ge=1, le=3600)
    slot_s: float = Field(2.0, ge=0.1, le=60.0)

    @property
    def duration_s(self) -> float:
        """Return the length of the whole window in seconds."""
        return self.slots * self.slot_s

    def moments(self) -> list[datetime]:
        """Return the start and the end of every slot (slots + 1), the moments of the waypoints, in UTC."""
        return [self.start + timedelta(seconds=slot * self.slot_s) for slot in range(self.slots + 1)]

    def index_of(self, slot: int) -> int:
        """Return the index of a 1-based slot on axes of slots (ValueError where the grid has no such slot)."""
        if not 1 <= slot <= self.slots:
            raise ValueError(f"The slot is {slot}, but 1 to {self.slots} is allowed: choose a slot of the time grid.")
        return slot - 1


class Radio(Part):
    """The shared band: K subchannels of one width, receiver noise, and the best modulation's rate."""

    carrier_ghz: float = Field(2.0, ge=0.5, le=6.0)
    subchannels: int = Field(10, ge=1, le=200)
    subchannel_khz: float = Field(180.0, ge=1.0, le=100_000.0)
    noise_dbm_per_hz: float = Field(-174.0, ge=-200.0, le=-100.0)
    noise_figure_db: float = Field(7.0, ge=0.0, le=30.0)
    spectral_efficiency_cap: float | None = Field(
        7.4, ge=0.5, le=30.0, description="The best modulation's, for Shannon's rate; other rate laws have their own"
    )
    # Left out of files while it holds its default: scenarios from before it keep their content hash.
    rate: RateName = Field(
        "shannon_capped",
        exclude_if=lambda chosen: chosen == "shannon_capped",
        description="What a link carries at an SINR. Shannon's log2(1 + SINR) up to the best rate; what is left of it "
        "in practice after 3GPP TR 36.942 (0.6 of it from -10 dB on, 4.4 bit/s/Hz at most); or the fifteen steps of "
        "NR's modulation and coding up to 256QAM, 3GPP TS 38.214. Below the least SINR of a law nobody is served",
    )

    @property
    def rate_law(self) -> RateLaw:
        """Return what links carry at an SINR."""
        return law_of(self.rate, self.spectral_efficiency_cap)


class Channel(Part):
    """The propagation model and its random parts."""

    model: ChannelModelName = "urban"
    deployment: Literal["uma", "umi"] = "uma"
    clutter: Literal["dense_urban", "urban", "suburban"] = "dense_urban"
    shadowing: bool = True
    fading: bool = True
    coherence_slots: int = Field(5, ge=1, le=3600)
    shadow_correlation_m: float = Field(50.0, ge=1.0, le=1000.0)
    # Left out of files while they hold their defaults, so that scenarios from before them keep their content hash.
    site_correlation: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        exclude_if=lambda share: share == 0.0,
        description="How alike the shadowing of a user towards two sites is: 0 not at all; system studies of 3GPP have "
        "0.5",
    )
    atmosphere: Literal["none", "itu"] = Field(
        "none",
        exclude_if=lambda chosen: chosen == "none",
        description="What the air takes from satellite links: nothing, or rain and gas after ITU-R P.618 and P.676 at "
        "the middle of the area",
    )
    rain_exceeded_percent: float = Field(
        0.1,
        ge=0.01,
        le=5.0,
        exclude_if=lambda percent: percent == 0.1,
        description="Used with rain and gas: the rain is as strong as it is for this share of an average year, or "
        "stronger",
    )


class City(Part):
    """Which buildings stand in the area: generated London, open ground, or an imported city by its content hash."""

    kind: Literal["london", "open", "imported"] = "london"
    seed: int = Field(1, ge=0, le=2**32 - 1)
    # Not written where there is none: the files and hashes of scenarios without an imported city stay as they were.
    content_hash: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", exclude_if=lambda value: value is None)


class GroundStation(Part):
    """A ground base station (GBS)."""

    id: Identifier
    name: NameText = Field("", max_length=80)
    east_m: Coordinate
    north_m: Coordinate
    height_m: float = Field(25.0, ge=1.0, le=500.0)
    max_power_w: float = Field(4.0, gt=0.0, le=1000.0)
    max_users: int | None = Field(None, ge=1, le=10_000)
    antenna: Antenna = Antenna()

    @property
    def position_m(self) -> tuple[float, float, float]:
        """Return east, north and height in local metres."""
        return self.east_m, self.north_m, self.height_m


class Qos(Part):
    """The SINR floor gamma0 of a served user under the two conventions."""

    min_sinr_always_on_db: float = Field(-5.0, ge=-30.0, le=30.0)
    min_sinr_active_db: float = Field(0.0, ge=-30.0, le=30.0)


class Handover(Part):
    """What a change of server costs a user; all of it is off in a new scenario.

    A user changes its server where it is linked to another station than the one that it was last linked to.
    """

    interrupts: bool = Field(
        False,
        description="A user receives nothing while it changes its server: the data of that part of the slot is lost",
    )
    ground_interruption_s: float = Field(
        0.05,  # of the order of what LTE and NR allow between two ground cells (TS 38.133, 6.1.1)
        ge=0.0,
        le=60.0,
        description="How long a change from one GBS to another takes; at most a slot of it counts",
    )
    satellite_interruption_s: float = Field(
        0.25,  # this project's choice: random access over a slant range of 500 to 2,000 km, and the search before it
        ge=0.0,
        le=60.0,
        description="How long a change to or from a satellite takes; at most a slot of it counts",
    )
    price_mbit: float = Field(
        0.0, ge=0.0, le=1e6, description="How much data a plan may give away to save one change of server"
    )
    min_stay_slots: int = Field(
        1, ge=1, le=3600, description="After a change of server a user does not change again before so many slots"
    )

    @property
    def couples(self) -> bool:
        """Say whether slots depend on one another through it."""
        return self.interrupts or self.price_mbit > 0.0 or self.min_stay_slots > 1


class Scenario(Part):
    """One complete question. Construct it with :func:`itnt_core.scenario.scenario_of_data` to get every check."""

    version: Literal[1] = SCENARIO_VERSION
    name: NameText = Field("untitled", min_length=1, max_length=80)
    description: LongText = Field("", max_length=2000)
    seed: int = Field(1, ge=0, le=2**32 - 1)
    area: Area = Area()
    time: TimeGrid = TimeGrid()
    radio: Radio = Radio()
    channel: Channel = Channel()
    city: City = City()
    qos: Qos = Qos()
    # Left out while it holds its default, as the orbits below.
    objective: Literal["sum", "proportional", "max_min", "alpha"] = Field(
        "sum",
        exclude_if=lambda chosen: chosen == "sum",
        description="What is large in a good answer. All data: their sum. Proportional fairness: their geometric mean, "
        "so that 10 % more for one user weighs as much as 10 % more for any other. Max-min fairness: the data of the "
        "user who gets least. Alpha-fairness: all of these and what lies between, by the number below",
    )
    alpha: float = Field(
        2.0,
        ge=0.0,
        le=20.0,
        exclude_if=lambda value: value == 2.0,
        description="Used with alpha-fairness: 0 is all data, 1 proportional fairness, and the larger the nearer to "
        "max-min fairness",
    )
    coverage: Literal["first", "priced", "ignored"] = Field(
        "first",
        exclude_if=lambda chosen: chosen == "first",
        description="What an unserved user slot costs. Coverage first, as the paper's P1 has it: as many user slots as "
        "possible are served, and among such answers the one with most data is best. Priced: each costs the data named "
        "below. Data alone: nothing, however few users get it",
    )
    coverage_price_mbit: float = Field(
        1.0,
        ge=0.0,
        le=10_000.0,
        exclude_if=lambda value: value == 1.0,
        description="Used with priced coverage: the data that an unserved user slot costs, Mbit",
    )
    pfd_limit_dbw_m2_mhz: float | None = Field(
        None,
        ge=-200.0,
        le=-50.0,
        exclude_if=lambda limit: limit is None,
        description="Most power flux density of a satellite at the ground, dBW per square metre and MHz, in free space "
        "where its beam points; empty: no limit. Each subchannel of a satellite sends at most what that leaves it",
    )
    handover: Handover = Field(Handover(), exclude_if=lambda part: part == Handover())
    ground_stations: tuple[GroundStation, ...] = Field((), max_length=500)
    passes: tuple[Pass, ...] = Field((), max_length=64)
    walker_shells: tuple[WalkerShell, ...] = Field((), max_length=8)
    # Left out of files and of the content hash while empty: scenarios from before it keep their hash.
    orbits: tuple[OrbitGroup, ...] = Field((), max_length=8, exclude_if=lambda groups: not groups)
    aerial_users: tuple[AerialUser, ...] = Field((), max_length=200)
    ground_users: tuple[GroundUser, ...] = Field((), max_length=5000)
    antenna_patterns: tuple[AntennaPattern, ...] = Field((), max_length=32, exclude_if=lambda held: not held)
    # Both are left out while the air is free, as it is in scenarios from before them.
    airspace: Airspace = Field(Airspace(), exclude_if=lambda airspace: airspace == Airspace())
    no_fly_zones: tuple[NoFlyZone, ...] = Field((), max_length=64, exclude_if=lambda zones: not zones)

    @property
    def user_ids(self) -> tuple[str, ...]:
        """Return all user ids: aerial users first, then ground users (the order of every user axis)."""
        return tuple(user.id for user in self.all_users)

    @property
    def all_users(self) -> tuple[AerialUser | GroundUser, ...]:
        """Return all users in the order of :attr:`user_ids`."""
        return (*self.aerial_users, *self.ground_users)

    @property
    def users_with_needs(self) -> tuple[AerialUser | GroundUser, ...]:
        """Return who does not take all that comes, needs so much at least, or counts otherwise than once."""
        usual = (None, None, 1.0)
        needs = {user.id: (user.demand_mbit_s, user.min_rate_mbit_s, user.priority) for user in self.all_users}
        return tuple(user for user in self.all_users if needs[user.id] != usual)

    def antenna_pattern(self, antenna: Antenna) -> AntennaPattern | None:
        """Return the measured pattern that an antenna names, None where it names none that the scenario holds."""
        return next((one for one in self.antenna_patterns if one.id == antenna.pattern), None)

    @property
    def has_obstacles(self) -> bool:
        """Say whether anything bars the way of aerial users: then legs count as a whole, not their ends alone."""
        return self.airspace.obstacles != "none" or bool(self.no_fly_zones)

    @property
    def has_budgets(self) -> bool:
        """Say whether an aerial user has an energy budget."""
        return any(user.energy_budget_kj is not None for user in self.aerial_users)

    @property
    def satellite_sources(self) -> tuple[SatelliteSource, ...]:
        """Return what brings satellites, in the order of the sky's columns: passes, Walker shells, imported groups."""
        return (*self.passes, *self.walker_shells, *self.orbits)

    def without_satellites(self) -> Scenario:
        """Return the scenario with nothing that brings a satellite."""
        return self.model_copy(update=dict.fromkeys(SATELLITE_GROUPS, ()))

    @property
    def satellite_count(self) -> int:
        """Return how many satellites may serve: passes, those used of each shell, all of each group."""
        return sum(source.most_satellites for source in self.satellite_sources)

    def satellite_source(self, station_id: str) -> SatelliteSource | None:
        """Return what brings the satellite with a station id, None where nothing of the scenario does."""
        return next((source for source in self.satellite_sources if source.brings(station_id)), None)

    def satellite_radio(self, station_id: str) -> SatelliteRadio | None:
        """Return what the satellite with a station id transmits, None where no satellite of the scenario has it."""
        source = self.satellite_source(station_id)
        return None if source is None else source.radio

    def taken_ids(self, group: str) -> frozenset[str]:
        """Return the ids that a new member of a group (a field such as ``passes``) must not have.

        Users share their ids, and so do GBSs and everything that brings satellites, imported satellites included.
        Satellites of Walker shells, 'shell-1-1', are named by no prefix that :func:`itnt_core.scenario.free_id` uses.
        """
        if group in ("aerial_users", "ground_users"):
            return frozenset(self.user_ids)
        if group == "antenna_patterns":
            return frozenset(pattern.id for pattern in self.antenna_patterns)
        if group == "no_fly_zones":
            return frozenset(zone.id for zone in self.no_fly_zones)
        imported = (one.station_id(satellite) for one in self.orbits for satellite in one.satellites)
        members = (*self.ground_stations, *self.satellite_sources)
        return frozenset((*(member.id for member in members), *imported))

    @classmethod
    def add_view(cls, name: str) -> Callable[[View], View]:
        """Return a decorator that offers a function of a scenario as its method (ValueError for a name that it has).

        By it :mod:`itnt_core.api` gives scenarios tables and maps, which need rooms that stand above this one.
        """

        def offer(view: View) -> View:
            known = getattr(cls, name, None)
            is_again = known is not None and getattr(known, "__module__", None) == view.__module__  # a reloaded module
            if name in cls.model_fields or not (known is None or is_again):
                raise ValueError(f"A scenario has '{name}' already: give the view another name.")
            setattr(cls, name, view)
            return view

        return offer

    def content_hash(self) -> str:
        """Return the SHA-256 of the canonical JSON of the scenario, hexadecimal."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
