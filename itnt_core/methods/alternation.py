"""The alternation between P1 and P2: association solved, flights and powers learned, the best decision kept.

:meth:`Alternation.run` is the whole of it. One round trains the agents episode by episode (:func:`run_episode` is the
loop over the slots), then solves P1 on the best flight, then gives the environments new associations to learn from.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from itnt_core.learning import Episode, run_episode
from itnt_core.network import Decision, World

from .agents import Variant
from .kept_training import KeptTraining
from .learned_settings import LearnedSettings
from .progress import Notify, ProgressEvent, RunCancelled


class Alternation(KeptTraining):
    """Trains, settles and associates in turn; :meth:`run` goes on from wherever it stands."""

    def __init__(
        self,
        world: World,
        start: Decision,
        settings: LearnedSettings,
        variant: Variant,
        seed: int,
        notify: Notify,
        folder: Path | None = None,
    ):
        super().__init__(world, start, settings, variant, seed, folder)
        self.notify = notify
        self._started = time.perf_counter()

    def run(self) -> Decision:
        """Alternate until the rounds are used up and return the best decision; cancelling keeps a checkpoint."""
        if not self.settings.episodes:  # nothing to learn: the policy flies once as it is
            self._offer(run_episode(self.dynamics, self.agents))
        while self.round < self.settings.rounds:
            while self.episode < self.settings.episodes and not self._is_stuck():
                self.train()
            self.settle()
            self.round, self.episode, self.since_gain = self.round + 1, 0, 0
            if self.round < self.settings.rounds:
                self.new_associations()
            self._notify({}, f"Association after round {self.round}")
        self.save_policy()
        return self.top.decision

    def train(self) -> None:
        """Run one episode of all environments, learn from it and keep the best of its flights."""
        exploration = self.agents.exploration(self.done_share)
        episode = run_episode(self.dynamics, self.agents, exploration, self.settings.updates)
        before = self.top
        self._offer(episode)
        self.since_gain = self.since_gain + 1 if self.top is before else 0
        self.episode += 1
        metrics = {
            "reward": float(episode.reward[0]),
            "mean_reward": float(episode.reward.mean()),
            "policy_mbit": self.policy_mbit(episode),
            "energy_kj": float(episode.energy_j[0]) / 1e3,
            "penalty": float(episode.penalty[0]),
            "exploration": exploration,
            **episode.losses,
        }
        self._notify(metrics, f"Round {self.round + 1} of {self.settings.rounds}, episode {self.episode}")

    def _offer(self, episode: Episode) -> None:
        """Keep the best of an episode's flights, where flights other than the straight ones may be kept."""
        if self.settings.keep_flights:
            self.consider(episode)

    def settle(self) -> None:
        """Solve P1 on the best flight: as it stands, then with other powers on idle subchannels; keep better slots."""
        generator = np.random.default_rng([self.seed, 1 + self.round])
        for number in range(self.settings.searches if self.is_varied else 1):
            self.keep_better_slots(self.associated(self, generator if self.is_varied and number else None))

    def new_associations(self) -> None:
        """Give half of the environments the best association and the others variations of it, to learn from."""
        self.dynamics = self.environments(self.settings.environments)
        if self.options.nested or not self.is_varied:
            return
        generator, count = np.random.default_rng([self.seed, 1000 + self.round]), self.settings.environments
        variations = [self.associated(self, generator) for _ in range(min(8, count // 2))]
        for number in range(count // 2, count):
            chosen = variations[number % len(variations)]
            self.dynamics.station[number], self.dynamics.subchannel[number] = chosen.station, chosen.subchannel

    def _is_stuck(self) -> bool:
        return 0 < self.settings.patience <= self.since_gain

    def _notify(self, metrics: dict[str, float], message: str) -> None:
        """Notify; keep a checkpoint now and then, and when the answer is that the run is cancelled."""
        spent = time.perf_counter() - self._started
        left = spent * (1.0 - self.done_share) / max(self.done_share - self.share_before, 0.01)
        event = ProgressEvent(
            phase="training",
            fraction=0.05 + 0.9 * min(1.0, self.done_share),
            message=message,
            iteration=self.round * self.settings.episodes + self.episode,
            objective_mbit=self.top.service.worth_mbit,
            served_share=self.top.service.served_share,
            eta_s=round(left, 1),
            metrics=self.lines | metrics,
            decision=self.top.decision,
        )
        try:
            self.notify(event)
        except RunCancelled:
            self.save()
            raise
        self.save_now_and_then()
