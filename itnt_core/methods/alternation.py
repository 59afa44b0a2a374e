"""The alternation between P1 and P2: association solved, flights and powers learned, the best decision kept."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.association import ASSOCIATORS, Association, Associator, make_problem
from itnt_core.learning import (
    MOST_BYTES,
    PLAIN,
    CheckpointError,
    Crew,
    DdpgOptions,
    DdqnOptions,
    EnvironmentOptions,
    Episode,
    FactoredCrew,
    JointCrew,
    Radio,
    ServiceDynamics,
    learning_bytes,
    power_shares,
    read_checkpoint,
    run_episode,
    stations_ahead,
    write_checkpoint,
)
from itnt_core.network import Decision, World
from itnt_core.objective import Service
from itnt_core.power import equal_power

from .base import SettingsError
from .incumbent import BestDecision
from .learned_settings import CHECKPOINT_FILE, POLICY_FILE, LearnedSettings
from .progress import ProgressEvent, Report, RunCancelled

SAVE_EVERY_S, CONTEST_SEARCHES = 20.0, 3


@dataclass(frozen=True)
class Variant:
    """What distinguishes the learned methods: who flies, and how powers are set."""

    pilot: Literal["ddpg", "ddqn"] = "ddpg"
    power: Literal["learned", "equal"] = "learned"
    association: Literal["solved", "random"] = "solved"


def environment_options(settings: LearnedSettings, variant: Variant) -> EnvironmentOptions:
    """Return the environment that settings and variant ask for."""
    plain = settings.agent == "plain" and variant.pilot == "ddpg"
    return EnvironmentOptions(
        projection=settings.projection,
        course="relative" if settings.relative_course and not plain else "absolute",
        spread="equal" if variant.power == "equal" else "all" if plain else "served",
        nested=settings.nested and variant.association == "solved",
    )


def make_crew(dynamics: ServiceDynamics, settings: LearnedSettings, variant: Variant, seed: int) -> Crew:
    """Build the agents that settings and variant ask for."""
    if settings.agent == "plain" and variant.pilot == "ddpg":
        return JointCrew(dynamics, PLAIN, seed)
    names = ("hidden", "actor_rate", "critic_rate", "discount", "layer_norm", "twin_critics", "target_smoothing")
    more = ("actor_delay", "small_last_layer", "action_penalty", "correlated_noise")
    options = DdpgOptions(**{name: getattr(settings, name) for name in names + more})
    if variant.pilot == "ddqn":
        values = DdqnOptions(settings.hidden, settings.actor_rate, settings.discount, layer_norm=settings.layer_norm)
        return FactoredCrew(dynamics, values, seed, settings.centred_reward)
    if settings.agent == "joint":
        return JointCrew(dynamics, options, seed)
    return FactoredCrew(dynamics, options, seed, settings.centred_reward)


def _check_size(world: World, settings: LearnedSettings) -> None:
    """Refuse a training that would not fit into memory (SettingsError says how large it is)."""
    needed = learning_bytes(world, settings.environments, settings.agent, settings.hidden)
    if needed > MOST_BYTES:
        raise SettingsError(
            f"A training with {settings.environments} environments in this scenario fills about {needed / 1e9:,.1f} GB "
            f"of memory, but at most {MOST_BYTES / 1e9:.0f} GB is allowed: lower the environments, or use fewer slots, "
            "users, stations or subchannels."
        )


class Alternation(BestDecision):
    """Holds agents, environments and the best decision; :meth:`run` goes on from wherever it stands."""

    def __init__(
        self,
        world: World,
        start: Decision,
        settings: LearnedSettings,
        variant: Variant,
        seed: int,
        report: Report,
        folder: Path | None = None,
    ):
        _check_size(world, settings)
        super().__init__(world, start)
        self.settings, self.variant, self.seed = settings, variant, seed
        self.report, self.folder = report, folder
        self.options = environment_options(settings, variant)
        self.reference_mbit = self.top.service.data_mbit
        self.lines = {"straight_mbit": self.reference_mbit}
        self.radio = Radio(world)
        self.dynamics = self._environments(settings.environments)
        self.crew = make_crew(self.dynamics, settings, variant, seed)
        self.round = self.episode = self.since_gain = 0
        self.own_mbit_s = np.full(world.aerial_count, -np.inf)
        self.own_flight_m = start.positions_m.copy()
        self._started = self._saved = time.perf_counter()
        self._share_before = 0.0  # done by an earlier process, for the time left

    def run(self) -> Decision:
        """Alternate until the rounds are used up and return the best decision; cancelling keeps a checkpoint."""
        if not self.settings.episodes:  # nothing to learn: the policy flies once as it is
            self._consider(run_episode(self.dynamics, self.crew))
        while self.round < self.settings.rounds:
            while self.episode < self.settings.episodes and not self._is_stuck():
                self._train()
            self._settle()
            self.round, self.episode, self.since_gain = self.round + 1, 0, 0
            if self.round < self.settings.rounds:
                self._new_associations()
            self._tell({}, f"Association after round {self.round}")
        self._save_policy()
        return self.top.decision

    def _is_stuck(self) -> bool:
        return 0 < self.settings.patience <= self.since_gain

    @property
    def done_share(self) -> float:
        """Return which share of the training is over."""
        return (self.round * self.settings.episodes + self.episode) / max(
            1, self.settings.rounds * self.settings.episodes
        )

    def _environments(self, count: int) -> ServiceDynamics:
        decision = self.best.decision
        association = Association(decision.station, decision.subchannel)
        return ServiceDynamics(self.world, association, count, self.options, self.reference_mbit)

    def _train(self) -> None:
        """Run one episode of all environments, learn from it and keep the best of its flights."""
        exploration = self.crew.exploration(self.done_share)
        episode = run_episode(self.dynamics, self.crew, exploration, self.settings.updates)
        before = self.top
        self._consider(episode)
        self.since_gain = self.since_gain + 1 if self.top is before else 0
        self.episode += 1
        greedy = float((episode.rate_mbit_s * (episode.sinr >= self.floor))[:, 0].sum())
        metrics = {
            "reward": float(episode.reward[0]),
            "mean_reward": float(episode.reward.mean()),
            "policy_mbit": greedy * self.world.scenario.time.slot_s,
            "energy_kj": float(episode.energy_j[0]) / 1e3,
            "penalty": float(episode.penalty[0]),
            "exploration": exploration,
            **episode.losses,
        }
        self._tell(metrics, f"Round {self.round + 1} of {self.settings.rounds}, episode {self.episode}")

    def _consider(self, episode: Episode) -> None:
        """Keep the best decision of an episode, whoever made it, and the best flight of every aerial user."""
        met = episode.sinr >= self.floor
        served = Service(met.mean(axis=(0, 2)), (episode.rate_mbit_s * met).sum(axis=(0, 2)))  # (environments,)
        chosen = self.objective.best(served)
        trial = Decision(
            self.dynamics.station[chosen].copy(),
            self.dynamics.subchannel[chosen].copy(),
            episode.positions_m[:, chosen],
            self._watts(episode.share[:, chosen]),
            "active",
        )
        gains = self.world.gains(trial.positions_m)
        self.keep_if_better(self.feasible(trial, gains), gains)
        if self.world.aerial_count:
            self._contest(self._joined(episode, met))
            self._contest(episode.positions_m[:, 0])

    def _joined(self, episode: Episode, met: NDArray[np.bool_]) -> Array:
        """Return a flight in which every aerial user flies the best that any environment has found for it so far.

        Aerial users only receive, so each may take the flight of another environment.
        """
        own = (episode.rate_mbit_s * met)[:, :, : self.world.aerial_count].sum(axis=0)  # (n, I)
        chosen, users = own.argmax(axis=0), np.arange(self.world.aerial_count)
        better = own[chosen, users] > self.own_mbit_s
        self.own_mbit_s = np.where(better, own[chosen, users], self.own_mbit_s)
        self.own_flight_m = np.where(better[:, None], episode.positions_m[:, chosen, users], self.own_flight_m)
        return self.own_flight_m

    def _contest(self, flight: Array) -> None:
        """Take over a flight if it is better with the association refitted to it and the policy's powers."""
        gains = self.world.gains(flight)
        moved = replace(self.best.decision, positions_m=flight)
        rival = BestDecision(self.world, self.feasible(self.powered(moved, gains), gains))
        generator = np.random.default_rng([self.seed, 2000 + self.round, self.episode])
        for _ in range(CONTEST_SEARCHES if self._varied else 1):
            rival.keep_better_slots(self._associated(rival, generator if self._varied else None))
        self.keep_if_better(rival.best.decision, gains)

    def _watts(self, share: Array) -> Array:
        return share * self.world.station_max_power_w[None, :, None] * (1.0 - 1e-9)

    def powered(self, decision: Decision, gains: Array) -> Decision:
        """Return a decision with the policy's powers for its flight and association."""
        slots = np.arange(self.world.slots)
        aerial = gains[:, : self.world.aerial_count, :, 0] * self.radio.full_w
        links = self.radio.links(slots, aerial, decision.station, decision.subchannel)
        sinr = links.sinr(links.active / self.world.subchannels)
        observation = self.dynamics.observer.observe(
            slots,
            decision.positions_m[1:],
            aerial,
            decision.station,
            decision.subchannel,
            sinr,
            stations_ahead(decision.station[None], self.world.aerial_count, self.world.station_count)[0],
        )
        action = self.crew.power_action(torch.as_tensor(observation)).numpy().astype(float)
        if self.settings.episodes:
            self.crew.learn_powers(torch.as_tensor(observation))
        shares = power_shares(
            action.reshape(self.world.slots, self.world.station_count, -1), links.active, self.options.spread
        )
        return replace(decision, power_w=self._watts(shares))

    @property
    def _varied(self) -> bool:
        """Say whether P1 is solved at several powers; the CVXPY program takes too long for that."""
        return self.options.spread == "served" and self.settings.associator != "milp"

    def _settle(self) -> None:
        """Solve P1 on the best flight: as it stands, then with other powers on idle subchannels; keep better slots."""
        generator = np.random.default_rng([self.seed, 1 + self.round])
        for number in range(self.settings.searches if self._varied else 1):
            self.keep_better_slots(self._associated(self, generator if self._varied and number else None))

    def _associated(self, holder: BestDecision, generator: np.random.Generator | None) -> Decision:
        """Return a holder's best flight with P1 solved anew; a generator varies what idle subchannels would radiate."""
        decision, gains, equal = holder.best.decision, holder.best.gains, equal_power(self.world)
        power = equal
        if self.variant.power == "learned":
            idle, kept = np.full(equal.shape, 0.3), np.ones(equal.shape, dtype=bool)
            if generator is not None:
                on = generator.random(equal.shape) < generator.uniform(0.2, 1.0)
                idle, kept = on * generator.uniform(0.1, 1.2), generator.random(equal.shape) < 0.8
            power = np.where(decision.occupied & kept, decision.power_w, idle * equal)
        found = self._associator().solve(make_problem(self.world, gains, power))
        return self.powered(Decision(found.station, found.subchannel, decision.positions_m, equal, "active"), gains)

    def _associator(self) -> Associator:
        return ASSOCIATORS[self.settings.associator]()

    def _new_associations(self) -> None:
        """Give half of the environments the best association and the others variations of it, to learn from."""
        self.dynamics = self._environments(self.settings.environments)
        if self.options.nested or not self._varied:
            return
        generator, count = np.random.default_rng([self.seed, 1000 + self.round]), self.settings.environments
        variations = [self._associated(self, generator) for _ in range(min(8, count // 2))]
        for number in range(count // 2, count):
            chosen = variations[number % len(variations)]
            self.dynamics.station[number], self.dynamics.subchannel[number] = chosen.station, chosen.subchannel

    def _tell(self, metrics: dict[str, float], message: str) -> None:
        """Report; keep a checkpoint now and then, and when the report says that the run is cancelled."""
        spent = time.perf_counter() - self._started
        left = spent * (1.0 - self.done_share) / max(self.done_share - self._share_before, 0.01)
        event = ProgressEvent(
            phase="training",
            fraction=0.05 + 0.9 * min(1.0, self.done_share),
            message=message,
            iteration=self.round * self.settings.episodes + self.episode,
            objective_mbit=self.top.service.data_mbit,
            served_share=self.top.service.served_share,
            eta_s=round(left, 1),
            metrics=self.lines | metrics,
        )
        try:
            self.report(event)
        except RunCancelled:
            self._save()
            raise
        if time.perf_counter() - self._saved > SAVE_EVERY_S:
            self._save()

    def _save(self) -> None:
        if self.folder is not None:
            write_checkpoint(self.folder / CHECKPOINT_FILE, self.state_dict())
            self._save_policy()
        self._saved = time.perf_counter()

    def _save_policy(self) -> None:
        if self.folder is not None:
            write_checkpoint(self.folder / POLICY_FILE, {"shape": self.shape, "weights": self.crew.policy()})

    @property
    def shape(self) -> dict[str, Any]:
        """Return what another scenario must share for a policy to fit: kinds of agents and counts."""
        layout = self.dynamics.observer.layout
        return {
            "agent": self.settings.agent,
            "pilot": self.variant.pilot,
            "power": self.variant.power,
            "hidden": self.settings.hidden,
            "aerial_users": layout.aerial,
            "users": layout.users,
            "stations": layout.stations,
            "satellites": layout.satellites,
            "slots": layout.slots,
            "subchannels": self.world.subchannels,
        }

    def load_policy(self, path: Path) -> None:
        """Start from a policy trained elsewhere (SettingsError when it cannot be read or does not fit)."""
        try:
            kept = read_checkpoint(path)
        except CheckpointError as error:
            raise SettingsError(str(error)) from error
        if kept.get("shape") != self.shape:
            told = kept.get("shape")
            known = told if isinstance(told, dict) else {}
            differing = [name for name, value in self.shape.items() if known.get(name) != value]
            raise SettingsError(
                f"The policy '{path.name}' does not fit this scenario: {', '.join(differing)} differ; "
                "choose a policy that was trained with the same numbers of users, stations, slots and subchannels."
            )
        self.crew.load_policy(kept["weights"])

    def state_dict(self) -> dict[str, Any]:
        """Return everything that a checkpoint needs for going on as if nothing had happened."""
        decisions = {name: _packed(getattr(self, name).decision) for name in ("best", "top")}
        station, subchannel = (torch.from_numpy(array) for array in (self.dynamics.station, self.dynamics.subchannel))
        return {
            "crew": self.crew.state_dict(),
            "round": self.round,
            "episode": self.episode,
            "since_gain": self.since_gain,
            "decisions": decisions,
            "lines": self.lines,
            "question": self._question(),
            "station": station,
            "subchannel": subchannel,
            "own": [torch.from_numpy(self.own_mbit_s), torch.from_numpy(self.own_flight_m)],
        }

    def resume(self) -> bool:
        """Go on from the folder's checkpoint if it belongs to this very question; say whether it did."""
        path = None if self.folder is None else self.folder / CHECKPOINT_FILE
        if path is None or not path.exists():
            return False
        try:
            state = read_checkpoint(path)
        except CheckpointError:  # half a file, or one of another version: the training starts anew
            return False
        if state["question"] != self._question():
            return False
        self.load_state_dict(state)
        self._share_before = self.done_share
        return True

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        self.crew.load_state_dict(state["crew"])
        self.round, self.episode, self.since_gain = state["round"], state["episode"], state["since_gain"]
        self.lines = state["lines"]
        for name in ("best", "top"):
            decision = _unpacked(state["decisions"][name])
            setattr(self, name, self.judged(decision, self.world.gains(decision.positions_m)))
        self.dynamics = self._environments(self.settings.environments)
        self.own_mbit_s, self.own_flight_m = (array.numpy() for array in state["own"])
        self.dynamics.station[:] = state["station"].numpy()
        self.dynamics.subchannel[:] = state["subchannel"].numpy()

    def _question(self) -> str:
        """Return what a checkpoint must have been made for."""
        question = self.world.scenario.model_dump_json(), self.settings.model_dump_json()
        return "\n".join(map(str, (*question, self.variant, self.seed)))


def _packed(decision: Decision) -> dict[str, Any]:
    names = ("station", "subchannel", "positions_m", "power_w")
    return {name: torch.from_numpy(getattr(decision, name).copy()) for name in names} | {
        "convention": decision.convention
    }


def _unpacked(kept: dict[str, Any]) -> Decision:
    names = ("station", "subchannel", "positions_m", "power_w")
    return Decision(**{name: kept[name].numpy() for name in names}, convention=kept["convention"])
