"""Progress of a method: typed events, told to whoever started it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from itnt_core.errors import ItntError

if TYPE_CHECKING:
    from itnt_core.network import Decision


class ProgressEvent(BaseModel):
    """One step of a running method; unknown figures are None."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    phase: str
    fraction: float = Field(ge=0.0, le=1.0)
    message: str = ""
    iteration: int | None = None
    objective_mbit: float | None = None  # data of the best answer so far, or their worth, less what changes cost
    served_share: float | None = None  # of its (user, slot)
    bound_mbit: float | None = None
    eta_s: float | None = None
    metrics: dict[str, float] | None = None  # what a training tells beside its objective
    # The Decision that brings this objective, for who shows or keeps it; it is no part of what is written of an event.
    decision: Any = Field(None, exclude=True, repr=False)


class RunCancelled(ItntError):  # noqa: N818 - not an error: the user asked for it
    """Raised out of a progress callback when the run has been asked to stop.

    On its way up a method may put the best decision it has into ``decision``, so that the work is not lost.
    """

    decision: Decision | None = None


class BoundReached(RunCancelled):
    """Raised out of a progress callback when the objective stands at its upper bound: nothing better exists."""


_at_work = False  # a method is solving, in this process


@contextmanager
def interruptible() -> Iterator[None]:
    """Let :func:`interrupt` end the work inside; what comes after it runs undisturbed."""
    global _at_work
    _at_work = True
    try:
        yield
    finally:
        _at_work = False


def interrupt() -> None:
    """Raise RunCancelled if a method is at work: for a signal handler, which no callback has to wait for."""
    if _at_work:
        raise RunCancelled("Interrupted.")


Notify = Callable[[ProgressEvent], None]


def quiet(event: ProgressEvent) -> None:
    """Take a progress event and do nothing: for callers that do not watch."""
