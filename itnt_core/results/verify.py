"""Whether a stored result is what its scenario and its decision give, and is as it was made.

What follows from scenario and decision is recomputed; the rest - method, settings, bound, times, provenance - is
covered by the seal (:mod:`itnt_core.results.seal`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from itnt_core.objective import Service, objective_of

from .comparing import array_mismatches, figure_mismatches
from .dataset import decision_of, to_dataset
from .definitions import split_by_definition, version_of
from .errors import ResultError
from .figures import is_number
from .files import Result
from .manifest import STOPPED_EARLY, couples_slots, headline, objective_figures, older_status_of, status_of
from .seal import is_sealed, seal_mismatches

if TYPE_CHECKING:
    import xarray as xr

    from itnt_core.network import Evaluation, Violation, World

RUN_EFFORTS = ("quick", "standard")  # with which runs compute their bound
STATUS_SINCE = 3  # the version of manifests since which a status is what it is called today
SEALED_SINCE = 2  # the version of manifests since which every result is sealed
# What follows from no decision; of a result without a seal nobody can say whether it is as it was.
ONLY_SEALED = (
    "method",
    "settings",
    "status",
    "violations",
    "created",
    "code_version",
    "python",
    "platform",
    "packages",
    "convention",
)


class Broken(Protocol):
    """A broken constraint, of either kind of study."""

    @property
    def sentence(self) -> str:
        """Return it as one sentence."""


@dataclass(frozen=True)
class Verification:
    """What a recomputation found.

    The figures, the violated constraints, every mismatch in words, and in ``notes`` what could not be verified or
    follows an older definition.
    """

    kpis: dict[str, object]
    violations: Sequence[Broken]
    mismatches: list[str]
    notes: list[str] = field(default_factory=list)
    is_sealed: bool = True

    @property
    def passed(self) -> bool:
        """Say whether nothing is violated and everything that can be verified agrees."""
        return not self.violations and not self.mismatches

    @property
    def sentences(self) -> list[str]:
        """Return everything that was found, one sentence each."""
        return [*(broken.sentence for broken in self.violations), *self.mismatches, *self.notes]


def verify_result(
    result: Result, cache_dir: Path | None = None, world: World | None = None, recompute_bound: bool = False
) -> Verification:
    """Recompute a result from its stored scenario and decision and compare everything with what was stored.

    ``world`` saves building the scenario's world again; ``recompute_bound`` computes the upper bounds anew, too,
    which takes as long as it took the run. Raises :class:`ResultError` when the stored decision does not fit its
    scenario.
    """
    from itnt_core.network import UNJUDGED, DecisionError, build_world, evaluate, find_violations  # slow to import

    world = world or build_world(result.scenario, cache_dir=cache_dir)
    sealed, notes = seal_findings(result.manifest, result.dataset, ONLY_SEALED)
    try:
        decision = decision_of(result.dataset)
        violations = find_violations(world, decision)
        if any(violation.constraint in UNJUDGED for violation in violations):
            found = [*sealed, "The association cannot be evaluated."]
            return Verification({}, violations, found, notes, is_sealed(result.manifest))
        evaluation = evaluate(world, decision)
        computed = to_dataset(world, decision, evaluation)
    except (KeyError, DecisionError) as error:
        raise ResultError(f"The stored decision does not fit its scenario: {error}") from error
    kpis, differing = _figures(result, evaluation, violations)
    differing |= array_mismatches(result.dataset, computed)
    differing |= _provenance(result, kpis, violations)
    mismatches, older = split_by_definition(result.manifest, differing)
    mismatches += sealed
    if recompute_bound:
        wrong, looser = _bound_findings(result, world, kpis)
        mismatches, notes = mismatches + wrong, looser + notes
    return Verification(kpis, violations, mismatches, [*older, *notes], is_sealed(result.manifest))


def seal_findings(
    manifest: Mapping[str, Any], dataset: xr.Dataset, only_sealed: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return what the seal of a result says against it, and what cannot be verified where there is none."""
    if is_sealed(manifest):
        return seal_mismatches(manifest, dataset), []
    if version_of(manifest) >= SEALED_SINCE:
        return ["The seal is missing, though results of this version are sealed: it has been removed."], []
    names = ", ".join(only_sealed).replace("_", " ")
    return [], [
        "It was stored before results were sealed: what follows from its scenario and its decision was recomputed, but "
        f"whether its {names}, upper bound and computing times are those of the run cannot be verified."
    ]


def _figures(
    result: Result, evaluation: Evaluation, violations: list[Violation]
) -> tuple[dict[str, object], dict[str, str]]:
    """Return the figures as they are, with the bound and the times that only the seal covers; and what differs."""
    from itnt_core.bounds import BoundError, gap

    stored, manifest = result.kpis, result.manifest
    kpis = headline(str(manifest.get("method")), result.scenario.seed, evaluation, violations, 0.0)
    kpis["wall_s"] = stored.get("wall_s")
    bound_mbit, broken = stored.get("upper_bound_mbit"), dict[str, str]()
    objective = objective_of(result.scenario)
    if "objective" in stored:  # not in results from before it
        kpis["objective"] = objective.name
    kpis |= objective_figures(objective, evaluation)
    if is_number(stored.get("served_bound")):
        kpis["served_bound"] = stored["served_bound"]
        service, ceiling = Service.of(evaluation), Service.bound_of_figures(stored)
        if not violations and not service.is_within_coverage(ceiling):
            broken["served_bound"] = service.coverage_sentence(ceiling)
    if is_number(bound_mbit):
        kpis["upper_bound_mbit"] = bound_mbit
    key = "upper_bound_mbit" if objective.is_plain else "utility_bound_mbit"
    bound_mbit = stored.get(key)
    if is_number(bound_mbit):
        kpis[key] = bound_mbit
        try:
            kpis["gap"] = gap(objective.worth.of(Service.of(evaluation)), bound_mbit)
        except BoundError as error:  # an answer that breaks constraints may exceed it, and has no gap
            broken |= {} if violations else {key: str(error)}
    if "gap" not in kpis and stored.get("gap") is not None:
        broken["gap"] = f"The stored gap is {stored['gap']}, but there is none: the bound is missing or exceeded."
    return kpis, figure_mismatches(stored, kpis) | broken


def _provenance(result: Result, kpis: Mapping[str, Any], violations: Sequence[Violation]) -> dict[str, str]:
    """Return what the manifest says otherwise than the scenario, the decision and the manifest itself."""
    manifest = result.manifest
    found = figure_mismatches(manifest, {"seed": result.scenario.seed})
    allowed = [
        status_of(kpis, manifest["settings"], violations, is_coupled=couples_slots(result.scenario)),
        STOPPED_EARLY,
    ]
    if version_of(manifest) < STATUS_SINCE:
        allowed.append(older_status_of(manifest["settings"], violations))
    if manifest["status"] not in allowed:
        found["status"] = f"The stored status is '{manifest['status']}', but the answer is '{allowed[0]}'."
    if manifest.get("scenario_hash") != result.scenario.content_hash():
        found["scenario_hash"] = "The scenario is not the one the result was computed from (its hash differs)."
    return {f"manifest {name}": sentence for name, sentence in found.items()}


def _bound_findings(result: Result, world: World, kpis: dict[str, object]) -> tuple[list[str], list[str]]:
    """Compute the bounds anew, with each effort that a run may have used, beside the stored ones: mismatches, notes."""
    from itnt_core.bounds import exceeds_bound, upper_bound, why_unknown

    stored, share = result.kpis.get("upper_bound_mbit"), result.kpis.get("served_bound")
    unknown = why_unknown(world)
    if unknown:
        return ([f"A bound is stored, but: {unknown}"] if is_number(stored) or is_number(share) else []), [unknown]
    found = {effort: upper_bound(world, effort) for effort in RUN_EFFORTS}
    mbit = {effort: bound.data_service_mbit for effort, bound in found.items()}
    percent = {effort: 100.0 * bound.served_share for effort, bound in found.items()}
    kpis["recomputed_bound_mbit"] = least = min(mbit.values())
    worth = {effort: bound.utility_mbit for effort, bound in found.items()}
    fair = _differs("bound on the utility", result.kpis.get("utility_bound_mbit"), worth, "Mbit")
    kpis["recomputed_served_bound"] = min(percent.values()) / 100.0
    wrong = _differs("upper bound", stored, mbit, "Mbit")
    coverage = _differs("bound on served user slots", 100.0 * share if is_number(share) else None, percent, "%")
    if wrong and version_of(result.manifest) < SEALED_SINCE and is_number(stored) and exceeds_bound(stored, least):
        return coverage, [f"{wrong[0]} Older programs proved looser ones."]
    return wrong + fair + coverage, []


def _differs(name: str, stored: object, found: Mapping[str, float], unit: str) -> list[str]:
    """Say that a stored bound is none of those computed anew by effort; nothing where it is one or none is stored."""
    if not is_number(stored) or any(math.isclose(stored, bound, rel_tol=1e-6) for bound in found.values()):
        return []
    words = " and ".join(f"{bound:.10g} {unit} ({effort})" for effort, bound in found.items())
    return [f"The stored {name} is {stored:.10g} {unit}, recomputed it is {words}."]
