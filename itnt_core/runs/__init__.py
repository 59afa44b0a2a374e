"""Runs: a store, worker processes here or on a cluster, sweeps, costs, exports and clean-up."""

from .costs import CostEstimate, estimate_cost, sentence, spoken_time
from .folder import LOG_FILE, RunRequest, read_asked, read_events, read_request, write_request
from .launchers import LauncherError, check_scheduler, checked_address, default_launcher, most_parallel_runs
from .paths import RunStateError, UnknownRunError, cache_folder, data_root
from .run import HERE, RESUMABLE, STATE_WORDS, Run, RunState, of_study
from .schema import StoreError
from .store import RunStore

__all__ = [
    "HERE",
    "LOG_FILE",
    "RESUMABLE",
    "STATE_WORDS",
    "CostEstimate",
    "LauncherError",
    "Run",
    "RunRequest",
    "RunState",
    "RunStateError",
    "RunStore",
    "StoreError",
    "UnknownRunError",
    "cache_folder",
    "check_scheduler",
    "checked_address",
    "data_root",
    "default_launcher",
    "estimate_cost",
    "most_parallel_runs",
    "of_study",
    "read_asked",
    "read_events",
    "read_request",
    "sentence",
    "spoken_time",
    "write_request",
]
