"""What a scenario has beyond masts, users and satellites, in a few words each."""

from __future__ import annotations

from itnt_core.scenario import Scenario

from .amounts import count_of


def optional_parts(scenario: Scenario) -> tuple[str, ...]:
    """Return what is switched on beyond the papers' own question; nothing where nothing is."""
    return (*_antennas(scenario), *_people(scenario), *_radio(scenario), *_air(scenario))


def _antennas(scenario: Scenario) -> list[str]:
    kinds = [station.antenna.kind for station in scenario.ground_stations]
    sectors, measured = kinds.count("sector"), kinds.count("measured")
    return [
        *([count_of(sectors, "sector")] if sectors else []),
        *([count_of(measured, "measured antenna")] if measured else []),
    ]


def _people(scenario: Scenario) -> list[str]:
    people = scenario.ground_users
    indoors, moving = sum(user.is_indoors for user in people), sum(user.moves for user in people)
    needs = len(scenario.users_with_needs)
    return [
        *([f"{count_of(indoors, 'user')} indoors"] if indoors else []),
        *([f"{count_of(moving, 'ground user')} on the way"] if moving else []),
        *([f"needs of {count_of(needs, 'user')}"] if needs else []),
    ]


def _radio(scenario: Scenario) -> list[str]:
    limit, rate = scenario.pfd_limit_dbw_m2_mhz, scenario.radio.rate_law.name
    return [
        *([f"rate law {rate}"] if rate != "shannon_capped" else []),
        *([f"at most {limit:g} dBW/m²/MHz from satellites"] if limit is not None else []),
    ]


def _air(scenario: Scenario) -> list[str]:
    buildings = scenario.airspace.obstacles == "buildings"
    zones = ", ".join(f"'{zone.id}'" for zone in scenario.no_fly_zones)
    budgets = sum(user.energy_budget_kj is not None for user in scenario.aerial_users)
    return [
        *([f"{scenario.airspace.clearance_m:g} m of clearance from buildings"] if buildings else []),
        *([f"no-fly zones {zones}"] if zones else []),
        *([f"batteries of {count_of(budgets, 'aerial user')}"] if budgets else []),
    ]
