"""The question of the second system: a network, its traffic, how wrong the twin is, and how the band is planned."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import FailFast, Field, ValidationError

from itnt_core.scenario import (
    STORED,
    Airspace,
    DataLimits,
    Handover,
    NameText,
    Part,
    Problem,
    Qos,
    Scenario,
    ScenarioError,
    UtcTime,
    as_json,
    check_limits,
    plain_data,
    problems_of,
    read_file,
    scenario_of_data,
)

TWIN_VERSION: Literal[1] = 1  # of the form of twin scenario files
KIND = "spectrum sharing"
FIRST_BINS = 1  # of a traffic series, from which the first forecast is made
MOST_CELLS, MOST_BINS = 64, 3100  # of a traffic series: three weeks of ten minutes, with room
TWIN_LIMITS = DataLimits(values=600_000)  # a network, and two series of 64 times 3100 numbers
MOST_SIZE = 60 * 8 * 6  # users x sub-bands x cycles of a window that a plan is made for
MOST_GAINS = 20_000_000  # transmitters x users x cycles of all windows, about 100 bytes of each

Forecaster = Literal[
    "persistence", "same_time_yesterday", "seasonal_naive", "ar_residual", "ar_and_boosted", "own_file", "perfect"
]
Level = Annotated[float, Field(ge=0.0, le=1e15)]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0)]
Latitude = Annotated[float, Field(ge=-85.0, le=85.0)]


def is_nothing(value: float) -> bool:
    """Say whether a number is zero, and so need not be written: questions of before keep their hash."""
    return value == 0


class TrafficSeries(Part):
    """Activity of cells over time in steps of equal length; any unit, because it is scaled to the mean load."""

    start: UtcTime
    step_s: float = Field(600.0, ge=60.0, le=3600.0)
    cells: tuple[Annotated[NameText, Field(min_length=1, max_length=40)], ...] = Field(
        min_length=1, max_length=MOST_CELLS
    )
    # Of each row the first wrong number is told: a file of 200,000 wrong ones would take seconds and gigabytes.
    activity: tuple[Annotated[tuple[Level, ...], FailFast(), Field(min_length=2, max_length=MOST_BINS)], ...]
    places: tuple[tuple[Longitude, Latitude], ...] | None = Field(
        None,
        exclude_if=lambda places: places is None,
        description="degrees east and north of each cell: users are in the nearest; without, in one after the other",
    )


class Traffic(Part):
    """Where the demand comes from and how the twin forecasts it."""

    mean_load_mbit_s: float = Field(8.0, ge=0.01, le=1000.0, description="mean of all users over a day")
    place_sigma: float = Field(0.6, ge=0.0, le=2.0, description="lognormal spread over users; 1.21 was measured")
    residual_rho: float = Field(0.95, ge=0.0, lt=1.0, description="of the ten-minute log residual, AR(1)")
    residual_sigma: float = Field(0.14, ge=0.0, le=1.0, description="innovation of the ten-minute log residual")
    cycle_sigma: float = Field(0.2, ge=0.0, le=1.0, description="log fluctuation from cycle to cycle")
    burst_shape: float = Field(4.0, ge=0.1, le=1000.0, description="of the gamma law of a slot; small is bursty")
    forecaster: Forecaster = Field("ar_residual", description="how the twin forecasts the load")
    series: TrafficSeries | None = None
    own_forecast: TrafficSeries | None = None


class TwinError(Part):
    """How wrong the twin is: shadowing it does not know, and an error on top of its forecast."""

    csi_tn_sigma_db: float = Field(4.0, ge=0.0, le=12.0, description="of gains of base stations")
    csi_ntn_sigma_db: float = Field(1.0, ge=0.0, le=12.0, description="of gains of satellites")
    csi_rho: float = Field(0.8, ge=0.0, lt=1.0, description="between cycles, AR(1)")
    traffic_sigma: float = Field(0.2, ge=0.0, le=2.0, description="log error of each user's forecast")
    csi_fixed_share: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        description="of the variance of both errors of gains: what belongs to a place and stays",
        exclude_if=is_nothing,
    )
    csi_distance_m: float = Field(
        50.0,
        ge=1.0,
        le=1000.0,
        description="over which that is alike",
        exclude_if=lambda value: value == 50.0,
    )
    missing_buildings: float = Field(
        0.0, ge=0.0, le=0.95, description="share of the buildings that its map lacks", exclude_if=is_nothing
    )
    higher_m: float = Field(
        0.0, ge=-50.0, le=50.0, description="by which its map has buildings higher than they are", exclude_if=is_nothing
    )
    place_m: float = Field(
        0.0, ge=0.0, le=500.0, description="by which it has each user in a wrong place", exclude_if=is_nothing
    )
    age_cycles: int = Field(
        0, ge=0, le=60, description="for which it has heard nothing of the links", exclude_if=is_nothing
    )
    ephemeris_s: float = Field(
        0.0,
        ge=-120.0,
        le=120.0,
        description="by which it has satellites ahead of where they are",
        exclude_if=is_nothing,
    )


class Learning(Part):
    """What the twin learns of the shadowing it does not know, from reports of what users receive."""

    from_reports: bool = Field(False, description="users that are served report each cycle, and the twin learns")
    earlier_reports: int = Field(0, ge=0, le=1000, description="of users before the run, all stations together")
    report_sigma_db: float = Field(1.0, ge=0.0, le=12.0, description="error of a report")


class Sharing(Part):
    """Slots, cycles and windows, and what a plan may do."""

    slots_per_cycle: int = Field(5, ge=1, le=60)
    cycles_per_window: int = Field(4, ge=1, le=6)
    shared_most: int = Field(4, ge=0, le=200, description="Z_max: sub-bands that both systems may use at once")
    headroom: float = Field(0.2, ge=0.0, le=2.0, description="of the predicted arrivals, planned for")
    satellite_eirp_dbw_per_mhz: float = Field(46.0, ge=0.0, le=70.0, description="at the power cap of a sub-band")
    min_elevation_deg: float = Field(30.0, ge=0.0, le=89.0)
    nearest_stations: int = Field(2, ge=1, le=4, description="candidate base stations of a user")
    cap_ratio: float = Field(2.0, ge=1.0, le=200.0, description="power cap of a sub-band over the equal share")
    power_price: float = Field(1e-3, ge=0.0, le=1.0, description="Mbit per sub-band at the cap")
    feeder_mbit_s: float | None = Field(None, gt=0.0, le=1e6, description="what the feeder link carries at most")
    user_speed_m_s: float = Field(1.4, ge=0.0, le=30.0)
    strict_steering: bool = Field(False, description="the refinement keeps the planned steering")
    solver: Literal["clarabel", "cvxpy"] = Field("clarabel", description="direct conic build, or the CVXPY model")
    effort: Literal["full", "quick"] = Field(
        "full",
        description="how much is tried for a plan; quick for days of hundreds of windows",
        exclude_if=lambda chosen: chosen == "full",
    )


class TwinScenario(Part):
    """One question about spectrum sharing. Construct it with :func:`twin_of_data` to get every check."""

    version: Literal[1] = TWIN_VERSION
    kind: Literal["spectrum sharing"] = "spectrum sharing"
    network: Scenario
    traffic: Traffic = Traffic()
    error: TwinError = TwinError()
    sharing: Sharing = Sharing()
    learning: Learning = Field(Learning(), exclude_if=lambda value: value == Learning())

    @property
    def name(self) -> str:
        """Return the network's name."""
        return self.network.name

    @property
    def seed(self) -> int:
        """Return the seed of everything random."""
        return self.network.seed

    @property
    def windows(self) -> int:
        """Return the number of planning windows."""
        return self.network.time.slots // (self.sharing.slots_per_cycle * self.sharing.cycles_per_window)

    @property
    def cycles(self) -> int:
        """Return the number of cycles of all windows."""
        return self.windows * self.sharing.cycles_per_window

    @property
    def cycle_s(self) -> float:
        """Return the length of a cycle in seconds."""
        return self.network.time.slot_s * self.sharing.slots_per_cycle

    def content_hash(self) -> str:
        """Return the SHA-256 of the canonical JSON, hexadecimal."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


DEFAULT = Scenario()


def unknown_to_twin(network: Scenario) -> list[str]:
    """Return what a network asks for that this system does not know, in words."""
    users = network.ground_users
    who = {
        "users indoors": [user.id for user in users if user.is_indoors],
        "users on a path": [user.id for user in users if user.moves],
        "demands or least rates of users": [
            user.id for user in users if (user.demand_mbit_s, user.min_rate_mbit_s) != (None, None)
        ],
    }
    parts = {
        f"the rate law {network.radio.rate}": network.radio.rate != "shannon_capped",
        "a limit of satellites' power flux density": network.pfd_limit_dbw_m2_mhz is not None,
        f"the objective {network.objective}": network.objective != "sum",
        f"coverage {network.coverage}": network.coverage != "first",
        f"alpha {network.alpha:g}": network.alpha != DEFAULT.alpha,
        f"a price of coverage of {network.coverage_price_mbit:g} Mbit": (
            network.coverage_price_mbit != DEFAULT.coverage_price_mbit
        ),
        "costs of changes of server": network.handover != Handover(),
        "fast fading": network.channel.fading,
        "least SINRs of service": network.qos != Qos(),
        "an airspace": network.airspace != Airspace() or bool(network.no_fly_zones),
        **{f"{what} ({', '.join(ids[:3])}{', …' if ids[3:] else ''})": bool(ids) for what, ids in who.items()},
    }
    return [words for words, is_asked in parts.items() if is_asked]


def check_twin(scenario: TwinScenario) -> list[Problem]:
    """Return every problem across the parts of a twin scenario."""
    network, sharing = scenario.network, scenario.sharing
    found: list[Problem] = []

    def need(holds: bool, where: str, value: object, allowed: str, remedy: str) -> None:
        if not holds:
            found.append(Problem(where, str(value), allowed, remedy))

    need(bool(network.ground_stations), "The number of GBSs", 0, "at least one is needed", "place a GBS")
    need(bool(network.ground_users), "The number of ground users", 0, "at least one is needed", "place a user")
    sky = network.satellite_count
    need(sky > 0, "The number of satellites", 0, "at least one is needed", "add a pass or a Walker shell")
    need(
        not network.aerial_users,
        "The number of aerial users",
        len(network.aerial_users),
        "this system serves ground users only",
        "remove them",
    )
    unknown = unknown_to_twin(network)
    need(
        not unknown,
        "The network of this question",
        f"one with {', '.join(unknown)}",
        "spectrum sharing serves backlogs of users in the street by Shannon's rate and knows none of these",
        "take them out",
    )
    window = sharing.slots_per_cycle * sharing.cycles_per_window
    need(
        network.time.slots % window == 0,
        "The number of slots",
        network.time.slots,
        f"whole windows of {window} slots are needed",
        f"use a multiple of {window}",
    )
    need(
        sharing.shared_most <= network.radio.subchannels,
        "The field sharing.shared_most",
        sharing.shared_most,
        f"there are {network.radio.subchannels} sub-bands",
        "lower it",
    )
    size = len(network.ground_users) * network.radio.subchannels * sharing.cycles_per_window
    need(
        size <= MOST_SIZE,
        "The product of users, sub-bands and cycles of a window",
        f"{size:,}",
        f"at most {MOST_SIZE:,} can be planned",
        "use fewer users, sub-bands or cycles",
    )
    gains = (len(network.ground_stations) + sky) * len(network.ground_users) * scenario.cycles
    need(
        gains <= MOST_GAINS,
        "The product of stations, users and cycles",
        f"{gains:,}",
        f"at most {MOST_GAINS:,} fit into memory",
        "shorten the time window or use fewer stations or users",
    )
    traffic = scenario.traffic
    for label, series in (("traffic.series", traffic.series), ("traffic.own_forecast", traffic.own_forecast)):
        if series is not None:
            lengths = {len(row) for row in series.activity}
            need(
                len(lengths) == 1 and len(series.activity) == len(series.cells),
                f"The field {label}.activity",
                f"{len(series.activity)} rows",
                f"{len(series.cells)} rows of equal length are needed",
                "mend the rows",
            )
            need(
                series.places is None or len(series.places) == len(series.cells),
                f"The field {label}.places",
                f"{len(series.places or ())} places",
                f"{len(series.cells)} are needed, one for each cell",
                "mend them, or leave them out",
            )
    series = traffic.series
    if series is not None:
        lasts_s, bins = scenario.cycles * scenario.cycle_s, len(series.activity[0])
        need(
            lasts_s <= (bins - FIRST_BINS) * series.step_s,
            "The field traffic.series.activity",
            f"{bins} steps of {series.step_s:g} s",
            f"a run of {lasts_s:,.0f} s needs so long a series and a step before it",
            "use a longer file or fewer slots",
        )
    need(
        traffic.forecaster != "own_file" or traffic.own_forecast is not None,
        "The field traffic.forecaster",
        "'own_file'",
        "no forecast of your own is there",
        "upload one, or choose another forecaster",
    )
    return found


def twin_of_data(data: Any, *, stored: bool = False) -> TwinScenario:
    """Build a twin scenario from plain data with every check done (ScenarioError lists up to 50 problems at once).

    ``stored`` as in :func:`itnt_core.scenario.scenario_of_data`.
    """
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise ScenarioError(
            [
                Problem(
                    "The file",
                    "no question about spectrum sharing",
                    f"the key kind: {KIND} is needed",
                    "make one with 'twin new', or on the Spectrum twin page",
                )
            ]
        )
    check_limits(data, TWIN_LIMITS)
    network = scenario_of_data(data.get("network", {}), stored=stored)
    rest = {**data, "network": _NO_NETWORK}  # read already; and no finding need carry a copy of it
    try:
        scenario = TwinScenario.model_validate_json(as_json(rest), context=STORED if stored else None)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, rest, TwinScenario)) from error
    scenario = scenario.model_copy(update={"network": network})
    problems = check_twin(scenario)
    if problems:
        raise ScenarioError(problems)
    return scenario


_NO_NETWORK = Scenario().model_dump(mode="json")


def format_twin(scenario: TwinScenario) -> str:
    """Return a twin scenario as JSON text that :func:`parse_twin` reads back equal."""
    return scenario.model_dump_json(indent=None if scenario.traffic.series else 2) + "\n"


def parse_twin(text: str) -> TwinScenario:
    """Return the twin scenario that YAML or JSON text describes (ScenarioError lists every problem)."""
    return twin_of_bytes(text.encode("utf-8", "surrogatepass"))


def twin_of_bytes(content: bytes, name: str | None = None, *, stored: bool = False) -> TwinScenario:
    """Read a twin scenario from the content of the YAML or JSON file ``name`` (ScenarioError lists every problem)."""
    return twin_of_data(plain_data(content, TWIN_LIMITS, name), stored=stored)


def read_twin(path: str | Path, *, stored: bool = False) -> TwinScenario:
    """Read a twin scenario file (ScenarioError when it is missing, no text, or wrong); ``stored`` for a run's own."""
    return twin_of_bytes(read_file(Path(path)), Path(path).name, stored=stored)
