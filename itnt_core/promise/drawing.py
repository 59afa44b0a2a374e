"""A plan on worlds that it was not made for: flights as planned, everything else decided in each slot as it comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from itnt_core.errors import ItntError
from itnt_core.methods import PlannedFlight
from itnt_core.network import Uncertainty, WorldDraws, build_world
from itnt_core.objective import Service, objective_of
from itnt_core.results import Result, arrays_digest

from .kept import Promise

JUDGED = "judged"  # the purpose of these draws: no world of them is drawn in planning
USUAL_WORLDS, MOST_WORLDS = 200, 100_000  # half a minute to three minutes of the planner's rule; days of it
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
    planned, errors = PlannedFlight.of(result, folder), errors or Uncertainty()
    forecast = build_world(result.scenario, cache_dir=cache_dir)
    found: list[Service] = []
    for world in WorldDraws(forecast, JUDGED, errors).worlds(worlds):
        found.append(planned.service(world))
        heard(len(found), worlds)
    objective, handover = objective_of(result.scenario), result.scenario.handover
    is_more = not objective.is_plain or handover.price_mbit > 0.0
    worth = objective.worth.of
    return Promise(
        scenario=result.scenario.content_hash(),
        answer=arrays_digest(result.dataset),
        method=str(result.manifest["method"]),
        position_error_m=errors.position_error_m,
        timing_error_s=errors.timing_error_s,
        planned_mbit=float(result.kpis["data_service_mbit"]),
        planned_served_share=1.0 - float(result.kpis["outage"]),
        forecast_mbit=planned.service(forecast).data_mbit,
        data_mbit=tuple(float(one.data_mbit) for one in found),
        served_share=tuple(float(one.served_share) for one in found),
        objective=objective.name if is_more else "",
        planned_worth_mbit=float(worth(Service.of_figures(result.kpis))) if is_more else 0.0,
        worth_mbit=tuple(float(worth(one)) for one in found) if is_more else (),
        counts_changes=handover.couples,
    )
