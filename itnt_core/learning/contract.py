"""What all environments of this program promise: plain arguments, options by their names, actions that can be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec
from numpy.typing import ArrayLike, NDArray

from itnt_core.arrays import Array
from itnt_core.errors import ItntError
from itnt_core.scenario import Scenario

Float32Array = NDArray[np.float32]


class _Choices(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


Chosen = TypeVar("Chosen", bound=_Choices)


class PlainSpecEnv(gymnasium.Env[Float32Array, Float32Array]):
    """An environment whose ``spec`` holds plain data, whatever it was made from, so that it can be written as JSON."""

    _spec: EnvSpec | None = None

    @property
    def spec(self) -> EnvSpec | None:
        """Return what this environment was made from, in plain data that can be written as JSON."""
        return self._spec

    @spec.setter
    def spec(self, spec: EnvSpec | None) -> None:
        if spec is not None:
            spec.kwargs = {name: _plain(value) for name, value in spec.kwargs.items()}
        self._spec = spec


def options_of(kind: type[Chosen], options: Chosen | Mapping[str, Any] | None, error: type[ItntError]) -> Chosen:
    """Return options of a kind from themselves, from names and values, or the defaults from None (``error``)."""
    if options is None or isinstance(options, kind):
        return options or kind()
    if not isinstance(options, Mapping):
        raise error(f"The options are {options!r:.60}: give {kind.__name__} or a mapping of their names.")
    known = [item.name for item in fields(kind)]
    for name in options:
        if name not in known:
            raise error(f"The option '{name}' is unknown: choose among {', '.join(known)}.")
    return kind(**options)


def action_to_take(
    action: ArrayLike, shape: tuple[int, ...] | None, slot: int | None, slots: int, error: type[ItntError]
) -> Array:
    """Return an action of that shape that can be taken in a slot of an episode of ``slots``, or raise ``error``.

    ``slot`` is None where no episode has begun.
    """
    if slot is None:
        raise error("The episode has not begun: call reset() first.")
    if slot >= slots:
        raise error(f"The episode ended with slot {slot}: call reset() to begin another.")
    found: Array = np.asarray(action, dtype=float)
    if found.shape != shape:
        raise error(f"The action has the shape {found.shape}, but {shape} is needed.")
    wrong = np.flatnonzero(~np.isfinite(found))
    if wrong.size:
        raise error(f"Entry {wrong[0]} of the action is {found[wrong[0]]}, but finite numbers are needed.")
    return found


def places_of(sizes: Mapping[str, int]) -> dict[str, slice]:
    """Return where every part of an observation lies, from the sizes of the parts in order."""
    ends = np.cumsum(list(sizes.values())).tolist()
    return {name: slice(end - size, end) for (name, size), end in zip(sizes.items(), ends, strict=True)}


def _plain(value: Any) -> Any:
    """Return an argument as plain data where there is such a form."""
    if isinstance(value, Scenario):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value) if isinstance(value, Path) else value
