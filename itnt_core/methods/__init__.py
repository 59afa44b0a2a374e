"""The named end-to-end methods, one registry, and the pipeline that runs one."""

from .base import Method, MethodSettings
from .pipeline import SettingsError, find_method, optimise, override_scenario, read_settings, split_overrides
from .progress import ProgressEvent, Report, RunCancelled, quiet
from .registry import METHODS

__all__ = [
    "METHODS",
    "Method",
    "MethodSettings",
    "ProgressEvent",
    "Report",
    "RunCancelled",
    "SettingsError",
    "find_method",
    "optimise",
    "override_scenario",
    "quiet",
    "read_settings",
    "split_overrides",
]
