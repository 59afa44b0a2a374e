"""The named end-to-end methods, one registry, and the pipeline that runs one."""

from .base import Method, MethodSettings, SettingsError
from .bounding import scenario_ceiling
from .explain import Explanation, explain_unserved
from .learned_settings import POLICY_FILE
from .pipeline import (
    assign_fields,
    find_method,
    optimise,
    override_scenario,
    settings_of,
    split_overrides,
)
from .progress import ProgressEvent, Report, RunCancelled, interrupt, interruptible, quiet
from .quicklook import QuickLook, WorstUser, quick_look
from .registry import METHODS
from .sites import SiteSuggestion, suggest_site

__all__ = [
    "METHODS",
    "POLICY_FILE",
    "Explanation",
    "Method",
    "MethodSettings",
    "ProgressEvent",
    "QuickLook",
    "Report",
    "RunCancelled",
    "SettingsError",
    "SiteSuggestion",
    "WorstUser",
    "assign_fields",
    "explain_unserved",
    "find_method",
    "interrupt",
    "interruptible",
    "optimise",
    "override_scenario",
    "quick_look",
    "quiet",
    "scenario_ceiling",
    "settings_of",
    "split_overrides",
    "suggest_site",
]
