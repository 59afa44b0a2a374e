"""What all parts of a scenario are made of: the base of their models, ids and coordinates."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
Coordinate = Annotated[float, Field(ge=-50_000.0, le=50_000.0)]


class Part(BaseModel):
    """Base of all scenario parts: frozen, strict, no unknown keys, no NaN or infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
