from .base import Method, MethodSettings, SettingsError, TrainedMethod
from .block_ascent import BlockAscent
from .bounding import scenario_ceiling
from .explain import Explanation, explain_unserved
from .learned_settings import POLICY_FILE, LearnedSettings
from .pipeline import assign_fields, find_method, optimise, override_scenario, settings_of, split_overrides
from .progress import Notify, ProgressEvent, RunCancelled, interrupt, interruptible, quiet
from .quicklook import QuickLook, WorstUser, quick_look
from .registry import METHODS, register_method
from .sites import SiteSuggestion, suggest_site
from .straight import StraightMethod, StraightSettings

__all__ = [
    "METHODS",
    "POLICY_FILE",
    "BlockAscent",
    "Explanation",
    "LearnedSettings",
    "Method",
    "MethodSettings",
    "Notify",
    "ProgressEvent",
    "QuickLook",
    "RunCancelled",
    "SettingsError",
    "SiteSuggestion",
    "StraightMethod",
    "StraightSettings",
    "TrainedMethod",
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
    "register_method",
    "scenario_ceiling",
    "settings_of",
    "split_overrides",
    "suggest_site",
]
