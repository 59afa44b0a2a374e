"""What a named end-to-end method is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from itnt_core.arrays import Array
from itnt_core.errors import ItntError
from itnt_core.network import Decision, World

from .progress import Notify


class SettingsError(ItntError, ValueError):
    """A method or a setting that does not exist or cannot have the value."""


class MethodSettings(BaseModel):
    """Base of a method's settings: strict, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Method(Protocol):
    """One way to answer a scenario."""

    key: str
    title: str
    summary: str

    @property
    def settings_type(self) -> type[MethodSettings]:
        """Return the model of the method's settings."""

    def solve(self, world: World, settings: Any, seed: int, notify: Notify) -> Decision:
        """Return a decision for the world; ``settings`` is of ``settings_type``, ``notify`` hears of progress."""


@runtime_checkable
class TrainedMethod(Protocol):
    """A method that keeps files while it works, and can go on from them."""

    def train(self, world: World, settings: Any, seed: int, notify: Notify, folder: Path | None) -> Decision:
        """Return a decision as ``solve`` does; ``folder`` takes checkpoints and the trained policy."""


class UndecidedError(ItntError, ValueError):
    """A method that cannot decide slots one by one on a given flight; its text says why and what to do."""


@runtime_checkable
class DecidesSlots(Protocol):
    """A method that has a rule for who is served and with which powers, slot by slot, when the gains are known."""

    def decide(self, world: World, flight_m: Array, settings: Any, seed: int) -> Decision:
        """Return the decision on a flight (slots + 1, I, 3), which stays as it is (UndecidedError)."""
