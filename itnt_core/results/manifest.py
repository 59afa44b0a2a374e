"""Provenance: what, from what, with what, when."""

from __future__ import annotations

import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itnt_core.scenario import Scenario

if TYPE_CHECKING:
    from itnt_core.network import Evaluation, Violation

MANIFEST_VERSION = 1
INFEASIBLE = "infeasible"
OPTIMAL = "optimal"  # stands at its certified bound in every term of its objective
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
    folder = Path(__file__).resolve().parents[2]
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607 - git is found on the user's path
            cwd=folder, capture_output=True, text=True, timeout=5, check=True,
        )  # fmt: skip
        return answer.stdout.strip()
    except (OSError, subprocess.SubprocessError):
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
    }


def _status(kpis: dict[str, Any], settings: dict[str, Any], violations: list[Violation], is_optimal: bool) -> str:
    """Return what is known of an answer: one that breaks a constraint is none, however it was found.

    The reference method alone ends with P1's own optimum, for its flights and powers, under the always-on convention;
    a learned method flies on after it has solved P1.
    """
    if violations:
        return INFEASIBLE
    if is_optimal:
        return OPTIMAL
    is_exact = kpis["method"] == "straight" and settings.get("associator") in ("exact", "milp")
    return "optimal association" if is_exact else "feasible"


def infeasible_sentence(manifest: dict[str, Any]) -> str:
    """Say that the answer of a manifest is infeasible, by whom and when; nothing where no constraint is broken."""
    broken, count = manifest["violations"], manifest["kpis"]["violations"]
    if not broken:
        return ""
    rest = f" So are {count - 1} more cases." if count > 1 else ""
    return f"The answer is infeasible, a constraint is broken: {broken[0]}{rest}"


def build_manifest(
    scenario: Scenario,
    kpis: dict[str, Any],
    settings: dict[str, Any],
    violations: list[Violation],
    is_optimal: bool = False,
) -> dict[str, Any]:
    """Return the manifest of a result as plain data; ``is_optimal`` says that nothing is better by its objective."""
    return {
        "format": "itnt-result",
        "version": MANIFEST_VERSION,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "method": kpis["method"],
        "settings": settings,
        "seed": kpis["seed"],
        "status": _status(kpis, settings, violations, is_optimal),
        "scenario_hash": scenario.content_hash(),
        "code_version": code_version(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": package_versions(),
        "kpis": kpis,
        "violations": [violation.sentence for violation in violations[:100]],
    }
