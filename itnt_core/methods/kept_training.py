"""What a training leaves on disk: checkpoints that it goes on from, and the policy that others start from."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch

from itnt_core.learning import CheckpointError, read_checkpoint, write_checkpoint
from itnt_core.network import Decision, World

from .agents import Variant
from .base import SettingsError
from .learned_settings import CHECKPOINT_FILE, POLICY_FILE, LearnedSettings
from .tries import Tries

SAVE_EVERY_S = 20.0


class KeptTraining(Tries):
    """A training whose state can be written, and taken up again as if nothing had happened."""

    def __init__(
        self,
        world: World,
        start: Decision,
        settings: LearnedSettings,
        variant: Variant,
        seed: int,
        folder: Path | None = None,
    ):
        super().__init__(world, start, settings, variant, seed)
        self.folder = folder
        self.lines = {"straight_mbit": self.reference_mbit}
        self.since_gain = 0
        self.share_before = 0.0  # done by an earlier process, for the time left
        self._saved = time.perf_counter()

    @property
    def done_share(self) -> float:
        """Return which share of the training is over."""
        return (self.round * self.settings.episodes + self.episode) / max(
            1, self.settings.rounds * self.settings.episodes
        )

    def save_now_and_then(self) -> None:
        """Write a checkpoint if the last one is old."""
        if time.perf_counter() - self._saved > SAVE_EVERY_S:
            self.save()

    def save(self) -> None:
        if self.folder is not None:
            write_checkpoint(self.folder / CHECKPOINT_FILE, self.state_dict())
            self.save_policy()
        self._saved = time.perf_counter()

    def save_policy(self) -> None:
        if self.folder is not None:
            write_checkpoint(self.folder / POLICY_FILE, {"shape": self.shape, "weights": self.agents.policy()})

    @property
    def shape(self) -> dict[str, Any]:
        """Return what another scenario must share for a policy to fit: kinds of agents and counts."""
        layout = self.dynamics.observer.layout
        return {
            "agent": self.settings.agent,
            "pilot": self.variant.pilot,
            "power": self.variant.power,
            "hidden": self.settings.hidden,
            "layer_norm": self.settings.layer_norm,
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
        shape = kept.get("shape")
        known = {"layer_norm": True, **shape} if isinstance(shape, dict) else {}  # older files do not say so
        if known != self.shape:
            differing = [name for name, value in self.shape.items() if known.get(name) != value]
            raise SettingsError(
                f"The policy '{path.name}' does not fit this scenario: {', '.join(differing)} differ; "
                "choose a policy that was trained with the same numbers of users, stations, slots and subchannels."
            )
        self.agents.load_policy(kept["weights"])

    def state_dict(self) -> dict[str, Any]:
        """Return everything that a checkpoint needs for going on as if nothing had happened."""
        decisions = {name: _packed(getattr(self, name).decision) for name in ("best", "top")}
        station, subchannel = (torch.from_numpy(array) for array in (self.dynamics.station, self.dynamics.subchannel))
        return {
            "crew": self.agents.state_dict(),
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
        self.share_before = self.done_share
        return True

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        self.agents.load_state_dict(state["crew"])
        self.round, self.episode, self.since_gain = state["round"], state["episode"], state["since_gain"]
        self.lines = state["lines"]
        for name in ("best", "top"):
            decision = _unpacked(state["decisions"][name])
            setattr(self, name, self.judged(decision, self.world.gains(decision.positions_m)))
        self.dynamics = self.environments(self.settings.environments)
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
