"""What a user needs: the fields of aerial and ground users that say how much of the data counts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

# Left out of files while they hold their defaults, so that scenarios from before keep their hash.
Demand = Annotated[
    float | None,
    Field(
        gt=0.0,
        le=10_000.0,
        exclude_if=lambda value: value is None,
        description="What the user can use, Mbit/s: more in a slot counts for nothing. Nothing stands for a full "
        "buffer: as much as there is",
    ),
]
MinRate = Annotated[
    float | None,
    Field(
        gt=0.0,
        le=10_000.0,
        exclude_if=lambda value: value is None,
        description="What the user must have on average over the time window, Mbit/s",
    ),
]
Priority = Annotated[
    float,
    Field(
        ge=0.1,
        le=100.0,
        exclude_if=lambda value: value == 1.0,
        description="How much the user's data counts beside that of others",
    ),
]
