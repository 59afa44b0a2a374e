"""Fields whose values are names of things that can come from outside the package, as types of fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from itnt_core.extensions import CHANNEL_MODELS, GROUPS, offered_names

UNKNOWN_NAME = "unknown_name"  # the type of pydantic's error
BUILT_IN_CHANNEL_MODELS = ("free_space", "power_law", "urban")


@dataclass(frozen=True)
class OneOf:
    """What a field may name: the built-in things of a group, and those that plug-ins add."""

    group: str
    built_in: tuple[str, ...]

    def check(self, name: str) -> str:
        """Return a name that is known; nothing of a plug-in is loaded (PydanticCustomError)."""
        if name in self.built_in or name in offered_names(self.group):
            return name
        known = [f"'{one}'" for one in dict.fromkeys((*self.built_in, *offered_names(self.group)))]
        allowed = f"allowed are {', '.join(known[:-1])} or {known[-1]}"
        remedy = f"choose one of them, or install the plug-in with this {GROUPS[self.group]}"
        raise PydanticCustomError(UNKNOWN_NAME, "{allowed}", {"allowed": allowed, "remedy": remedy})


_CHANNEL_MODEL = OneOf(CHANNEL_MODELS, BUILT_IN_CHANNEL_MODELS)
ChannelModelName = Annotated[str, AfterValidator(_CHANNEL_MODEL.check), _CHANNEL_MODEL]
