"""Provenance: what, from what, with what, when."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from typing import TYPE_CHECKING, Any, Protocol

from itnt_core.installed import checkout
from itnt_core.objective import COST_KEY, LEAST_RATES, Objective, Service, objective_of_figures
from itnt_core.scenario import Scenario

from .definitions import MANIFEST_VERSION

if TYPE_CHECKING:
    from itnt_core.network import Evaluation, Violation

FEASIBLE, INFEASIBLE, STOPPED_EARLY = "feasible", "infeasible", "stopped early"
PLUGINS, NO_BOUND = "plugins", "no_bound"  # keys of a manifest: what came from outside, and why no bound is known
MOST_VIOLATIONS = 100  # sentences; all are counted
OPTIMAL, OPTIMAL_ASSOCIATION = "optimal", "optimal association"
_PACKAGES = (
    "numpy",
    "scipy",
    "numba",
    "shapely",
    "xarray",
    "pydantic",
    "sgp4",
    "cvxpy",
    "highspy",
    "clarabel",
    "torch",
)


class Asked(Protocol):
    """A question of any kind of study."""

    def content_hash(self) -> str:
        """Return the SHA-256 of what is asked, hexadecimal."""


def package_versions() -> dict[str, str]:
    """Return the versions of the packages a result can depend on, read without importing them."""
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions


def code_version() -> str:
    """Return the commit of this checkout, or the package version where there is no checkout."""
    folder = checkout()
    try:
        if folder is None:
            return metadata.version("itnt-studio")
        answer = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607 - git is found on the user's path
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
        return answer.stdout.strip()
    except (OSError, subprocess.SubprocessError, metadata.PackageNotFoundError):
        return "unknown"


def headline(
    method: str, seed: int, evaluation: Evaluation, violations: list[Violation], wall_s: float
) -> dict[str, Any]:
    """Return the figures every result is known by."""
    return {
        "method": method,
        "seed": seed,
        "data_service_mbit": evaluation.active.data_service_mbit,
        "data_service_always_on_mbit": evaluation.always_on.data_service_mbit,
        "outage": evaluation.active.outage,
        "outage_always_on": evaluation.always_on.outage,
        "energy_kj": evaluation.energy_kj,
        "violations": len(violations),
        "wall_s": round(wall_s, 3),
        **({COST_KEY: evaluation.cost_mbit} if evaluation.cost_mbit else {}),
    }


def objective_figures(objective: Objective, evaluation: Evaluation) -> dict[str, float]:
    """Return the figures that an objective beyond all data adds: what data are worth, what least rates lack."""
    if objective.is_plain:
        return {}
    figures = {"utility_mbit": evaluation.active.utility_mbit}
    if LEAST_RATES in objective.terms:
        figures["shortfall_mbit"] = evaluation.active.shortfall_mbit
    return figures


def status_of(
    kpis: Mapping[str, Any], settings: Mapping[str, Any], violations: Sequence[object], *, is_coupled: bool = False
) -> str:
    """Return what is known of an answer: one that breaks a constraint is none, however it was found.

    One that stands at its certified bounds in every term of its objective is optimal. The reference method alone ends
    with P1's own optimum, for its flights and powers, under the always-on convention; a learned method flies on after
    it has solved P1. ``is_coupled`` says that changes of server couple slots: then the binary program alone solves P1.
    Where slots depend on one another through what everyone has, its association is a local optimum.
    """
    if violations:
        return INFEASIBLE
    if objective_of_figures(kpis).is_reached(Service.of_figures(kpis), Service.bound_of_figures(kpis)):
        return OPTIMAL
    exact = ("milp",) if is_coupled else ("exact", "milp")
    is_exact = kpis["method"] == "straight" and settings.get("associator") in exact
    is_exact = is_exact and objective_of_figures(kpis).is_separable
    return OPTIMAL_ASSOCIATION if is_exact else FEASIBLE


def couples_slots(question: object) -> bool:
    """Say whether the slots of a question depend on one another: those of a scenario that asks so."""
    return isinstance(question, Scenario) and question.handover.couples


def older_status_of(settings: Mapping[str, Any], violations: Sequence[object]) -> str:
    """Return the status that manifests below version 3 gave: an optimal association to every method that solves P1."""
    if violations:
        return INFEASIBLE
    return OPTIMAL_ASSOCIATION if settings.get("associator") in ("exact", "milp") else FEASIBLE


def infeasible_sentence(manifest: dict[str, Any]) -> str:
    """Say that the answer of a manifest is infeasible, by whom and when; nothing where no constraint is broken."""
    broken = manifest["violations"]
    count = manifest["kpis"].get("violations", len(broken))  # of the sentences not all are kept
    if not broken:
        return ""
    rest = f" So are {count - 1} more cases." if count > 1 else ""
    return f"The answer is infeasible, a constraint is broken: {broken[0]}{rest}"


def build_manifest(
    scenario: Scenario, kpis: dict[str, Any], settings: dict[str, Any], violations: list[Violation]
) -> dict[str, Any]:
    """Return the manifest of a result of data service as plain data."""
    sentences = [violation.sentence for violation in violations]
    return provenance(scenario, kpis, settings, sentences)


def provenance(
    scenario: Asked, kpis: dict[str, Any], settings: dict[str, Any], violations: Sequence[str]
) -> dict[str, Any]:
    """Return what the manifest of every kind of study holds: from what, how, with what and when it came about."""
    return {
        "format": "itnt-result",
        "version": MANIFEST_VERSION,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "method": kpis["method"],
        "settings": settings,
        "seed": kpis["seed"],
        "status": status_of(kpis, settings, violations, is_coupled=couples_slots(scenario)),
        "scenario_hash": scenario.content_hash(),
        "code_version": code_version(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": package_versions(),
        "kpis": kpis,
        "violations": list(violations[:MOST_VIOLATIONS]),
    }
