"""From a scenario to a judged result, the one way for the command line, the workers and notebooks."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from itnt_core.bounds import BoundError, gap, why_unknown
from itnt_core.network import (
    Decision,
    Evaluation,
    Violation,
    World,
    build_world,
    evaluate,
    find_unreachable,
    find_violations,
)
from itnt_core.objective import Objective, Service, objective_of
from itnt_core.radio import CHANNEL_MODELS
from itnt_core.results import (
    NO_BOUND,
    PLUGINS,
    STOPPED_EARLY,
    Result,
    build_manifest,
    headline,
    infeasible_sentence,
    labelled_answer,
    objective_figures,
    sealed,
)
from itnt_core.scenario import Scenario, all_fields, scenario_of_data, shown

from .base import Method, MethodSettings, SettingsError, TrainedMethod
from .bounding import scenario_ceiling
from .progress import BoundReached, Notify, ProgressEvent, RunCancelled, interruptible, quiet
from .registry import METHODS
from .terms import unknown_terms, unknown_to_bound


def find_method(key: str) -> Method:
    """Return a method by its key (SettingsError names the known ones)."""
    if key not in METHODS:
        wrong = METHODS.why_not(key)
        known = f"The method is {shown(key)}, but known are {', '.join(METHODS)}: choose one of them"
        raise SettingsError(f"{known}. {wrong}" if wrong else f"{known}, or install the plug-in with this method.")
    return METHODS[key]


def settings_of(method: Method, values: Mapping[str, Any]) -> MethodSettings:
    """Return a method's settings from plain values (SettingsError lists every wrong one)."""
    try:
        return method.settings_type.model_validate(dict(values))
    except ValidationError as error:
        known = ", ".join(method.settings_type.model_fields) or "none"
        lines = [
            f"The setting '{'.'.join(map(str, found['loc']))}' of '{method.key}' is {shown(found['input'])}: "
            f"{message[0].lower()}{message[1:]} (settings: {known})."
            for found in error.errors(include_url=False)
            for message in (found["msg"].removeprefix("Value error, "),)
        ]
        raise SettingsError("\n".join(lines)) from error


def split_overrides(method: Method, overrides: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split ``key=value`` overrides into settings of the method and dotted fields of the scenario."""
    own = method.settings_type.model_fields
    settings = {key: value for key, value in overrides.items() if key in own}
    return settings, {key: value for key, value in overrides.items() if key not in own}


def override_scenario(scenario: Scenario, fields: Mapping[str, Any]) -> Scenario:
    """Return the scenario with dotted fields replaced, fully checked.

    ``radio.carrier_ghz`` reaches into parts; ``ground_stations.0.height_m`` and ``ground_stations.gbs-1.height_m``
    reach into lists; ``ground_stations.*.height_m`` sets all. Raises ScenarioError or SettingsError.
    """
    data = all_fields(scenario)
    assign_fields(data, fields)
    return scenario_of_data(data)


def assign_fields(data: dict[str, Any], fields: Mapping[str, Any]) -> None:
    """Replace dotted fields in plain data, in place (SettingsError for one that is not there)."""
    for path, value in fields.items():
        _assign(data, path.split("."), value, path)


def _assign(node: Any, steps: list[str], value: Any, path: str) -> None:
    for target in _children(node, steps[0], path):
        if len(steps) > 1:
            _assign(node[target], steps[1:], value, path)
        else:
            node[target] = value


def _children(node: Any, step: str, path: str) -> list[Any]:
    if isinstance(node, dict) and step in node:
        return [step]
    if isinstance(node, list):
        if step == "*":
            return list(range(len(node)))
        by_id = [index for index, item in enumerate(node) if isinstance(item, dict) and item.get("id") == step]
        by_number = [int(step)] if step.isdecimal() and int(step) < len(node) else []
        if by_id or by_number:
            return by_id or by_number
    raise SettingsError(
        f"'{path}' is neither a setting of the method nor a field of the scenario: '{step}' is unknown."
    )


def _beside_bound(notify: Notify, objective: Objective, ceiling: Service) -> Notify:
    """Return a callback that puts the bound beside all data, and ends the method that cannot get better."""

    def beside(event: ProgressEvent) -> None:
        if event.objective_mbit is None:
            return notify(event)
        notify(event.model_copy(update={"bound_mbit": _known(ceiling.utility_mbit)}))
        share = float("nan") if event.served_share is None else event.served_share
        if objective.is_reached(Service(share, event.objective_mbit), ceiling):
            raise BoundReached("The objective stands at its upper bound.")

    return beside


def _known(value: float) -> float | None:
    """Return a limit, None where none is known."""
    return None if math.isnan(value) else value


class _UntilCancelled:
    """Notifies of what comes after the method; a cancellation then ends the notices and costs no decision."""

    def __init__(self, notify: Notify):
        self.notify, self.is_stopped = notify, False

    def __call__(self, event: ProgressEvent) -> None:
        if self.is_stopped:
            return
        try:
            self.notify(event)
        except RunCancelled:
            self.is_stopped = True


def _solve(
    method: Method, world: World, settings: MethodSettings, seed: int, notify: Notify, folder: Path | None
) -> Decision:
    """Return a method's decision; one that trains keeps its checkpoints and its policy in the folder.

    What a plug-in's method does wrong is told as that (ExtensionError).
    """
    with METHODS.blamed(method.key):
        if isinstance(method, TrainedMethod):
            return method.train(world, settings, seed, notify, folder)
        decision = method.solve(world, settings, seed, notify)
        if not isinstance(decision, Decision):
            raise TypeError(f"it returned a {type(decision).__name__}, but a Decision is needed")
        return decision


def _bound_figures(
    service: Service, ceiling: Service, objective: Objective, *, is_feasible: bool
) -> tuple[dict[str, float], str]:
    """Return bounds and the gap of data, or of what they are worth, as figures of a result, and why one is refused.

    An answer that breaks constraints may serve more than any that keeps them: it has no gap. A bound below what a
    feasible answer serves is none: neither is kept. Where no bound is known there is nothing to keep.
    """
    if math.isnan(ceiling.data_mbit):
        return {}, ""
    figures, refused = {"served_bound": ceiling.served_share, "upper_bound_mbit": ceiling.data_mbit}, list[str]()
    if is_feasible and not service.is_within_coverage(ceiling):
        del figures["served_bound"]
        refused.append(service.coverage_sentence(ceiling))
    key = "upper_bound_mbit"
    if not objective.is_plain:
        key = "utility_bound_mbit"
        figures[key] = ceiling.utility_mbit
    try:
        figures["gap"] = gap(objective.worth.of(service), objective.worth.of(ceiling))
    except BoundError as error:
        if is_feasible:
            del figures[key]
            refused.append(str(error))
    return figures, " ".join(refused)


def answer_figures(
    world: World,
    method: str,
    evaluation: Evaluation,
    violations: list[Violation],
    ceiling: Service,
    wall_s: float,
) -> tuple[dict[str, Any], str]:
    """Return the figures that an answer is known by, beside its bound, and why a bound is refused (else nothing)."""
    kpis = headline(method, world.scenario.seed, evaluation, violations, wall_s)
    objective = objective_of(world.scenario)
    worth = objective_figures(objective, evaluation)
    beside, refused = _bound_figures(Service.of(evaluation), ceiling, objective, is_feasible=not violations)
    return kpis | {"objective": objective.name, **worth, **beside}, refused


def _from_outside(world: World, method: Method) -> dict[str, Any]:
    """Return what a manifest says of plug-ins that a result rests on, and why it has no bound; nothing without them."""
    name = world.scenario.channel.model
    used = {
        f"{METHODS.noun} {method.key}": METHODS.origin(method.key),
        f"{CHANNEL_MODELS.noun} {name}": CHANNEL_MODELS.origin(name),
    }
    plugins = {what: origin for what, origin in used.items() if origin}
    unknown = why_unknown(world)
    return {**({PLUGINS: plugins} if plugins else {}), **({NO_BOUND: unknown} if unknown else {})}


def optimise(
    scenario: Scenario,
    method: str = "straight",
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    notify: Notify = quiet,
    cache_dir: Path | None = None,
    folder: Path | None = None,
) -> Result:
    """Answer a scenario with a named method, judge the answer and put the certified upper bound beside it.

    ``seed`` replaces the scenario's seed (channel draws and the method's own randomness); ``notify`` receives progress
    events; ``folder`` keeps what a learned method needs to go on later. A cancelled method's best decision so far is
    a result too, marked as stopped early, and one that breaks a constraint is marked as infeasible; RunCancelled comes
    through when there is none yet. Raises SettingsError, ScenarioError, or whatever the method's solver raises.
    """
    chosen = find_method(method)
    checked = settings_of(chosen, settings or {})
    if seed is not None:
        scenario = override_scenario(scenario, {"seed": seed})
    started = time.perf_counter()
    notify(ProgressEvent(phase="world", fraction=0.0, message="City, satellites and channels"))
    for sentence in (*unknown_terms(chosen, scenario), *unknown_to_bound(scenario)):
        notify(ProgressEvent(phase="terms", fraction=0.0, message=sentence))
    world = build_world(scenario, cache_dir=cache_dir)
    for doubt in find_unreachable(world):
        notify(ProgressEvent(phase="terms", fraction=0.0, message=doubt.sentence))
    objective, ceiling = objective_of(scenario), scenario_ceiling(world, "quick", cache_dir)
    afterwards = _UntilCancelled(notify)
    try:
        with interruptible():
            decision = _solve(chosen, world, checked, scenario.seed, _beside_bound(notify, objective, ceiling), folder)
    except RunCancelled as stop:
        if stop.decision is None:
            raise
        decision, afterwards.is_stopped = stop.decision, not isinstance(stop, BoundReached)
    afterwards(ProgressEvent(phase="evaluation", fraction=0.96, message="Evaluation and constraint check"))
    evaluation = evaluate(world, decision)
    violations = find_violations(world, decision, evaluation)
    wall_s = time.perf_counter() - started
    afterwards(ProgressEvent(phase="bound", fraction=0.97, message="Certified upper bound"))
    if not afterwards.is_stopped:
        ceiling = ceiling.lowest(scenario_ceiling(world, "standard", cache_dir))
    service = Service.of(evaluation)
    kpis, refused = answer_figures(world, chosen.key, evaluation, violations, ceiling, wall_s)
    manifest = build_manifest(scenario, kpis, checked.model_dump(mode="json"), violations) | _from_outside(
        world, chosen
    )
    if afterwards.is_stopped:
        manifest["status"] = STOPPED_EARLY
    last = infeasible_sentence(manifest) or refused or manifest.get(NO_BOUND, "")
    afterwards(
        ProgressEvent(
            phase="done",
            fraction=1.0,
            objective_mbit=service.worth_mbit,
            served_share=service.served_share,
            bound_mbit=_known(ceiling.utility_mbit),
            message=last,
        )
    )
    arrays = labelled_answer(world, decision, evaluation)
    return Result(scenario, arrays.later(), sealed(manifest, arrays))
