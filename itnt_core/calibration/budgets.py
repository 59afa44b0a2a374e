"""Satellite link budgets beside those of 3GPP TR 38.821, table 6.1.3.3-1, line by line.

The table is second-hand: its lines were taken from public code that quotes them (OpenNTN's tests of link budgets among
it), not from the report itself. SC9 (LEO-600, S band, set 1) is computed by a scenario of this program, its world and
its channel. SC6 (LEO-600, Ka band) lies above the carriers that a scenario may have, so it is computed by the laws
alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.network import World, build_world
from itnt_core.radio import laws, satellite
from itnt_core.sky import slant_range_km
from itnt_core.units import to_db

from .satellite_link import ALTITUDE_KM, ELEVATION_DEG, SET_ONE, satellite_link

TOLERANCE_DB = 0.1  # what the table's own rounding of its lines leaves
SHADOW_MARGIN_DB = 3.0  # of the S band, an allowance and no law
S_BAND_AIR_DB = 0.1  # the table's atmospheric loss; scenarios leave gas out below 10 GHz (TR 38.811 clause 6.6.4)
KA_BAND_AIR_DB, KA_BAND_SCINTILLATION_DB = 0.5, 0.3  # the table's; this program has neither law above 6 GHz
KA_BAND_MHZ = 400.0
TABLE = "TR 38.821 table 6.1.3.3-1, second-hand"


@dataclass(frozen=True)
class BudgetLine:
    """A line of a link budget; ``theirs`` is what the table says where it has the line."""

    name: str
    value: float
    unit: str
    source: str
    theirs: float | None = None


@dataclass(frozen=True)
class LinkBudget:
    """A link budget: its lines, the carrier-to-noise ratio that they come to, and the one in the table, in dB."""

    key: str
    title: str
    lines: tuple[BudgetLine, ...]
    ours_db: float
    theirs_db: float
    computed_by: str
    tolerance_db: float = TOLERANCE_DB

    @property
    def difference_db(self) -> float:
        """Return ours less theirs."""
        return self.ours_db - self.theirs_db

    @property
    def passed(self) -> bool:
        """Say whether the two agree within the tolerance."""
        return abs(self.difference_db) <= self.tolerance_db


def budgets() -> tuple[LinkBudget, ...]:
    """Return the three budgets, computed now.

    >>> [(budget.key, budget.passed) for budget in budgets()]
    [('sc9-downlink', True), ('sc6-downlink', True), ('sc6-uplink', True)]
    """
    return (
        s_band_budget(build_world(satellite_link())),
        _ka_band_budget("downlink", 20.0, eirp_dbw=30.0, merit_db_k=15.9, loss_db=179.1, theirs_db=8.5),
        _ka_band_budget("uplink", 30.0, eirp_dbw=46.2, merit_db_k=13.0, loss_db=182.6, theirs_db=18.4),
    )


def s_band_budget(world: World) -> LinkBudget:
    """Return SC9 downlink of a world that has one satellite: at its highest, for the users that see it, all in plan.

    What the world says of signal and noise makes the ratio; the two allowances of the table, which are no laws of
    propagation, are taken off. Raises ValueError when no user sees the satellite.
    """
    slot = int(world.sky.elevation_deg[:, 0].argmax())
    gains, sight = world.links_at(world.ground_points_m, slot, aerial=False)
    if not sight[:, 0].any():
        raise ValueError("No ground user sees the satellite: choose another seed of the scenario.")
    gain_db = to_db(float(np.median(gains[sight[:, 0], 0])))
    megahertz = world.bandwidth_hz / 1e6
    power_dbw_mhz = to_db(float(world.equal_share_w[slot, 0]) / megahertz)
    noise_dbw_mhz = to_db(world.noise_w / megahertz)
    carrier_ghz, peak_dbi = world.scenario.radio.carrier_ghz, world.sky.radios[0].gain_dbi
    free_space_db = float(laws.free_space_db(1000.0 * world.sky.range_km[slot, 0], carrier_ghz))
    scintillation_db = satellite.scintillation_db(carrier_ghz)
    of_world, of_sky = "the world of the scenario", "the sky of the scenario"
    lines = (
        BudgetLine("EIRP density", power_dbw_mhz + peak_dbi, "dBW/MHz", f"preset calibration-leo: {SET_ONE}", 34.0),
        BudgetLine("Elevation", float(world.sky.elevation_deg[slot, 0]), "deg", of_sky, ELEVATION_DEG),
        BudgetLine("Slant range", float(world.sky.range_km[slot, 0]), "km", of_sky),
        BudgetLine("Free space", free_space_db, "dB", "Friis", 159.1),
        BudgetLine("Scintillation", scintillation_db, "dB", "TR 38.811 clause 6.6.6", 2.2),
        BudgetLine(
            "Users beside the beam's axis", peak_dbi - free_space_db - scintillation_db - gain_db, "dB", of_world
        ),
        BudgetLine("Gain of the link", gain_db, "dB", f"{of_world}: peak gain less the three above"),
        BudgetLine("Noise density", noise_dbw_mhz, "dBW/MHz", f"{of_world}: 290 K and a noise figure of 7 dB"),
        BudgetLine("Shadow margin", SHADOW_MARGIN_DB, "dB", f"allowance: {TABLE}", SHADOW_MARGIN_DB),
        BudgetLine("Atmosphere", S_BAND_AIR_DB, "dB", f"allowance: {TABLE}", S_BAND_AIR_DB),
    )
    ours_db = power_dbw_mhz + gain_db - noise_dbw_mhz - SHADOW_MARGIN_DB - S_BAND_AIR_DB
    title = "SC9 downlink: LEO-600, S band, 2 GHz, handheld"
    return LinkBudget("sc9-downlink", title, lines, ours_db, 6.6, "scenario, world and channel")


def _ka_band_budget(
    direction: str, carrier_ghz: float, eirp_dbw: float, merit_db_k: float, loss_db: float, theirs_db: float
) -> LinkBudget:
    """Return SC6 in a direction; the EIRP spreads over 400 MHz, ``loss_db`` is the table's free space."""
    range_km = slant_range_km(ALTITUDE_KM, ELEVATION_DEG)
    density_dbw_mhz = eirp_dbw - to_db(KA_BAND_MHZ)
    free_space_db = float(laws.free_space_db(1000.0 * range_km, carrier_ghz))
    other_db = KA_BAND_AIR_DB + KA_BAND_SCINTILLATION_DB
    ours_db = float(satellite.carrier_to_noise_db(density_dbw_mhz, merit_db_k, free_space_db, other_db))
    lines = (
        BudgetLine("EIRP density", density_dbw_mhz, "dBW/MHz", f"{eirp_dbw:g} dBW over 400 MHz: {TABLE}"),
        BudgetLine("G/T", merit_db_k, "dB/K", TABLE, merit_db_k),
        BudgetLine("Slant range", range_km, "km", "600 km high, seen at 30 deg"),
        BudgetLine("Free space", free_space_db, "dB", "Friis", loss_db),
        BudgetLine("Scintillation", KA_BAND_SCINTILLATION_DB, "dB", f"allowance: {TABLE}", KA_BAND_SCINTILLATION_DB),
        BudgetLine("Atmosphere", KA_BAND_AIR_DB, "dB", f"allowance: {TABLE}", KA_BAND_AIR_DB),
    )
    title = f"SC6 {direction}: LEO-600, Ka band, {carrier_ghz:g} GHz, VSAT"
    return LinkBudget(f"sc6-{direction}", title, lines, ours_db, theirs_db, "laws alone: above a scenario's carriers")
