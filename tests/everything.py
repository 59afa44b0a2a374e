"""One small scenario with everything switched on that can be on at once, for tests of the whole way."""

from __future__ import annotations

from functools import cache
from typing import Any

from itnt_core.methods import optimise
from itnt_core.presets import preset
from itnt_core.radio import parse_antenna
from itnt_core.results import Result
from itnt_core.scenario import Scenario, all_fields, apply_edit, scenario_of_data, with_pattern

ZONE = ((-130.0, 40.0), (-60.0, 40.0), (-60.0, 120.0), (-130.0, 120.0))  # in the way of au-1

HOUSE = {"east_m": -160.0, "north_m": 80.0}  # in a building of 18 m


def antenna_file() -> bytes:
    """Return a made MSI file: 65 degrees wide, 25 dB to the back."""
    lines = ["NAME made", "FREQUENCY 2000", "GAIN 15.0 dBi"]
    for word, width_deg in (("HORIZONTAL", 65.0), ("VERTICAL", 10.0)):
        lines.append(f"{word} 360")
        away = [min(degree, 360 - degree) for degree in range(360)]
        lines += [f"{degree} {min(25.0, 12.0 * (off / width_deg) ** 2):.1f}" for degree, off in enumerate(away)]
    return "\n".join(lines).encode()


@cache
def everything() -> Scenario:
    """Return the preset tiny with every optional part of the question switched on."""
    placed = preset("tiny", users=8, aerial_users=2)
    sited = apply_edit(
        placed, {"type": "place", "kind": "sector_site", "east_m": 0.0, "north_m": 200.0, "surface_m": 20.0}
    )
    measured = with_pattern(sited, parse_antenna(antenna_file(), "made.msi"), ["gbs-1"])
    data = all_fields(measured)
    data |= _question()
    data["name"] = "Everything"
    data["radio"] |= {"rate": "nr_cqi", "subchannels": 3}
    data["channel"] |= {"atmosphere": "itu"}
    data["airspace"] = {"obstacles": "buildings", "clearance_m": 8.0}
    data["no_fly_zones"] = [{"id": "nfz-1", "name": "Market", "corners_m": ZONE, "ceiling_m": 400.0}]
    _people(data)
    return scenario_of_data(data)


@cache
def everything_planned() -> Result:
    """Return the planner's answer to it, of one round; no limit of time cuts it short where code is compiled first."""
    return optimise(everything(), "planner", settings={"rounds": 1, "time_limit_s": 3000.0})


def _question() -> dict[str, Any]:
    """Return what counts, what a change of server costs, and what satellites may send."""
    return {
        "objective": "proportional",
        "coverage": "first",
        "pfd_limit_dbw_m2_mhz": -120.0,
        "handover": {"interrupts": True, "price_mbit": 0.2, "min_stay_slots": 2},
    }


def _people(data: dict[str, Any]) -> None:
    """Give users needs, batteries, a way and a roof."""
    for user in data["aerial_users"]:
        user |= {"energy_budget_kj": 8.0}
    walker, inside, wanting, important, *_ = data["ground_users"]
    east_m, north_m = walker["east_m"], walker["north_m"]
    walker |= {"path": [[4.0, east_m + 20.0, north_m], [14.0, east_m + 60.0, north_m + 20.0]]}
    inside |= {"indoor": "high_loss", "floor": 2, "depth_m": 6.0} | HOUSE
    wanting |= {"demand_mbit_s": 1.5, "min_rate_mbit_s": 0.2}
    important |= {"priority": 3.0}
