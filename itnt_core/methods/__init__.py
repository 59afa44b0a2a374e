"""The named end-to-end methods, one registry, and the pipeline that runs one."""

from .base import Method, MethodSettings
from .pipeline import SettingsError, find_method, optimise, override_scenario, read_settings, split_overrides
from .progress import ProgressEvent, Report, RunCancelled, quiet
from .quicklook import QuickLook, WorstUser, quick_look
from .registry import METHODS

__all__ = [
    "METHODS",
    "Method",
    "MethodSettings",
    "ProgressEvent",
    "QuickLook",
    "Report",
    "RunCancelled",
    "SettingsError",
    "WorstUser",
    "find_method",
    "optimise",
    "override_scenario",
    "quick_look",
    "quiet",
    "read_settings",
    "split_overrides",
]
