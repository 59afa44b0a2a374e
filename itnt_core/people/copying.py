"""Looking at what belongs to somebody else, where they share it or a lecturer asks, and copying it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from itnt_core.city import CityError, keep_city_folder, library_folder
from itnt_core.data_folder import cache_folder, home_of, home_path
from itnt_core.drafts import DATABASE_FILE, Draft, DraftStore, RecentDraft
from itnt_core.person import NobodyError, Person
from itnt_core.results import SCENARIO_FILE
from itnt_core.runs import RunStore, take_copy
from itnt_core.scenario import Scenario, read_scenario

from .shares import Share, ShareError

NOT_SHARED = "This belongs to somebody else, who does not share it with you."


def seen_runs(asks: Person, store: RunStore, owner: str, share: Share | None = None) -> RunStore:
    """Return somebody's runs to look at, unchanged: one's own, for a lecturer, or that of a link (NobodyError).

    Of a link only its own run may be asked; :func:`copy_run` and the pages ask no other.
    """
    may = asks.id == owner or asks.is_lecturer or (share is not None and share.owner == owner and share.kind == "run")
    if not may:
        raise NobodyError(NOT_SHARED)
    return store.of(owner, read_only=True)


def seen_draft(asks: Person, root: Path, owner: str, draft_id: str, share: Share | None = None) -> Draft:
    """Return somebody's kept scenario to look at, under the same rule (NobodyError, DraftError)."""
    is_shared = share is not None and (share.owner, share.kind, share.subject) == (owner, "scenario", draft_id)
    if not (asks.id == owner or asks.is_lecturer or is_shared):
        raise NobodyError(NOT_SHARED)
    return DraftStore(home_path(root, owner)).open(draft_id)


def seen_drafts(asks: Person, root: Path, owner: str) -> list[RecentDraft]:
    """Return the kept scenarios of somebody, newest first: one's own, or for a lecturer (NobodyError, DraftError)."""
    if not (asks.id == owner or asks.is_lecturer):
        raise NobodyError(NOT_SHARED)
    home = home_path(root, owner)
    return DraftStore(home).recent() if (home / DATABASE_FILE).is_file() else []


def copy_run(asks: Person, store: RunStore, owner: str, run_id: str, share: Share | None = None) -> str:
    """Copy a run of somebody else into one's own store, with its imported city, and return the copy's id.

    Raises NobodyError where it may not be seen, ShareError for a run that the link does not name, RunStateError and
    StoreError as :func:`~itnt_core.runs.take_copy`.
    """
    if share is not None and share.subject != run_id:
        raise ShareError("This link shows another run.")
    theirs = seen_runs(asks, store, owner, share)
    run, folder = theirs.get(run_id), theirs.folder(run_id)
    copied = take_copy(store.of(asks.id, read_only=False), run, folder)
    with suppress(ValueError, OSError):  # of another study, or damaged: the run says so
        _bring_city(read_scenario(folder / SCENARIO_FILE, stored=True), store.root, owner, asks.id)
    return copied


def copy_draft(asks: Person, root: Path, owner: str, draft_id: str, share: Share | None = None) -> Draft:
    """Copy a kept scenario of somebody else into one's own, with its imported city (NobodyError, DraftError)."""
    scenario = seen_draft(asks, root, owner, draft_id, share).scenario
    _bring_city(scenario, root, owner, asks.id)
    return DraftStore(home_of(root, asks.id)).begin(scenario)


def _bring_city(scenario: Scenario, root: Path, owner: str, asks: str) -> None:
    """Copy the imported city of a scenario into another home, unless it is there; one that is gone stays missing."""
    name = scenario.city.content_hash
    if scenario.city.kind != "imported" or not name:
        return
    source, target = (library_folder(cache_folder(home_path(root, one))) for one in (owner, asks))
    if (source / name).is_dir() and not (target / name).is_dir():
        with suppress(CityError):  # no name of a city: the scenario says so wherever it is opened
            keep_city_folder(source / name, name, target)
