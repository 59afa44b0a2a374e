from .base import DecidesSlots, Method, MethodSettings, SettingsError, TrainedMethod, UndecidedError
from .block_ascent import BlockAscent
from .bounding import scenario_ceiling
from .carrying_over import carried_over
from .controls import CONTROL_USERS, CONTROLS, UNTRAINED, Control
from .coverage_cost import CoverageCost, coverage_cost
from .deciding import PlannedFlight, slot_rule
from .explain import Explanation, explain_unserved
from .flux_costs import LIMITS_DBW_M2_MHZ, FluxCost, flux_costs
from .incumbent import BestDecision
from .learned_settings import POLICY_FILE, LearnedSettings
from .pipeline import (
    answer_figures,
    assign_fields,
    find_method,
    optimise,
    override_scenario,
    settings_of,
    split_overrides,
)
from .planner import QUIET_ROUNDS, PlannerMethod, PlannerSettings, has_settled
from .progress import Notify, ProgressEvent, RunCancelled, interrupt, interruptible, quiet
from .quicklook import QuickLook, WorstUser, leo_share, quick_look
from .registry import METHODS, register_method
from .sites import SiteSuggestion, suggest_site
from .straight import StraightMethod, StraightSettings
from .terms import unknown_terms, unknown_to_bound
from .why import StationReason, explain_choice
from .worst_off import worst_off_sentence

__all__ = [
    "CONTROLS",
    "CONTROL_USERS",
    "LIMITS_DBW_M2_MHZ",
    "METHODS",
    "POLICY_FILE",
    "QUIET_ROUNDS",
    "UNTRAINED",
    "BestDecision",
    "BlockAscent",
    "Control",
    "CoverageCost",
    "DecidesSlots",
    "Explanation",
    "FluxCost",
    "LearnedSettings",
    "Method",
    "MethodSettings",
    "Notify",
    "PlannedFlight",
    "PlannerMethod",
    "PlannerSettings",
    "ProgressEvent",
    "QuickLook",
    "RunCancelled",
    "SettingsError",
    "SiteSuggestion",
    "StationReason",
    "StraightMethod",
    "StraightSettings",
    "TrainedMethod",
    "UndecidedError",
    "WorstUser",
    "answer_figures",
    "assign_fields",
    "carried_over",
    "coverage_cost",
    "explain_choice",
    "explain_unserved",
    "find_method",
    "flux_costs",
    "has_settled",
    "interrupt",
    "interruptible",
    "leo_share",
    "optimise",
    "override_scenario",
    "quick_look",
    "quiet",
    "register_method",
    "scenario_ceiling",
    "settings_of",
    "slot_rule",
    "split_overrides",
    "suggest_site",
    "unknown_terms",
    "unknown_to_bound",
    "worst_off_sentence",
]
