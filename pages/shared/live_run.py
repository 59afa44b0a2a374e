"""The best decision so far of a run, at an address of its own: the map draws it growing while the run computes."""

from __future__ import annotations

import math
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.responses import Response

from itnt_core.bounds import BoundError, gap
from itnt_core.data_folder import common_path
from itnt_core.errors import ItntError
from itnt_core.mapdata import live_bundle
from itnt_core.objective import objective_of
from itnt_core.person import who_asks
from itnt_core.results import DATA_SERVICE, SCENARIO_FILE, ResultError, decision_of, read_drawable
from itnt_core.runs import BestSoFar, Run, RunStore, UnknownRunError, best_version, of_study, read_best
from itnt_core.scenario import Scenario, read_scenario
from itnt_core.words import HEADLINE_KEYS, WORTH_KEYS, live_figures, run_headline

from .assets import live_address

MARK = "run-"  # before the id, where a session has its token


def follow_run(run_id: str, title: str = "Run") -> dict[str, object]:
    """Return what the map needs to follow the best decision so far of a run; ``title`` stands above its figures."""
    return {"url": live_address(MARK + run_id), "number": _number(run_id), "title": title}


def _number(run_id: str) -> int:
    """Return a number for a run, by which the map tells the answers of one from those of another."""
    return zlib.crc32(run_id.encode())


def newest_run(store: RunStore, scenario: Scenario) -> Run | None:
    """Return the newest data-service run that answers just this scenario, none of a sweep; None where there is none."""
    digest, runs = scenario.content_hash(), of_study(store.list(), DATA_SERVICE)
    return next((run for run in runs if run.scenario_hash == digest and not run.sweep), None)


def run_answer(token: str, seen: str) -> Response:
    """Answer a map that follows a run: 200 with a bundle, 304 where nothing is new, 204 before the first decision.

    ``seen`` is the tag that the map has. A sentence in plain text where there will be none, 404 for what is no run of
    data service.
    """
    store = _store(common_path(), who_asks().id)
    try:
        run = store.get(token.removeprefix(MARK))
    except UnknownRunError:
        return Response(status_code=404)
    if not of_study([run], DATA_SERVICE):
        return Response(status_code=404)
    folder = store.folder(run.id)
    headers = {"ETag": f'"{run.id}-{run.attempts}-{best_version(folder)}-{run.state}"', "Cache-Control": "no-store"}
    if seen == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    try:
        content = _bundle(folder, run)
    except (ItntError, OSError) as error:
        return Response(str(error), 200, headers, "text/plain")
    if content is None:
        if run.is_over:
            return Response(run.message or "This run ended without a decision.", 200, headers, "text/plain")
        return Response(status_code=204, headers=headers)
    return Response(content, 200, headers, "application/octet-stream")


@lru_cache(maxsize=64)
def _store(root: Path, owner: str) -> RunStore:
    return RunStore(root, owner)


def _bundle(folder: Path, run: Run) -> bytes | None:
    """Return what the map draws: the result of a run that is over, else the best decision so far."""
    scenario = read_scenario(folder / SCENARIO_FILE, stored=True)
    decision, kpis = _result(folder, run)
    best = read_best(folder, scenario) if decision is None else None
    if best is not None:
        decision, kpis = best.decision, _figures(best, scenario)
    if decision is None:
        return None
    return live_bundle(
        scenario,
        decision,
        None,
        number=_number(run.id),
        is_settled=run.is_over,
        headline=run_headline(kpis, is_over=run.is_over),
        figures=live_figures({key: value for key, value in kpis.items() if key not in (*HEADLINE_KEYS, *WORTH_KEYS)}),
    )


def _result(folder: Path, run: Run) -> tuple[Any, dict[str, Any]]:
    """Return decision and figures of a run that is over and has a result, else None and nothing."""
    if not run.is_over or not run.kpis:
        return None, {}
    try:
        result = read_drawable(folder)
    except ResultError:
        return None, {}
    return decision_of(result.dataset), result.kpis


def _figures(best: BestSoFar, scenario: Scenario) -> dict[str, Any]:
    """Return the figures of a decision on the way, as far as they are known."""
    names = HEADLINE_KEYS if objective_of(scenario).is_plain else WORTH_KEYS
    known = dict(zip(names, (best.data_mbit, best.bound_mbit), strict=False))
    kpis: dict[str, Any] = {key: value for key, value in known.items() if not math.isnan(value)}
    if not math.isnan(best.served_share):
        kpis["outage"] = max(0.0, 1.0 - best.served_share)
    if len(kpis.keys() & known.keys()) == len(known):
        try:
            kpis["gap"] = gap(best.data_mbit, best.bound_mbit)
        except BoundError:
            del kpis[names[1]]
    return kpis
