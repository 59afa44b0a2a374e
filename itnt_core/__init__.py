"""ITNT Studio: integrated terrestrial / non-terrestrial network planning.

``import itnt_core as itnt`` and then ``itnt.preset``, ``itnt.optimise`` and the other names of :mod:`itnt_core.api`.
They are looked up when first used, so that importing a room of the package stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import Answer, change, list_methods, optimise, preset, read, read_answer, upper_bound, write

__all__ = ["Answer", "change", "list_methods", "optimise", "preset", "read", "read_answer", "upper_bound", "write"]


def __getattr__(name: str) -> Any:
    """Return a name of :mod:`itnt_core.api`."""
    if name not in __all__:
        raise AttributeError(f"module 'itnt_core' has no attribute '{name}'")
    from . import api

    return getattr(api, name)


def __dir__() -> list[str]:
    """Return what the package offers."""
    return sorted([*globals(), *__all__])
