"""A reality check of satellites for phones: what this program's radio gives for a constellation that others measured.

An envelope, no calibration: the operator's powers and beams are not public, so those of 3GPP's set 1 stand for them. It
shows whether the order of magnitude is right, and what it hangs on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from itnt_core.network import World, build_world, coverage_at
from itnt_core.passes import with_best
from itnt_core.radio import named_generator
from itnt_core.scenario import Channel, City, GroundUser, Radio, SatelliteRadio, Scenario, TimeGrid, free_ids
from itnt_core.sinr import spectral_efficiency
from itnt_core.sky import preset_elements
from itnt_core.units import from_db

from .budgets import BudgetLine
from .satellite_link import APERTURE_M, DENSITY_DBW_MHZ, NOISE_FIGURE_DB, PEAK_DBI, SET_ONE

SHELL = "starlink-direct-to-cell-as-flown-2025-10"
START = datetime(2025, 10, 15, tzinfo=UTC)
SLOTS, SLOT_S = 60, 60.0  # an hour: some twenty passes after one another
USERS = 20  # over the area, so that sight and shadowing differ
LOWEST_DEG = 25.0
CARRIER_GHZ = 1.9925  # the middle of 1990 to 1995 MHz, the PCS G block
CHANNEL_KHZ = 4500.0  # 25 resource blocks of LTE in 5 MHz (TS 36.101 table 5.6-1)
PHONE_LOSS_DB = 5.5 + 3.0  # a phone's antenna of -5.5 dBi and a linear one's loss against circular polarisation
AT_ONCE = 2  # satellites on the channel: what a shell of a scenario has by default
MEASURED = (
    "arXiv 2506.00283 (crowdsourced in the USA, October 2024 to July 2025): median SINR 0 dB, 3 to 4 Mbit/s a beam"
)
MOST_FROM_MEASURED_DB, LEAST_MBIT_S, MOST_MBIT_S = 3.0, 1.0, 10.0  # near 0 dB, and a single digit


@dataclass(frozen=True)
class DirectToCell:
    """What the users of a beam have: median SINR in dB and mean rate of the whole beam in Mbit/s, and from what."""

    lines: tuple[BudgetLine, ...]
    sinr_db: float
    beam_mbit_s: float

    @property
    def passed(self) -> bool:
        """Say whether both lie in the envelope that measurements span."""
        return abs(self.sinr_db) <= MOST_FROM_MEASURED_DB and LEAST_MBIT_S <= self.beam_mbit_s < MOST_MBIT_S


def direct_to_cell(at_once: int = AT_ONCE, phone_loss_db: float = PHONE_LOSS_DB) -> DirectToCell:
    """Return what twenty users on open ground have over an hour: each moment the strongest satellite serves.

    ``at_once`` satellites point a beam there on the same channel; what a phone loses beside an isotropic antenna counts
    as noise figure, as users have no antenna of their own. The rate is that of TR 36.942, annex A.1, for LTE.
    """
    world = build_world(direct_to_cell_scenario(at_once, phone_loss_db))
    sinr_db = np.array([coverage_at(world, world.ground_points_m, slot, False)[1] for slot in range(1, SLOTS + 1)])
    carried = spectral_efficiency(from_db(sinr_db), world.scenario.radio.rate_law)
    beam_mbit_s = float(carried.mean()) * world.bandwidth_hz / 1e6
    return DirectToCell(_lines(world, at_once, phone_loss_db), float(np.median(sinr_db)), beam_mbit_s)


def direct_to_cell_scenario(at_once: int = AT_ONCE, phone_loss_db: float = PHONE_LOSS_DB) -> Scenario:
    """Return the scenario: the shell over London, its satellites after one another, users on open ground."""
    points_m = named_generator(1, "direct to cell").uniform(-2000.0, 2000.0, (USERS, 2))
    users = tuple(
        GroundUser(id=name, east_m=float(east), north_m=float(north))
        for (east, north), name in zip(points_m.round(1), free_ids("ground_users", ()), strict=False)
    )
    empty = Scenario(
        name="Direct to cell, 5 MHz",
        time=TimeGrid(start=START, slots=SLOTS, slot_s=SLOT_S),
        radio=Radio(
            carrier_ghz=CARRIER_GHZ,
            subchannels=1,
            subchannel_khz=CHANNEL_KHZ,
            noise_figure_db=NOISE_FIGURE_DB + phone_loss_db,
            rate="truncated_shannon",
        ),
        channel=Channel(clutter="suburban", fading=False),
        city=City(kind="open"),
        ground_users=users,
    )
    scenario, group, _ = with_best(empty, preset_elements(SHELL, START), "", at_once, LOWEST_DEG)
    power_w = from_db(DENSITY_DBW_MHZ - PEAK_DBI) * CHANNEL_KHZ / 1000.0
    radio = SatelliteRadio(max_power_w=power_w, gain_dbi=PEAK_DBI, beam_aperture_m=APERTURE_M)
    return scenario.model_copy(update={"orbits": (group.model_copy(update={"radio": radio}),)})


def _lines(world: World, at_once: int, phone_loss_db: float) -> tuple[BudgetLine, ...]:
    elevation = np.where(world.sky.serving, world.sky.elevation_deg, np.nan)
    highest = elevation[world.sky.serving.any(axis=1)]
    return (
        BudgetLine("Carrier", CARRIER_GHZ, "GHz", "PCS G block, 1990 to 1995 MHz (FCC, waiver of 7 March 2025)"),
        BudgetLine("Channel", CHANNEL_KHZ / 1000.0, "MHz", "25 resource blocks of LTE: TS 36.101 table 5.6-1"),
        BudgetLine("EIRP density", DENSITY_DBW_MHZ, "dBW/MHz", f"{SET_ONE}: the operator's was not found"),
        BudgetLine("Noise figure", NOISE_FIGURE_DB, "dB", "TR 38.821 table 6.1.1.1-3, handheld"),
        BudgetLine("Lost in the phone", phone_loss_db, "dB", "antenna of -5.5 dBi (3GPP S4-260223), polarisation 3 dB"),
        BudgetLine("Satellites on the channel", float(at_once), "", "assumed: not published"),
        BudgetLine("Highest of them, median", float(np.median(np.nanmax(highest, axis=1))), "deg", f"shell {SHELL}"),
    )
