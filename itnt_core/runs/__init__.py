"""Runs: a store, worker processes, progress events."""

from .execute import RunRequest, execute, read_events, write_request
from .paths import UnknownRunError, cache_folder, data_root
from .store import Run, RunState, RunStore, StoreError

__all__ = [
    "Run",
    "RunRequest",
    "RunState",
    "RunStore",
    "StoreError",
    "UnknownRunError",
    "cache_folder",
    "data_root",
    "execute",
    "read_events",
    "write_request",
]
