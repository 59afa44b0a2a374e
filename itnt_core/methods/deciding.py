"""A result's own rule for slots, on the flight that it planned: for worlds and limits that it was not planned for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from itnt_core.arrays import Array
from itnt_core.handover import early_changes
from itnt_core.network import Decision, World, evaluate
from itnt_core.objective import Service
from itnt_core.results import Result, decision_of

from .base import DecidesSlots, Method, MethodSettings, UndecidedError
from .learned_settings import POLICY_FILE
from .pipeline import find_method, settings_of


def slot_rule(method: Method) -> DecidesSlots:
    """Return a method as one that decides slots on a given flight (UndecidedError where it is none)."""
    if not isinstance(method, DecidesSlots):
        raise UndecidedError(
            f"The method '{method.key}' has no rule for slots that differ from the forecast: use another method, or "
            "give it a function decide(world, flight_m, settings, seed)."
        )
    return method


@dataclass(frozen=True, eq=False)
class PlannedFlight:
    """The flight of a result with the rule that its method decides slots by."""

    rule: DecidesSlots
    flight_m: Array  # (slots + 1, I, 3)
    settings: MethodSettings
    seed: int

    @classmethod
    def of(cls, result: Result, folder: Path | None = None) -> PlannedFlight:
        """Return that of a result; ``folder`` is where it lies, with the policy that a training kept beside it.

        Raises UndecidedError for a method without a rule, SettingsError for one that is not known here.
        """
        method = find_method(str(result.manifest["method"]))
        settings = settings_of(method, result.manifest.get("settings") or {})
        policy = None if folder is None else folder / POLICY_FILE
        if policy is not None and "policy" in type(settings).model_fields and policy.is_file():
            settings = settings.model_copy(update={"policy": str(policy)})
        return cls(slot_rule(method), decision_of(result.dataset).positions_m, settings, result.scenario.seed)

    def decided(self, world: World) -> Decision:
        """Return who is served in a world, and with which powers (UndecidedError).

        Whatever the rule knows of changes of server, a link that comes too early after one is let go.
        """
        decision = self.rule.decide(world, self.flight_m, self.settings, self.seed)
        return decision.dropped(early_changes(decision.station, world.scenario.handover.min_stay_slots))

    def service(self, world: World) -> Service:
        """Return what the flight brings in a world (UndecidedError)."""
        return Service.of(evaluate(world, self.decided(world)))
