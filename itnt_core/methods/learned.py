"""The paper's learned method and its baselines: proposed, T-DDQN, RA and EPA."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from itnt_core.arrays import Array
from itnt_core.network import Decision, World, evaluate

from .base import MethodSettings, UndecidedError
from .learned_settings import POLICY_FILE, EqualPowerSettings, LearnedSettings, RandomAssociationSettings
from .planner import PlannerMethod, PlannerSettings
from .progress import Notify, ProgressEvent, quiet
from .straight import StraightMethod, StraightSettings

if TYPE_CHECKING:
    from .agents import Variant
    from .alternation import Alternation

LINE_ROUNDS = 2  # of the planner that draws the reference lines


class LearnedMethod:
    """Associate, learn flights and powers, associate again; keep the best decision seen.

    Associations and what is kept follow the scenario's objective. The training's reward is the paper's, data less
    energy and penalties: it counts no served users, but punishes links below the floor.
    """

    def __init__(self, key: str, title: str, summary: str, pilot: str = "ddpg", power: str = "learned"):
        self.key, self.title, self.summary = key, title, summary
        self._pilot, self._power = pilot, power

    @property
    def settings_type(self) -> type[MethodSettings]:
        """Return the model of the method's settings."""
        own: dict[str, type[LearnedSettings]] = {"ra": RandomAssociationSettings, "epa": EqualPowerSettings}
        return own.get(self.key, LearnedSettings)

    def solve(self, world: World, settings: LearnedSettings, seed: int, notify: Notify) -> Decision:
        """Return the best decision of the training, without keeping anything on disk."""
        return self.train(world, settings, seed, notify, None)

    def train(
        self, world: World, settings: LearnedSettings, seed: int, notify: Notify, folder: Path | None
    ) -> Decision:
        """Return the best decision; the folder takes the policy, and the checkpoint when the run is cancelled.

        A checkpoint in the folder that belongs to the same scenario, settings and seed is gone on from, and the answer
        is that of a run that was never interrupted. Raises SettingsError when a policy to start from does not fit.
        """
        alternation = self._alternation(world, settings, seed, notify, folder)
        if not alternation.resume():
            if settings.policy:
                alternation.load_policy(Path(settings.policy))
            if settings.reference_lines:
                notify(
                    ProgressEvent(phase="planner", fraction=0.02, message="A short planner, as a line to compare with")
                )
                alternation.lines["planner_mbit"] = _planner_mbit(world, seed)
        with alternation.kept_when_cancelled():
            return alternation.run()

    def _alternation(
        self, world: World, settings: LearnedSettings, seed: int, notify: Notify, folder: Path | None
    ) -> Alternation:
        import torch

        from .alternation import Alternation
        from .random_alternation import RandomAlternation

        torch.set_num_threads(1)
        start = StraightMethod().solve(world, StraightSettings(), seed, quiet)
        arguments = (world, start, settings, self._variant(settings), seed, notify, folder)
        if isinstance(settings, RandomAssociationSettings):
            return RandomAlternation(*arguments, draws=settings.draws)
        return Alternation(*arguments)

    def decide(self, world: World, flight_m: Array, settings: LearnedSettings, seed: int) -> Decision:
        """Return who is served and with which powers on a flight (slots + 1, I, 3): the method's rule in every slot.

        P1 is solved with the method's associator, and powers are those of the policy that the settings name, or equal.
        Nothing is learned. Raises UndecidedError for RA, and where the powers are a policy's that is not at hand.
        """
        if self.key == "ra":
            raise UndecidedError(
                f"'{self.title}' draws its association and does not decide it by gains, so it has no rule for other "
                "worlds: use a method that solves the association."
            )
        if self._power == "learned" and not settings.policy:
            raise UndecidedError(
                f"'{self.title}' takes its powers from its trained policy, which is not here: name the run's own "
                f"folder, which keeps '{POLICY_FILE}', or use a method without a policy."
            )
        from .kept_training import KeptTraining

        start = StraightMethod().decide(world, flight_m, StraightSettings(), seed)
        still = settings.model_copy(update={"episodes": 0, "environments": 2})
        trained = KeptTraining(world, start, still, self._variant(settings), seed)
        if settings.policy:
            trained.load_policy(Path(settings.policy))
        trained.keep_better_slots(trained.associated(trained, None))
        return trained.top.decision

    def _variant(self, settings: LearnedSettings) -> Variant:
        from .agents import Variant

        association = "random" if self.key == "ra" else "solved"
        over_served = isinstance(settings, EqualPowerSettings) and settings.equal_over == "served"
        power = "equal_served" if over_served else self._power
        return Variant(self._pilot, power, association)  # type: ignore[arg-type]


def _planner_mbit(world: World, seed: int) -> float:
    decision = PlannerMethod().solve(world, PlannerSettings(rounds=LINE_ROUNDS), seed, quiet)
    return evaluate(world, decision).active.data_service_mbit


PROPOSED = LearnedMethod(
    "proposed",
    "Proposed (DDPG)",
    "The paper's method: association solved, flights learned by DDPG, powers set by a network that climbs the rate "
    "formula; keeps the best. Training adds about 2 % to the same without an update.",
)
T_DDQN = LearnedMethod(
    "t_ddqn",
    "T-DDQN",
    "The paper's baseline: flights learned by double deep Q-learning over 27 moves; the rest, solved or climbing the "
    "rate formula, as in Proposed.",
    pilot="ddqn",
)
RA = LearnedMethod(
    "ra",
    "Random association",
    "The paper's baseline: random association (mean of 20 draws); flights learned by DDPG, powers set by a network "
    "that climbs the rate formula.",
)
EPA = LearnedMethod(
    "epa",
    "Equal power",
    "The paper's baseline: equal power, association solved; only the flights are learned, by DDPG.",
    power="equal",
)
