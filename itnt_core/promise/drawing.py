"""A plan on worlds that it was not made for: flights as planned, everything else decided in each slot as it comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from itnt_core.errors import ItntError
from itnt_core.methods import POLICY_FILE, DecidesSlots, Method, MethodSettings, find_method, settings_of
from itnt_core.network import Uncertainty, World, WorldDraws, build_world, evaluate
from itnt_core.objective import Service
from itnt_core.results import Result, arrays_digest, decision_of

from .kept import Promise

JUDGED = "judged"  # the purpose of these draws: no world of them is drawn in planning
USUAL_WORLDS, MOST_WORLDS = 200, 100_000
Heard = Callable[[int, int], None]  # worlds judged so far, and how many there will be


class PromiseError(ItntError, ValueError):
    """A promise that cannot be given."""


def no_progress(done: int, count: int) -> None:
    """Hear nothing."""


def draw_promise(
    result: Result,
    worlds: int = USUAL_WORLDS,
    errors: Uncertainty | None = None,
    cache_dir: Path | None = None,
    folder: Path | None = None,
    heard: Heard = no_progress,
) -> Promise:
    """Judge a result on drawn worlds (:class:`~itnt_core.network.WorldDraws`), as it was never planned for them.

    Flights stay as planned. In every slot the method's own rule decides association and powers with the gains of the
    drawn world. ``folder`` is where the result lies: a learned method's policy is looked for there. Left out: what
    measuring the gains costs, and how fast they must be known. Raises PromiseError, UndecidedError for a method without
    a rule, ScenarioError where the forecast's world cannot be built.
    """
    if not 1 <= worlds <= MOST_WORLDS:
        raise PromiseError(f"The number of worlds is {worlds}, but 1 to {MOST_WORLDS:,} are allowed: change it.")
    method, settings = find_method(str(result.manifest["method"])), result.manifest.get("settings") or {}
    chosen, errors = _with_policy(settings_of(method, settings), folder), errors or Uncertainty()
    rule = slot_rule(method)
    forecast = build_world(result.scenario, cache_dir=cache_dir)
    flight_m, seed = decision_of(result.dataset).positions_m, result.scenario.seed
    found: list[Service] = []
    for world in WorldDraws(forecast, JUDGED, errors).worlds(worlds):
        found.append(service_of(rule, world, flight_m, chosen, seed))
        heard(len(found), worlds)
    return Promise(
        scenario=result.scenario.content_hash(),
        answer=arrays_digest(result.dataset),
        method=method.key,
        position_error_m=errors.position_error_m,
        timing_error_s=errors.timing_error_s,
        planned_mbit=float(result.kpis["data_service_mbit"]),
        planned_served_share=1.0 - float(result.kpis["outage"]),
        forecast_mbit=service_of(rule, forecast, flight_m, chosen, seed).data_mbit,
        data_mbit=tuple(float(one.data_mbit) for one in found),
        served_share=tuple(float(one.served_share) for one in found),
    )


def slot_rule(method: Method) -> DecidesSlots:
    """Return a method as one that decides slots on a given flight (PromiseError where it is none)."""
    if not isinstance(method, DecidesSlots):
        raise PromiseError(
            f"The method '{method.key}' has no rule for slots that differ from the forecast, so it promises nothing: "
            "use another method, or give it a function decide(world, flight_m, settings, seed)."
        )
    return method


def service_of(rule: DecidesSlots, world: World, flight_m: Any, settings: MethodSettings, seed: int) -> Service:
    """Return what a rule brings in a world on a flight (slots + 1, I, 3)."""
    return Service.of(evaluate(world, rule.decide(world, flight_m, settings, seed)))


def _with_policy(settings: MethodSettings, folder: Path | None) -> MethodSettings:
    """Return the settings with the policy that a training kept beside its result, where there is one."""
    if folder is None or "policy" not in type(settings).model_fields or not (folder / POLICY_FILE).is_file():
        return settings
    return settings.model_copy(update={"policy": str(folder / POLICY_FILE)})
