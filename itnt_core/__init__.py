"""ITNT Studio: integrated terrestrial / non-terrestrial network planning.

``import itnt_core as itnt`` and then ``itnt.preset``, ``itnt.optimise`` and the other names of :mod:`itnt_core.api`.
They are looked up when first used, so that importing a room of the package stays cheap.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import city

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from itnt_core.city import City

    from .api import (
        Answer,
        change,
        city_report,
        format_scenario,
        import_city,
        list_methods,
        on_city,
        optimise,
        parse_scenario,
        preset,
        read_answer,
        read_element_file,
        read_scenario,
        upper_bound,
        write_scenario,
    )

__all__ = [
    "Answer",
    "change",
    "city",
    "city_report",
    "format_scenario",
    "import_city",
    "list_methods",
    "on_city",
    "optimise",
    "parse_scenario",
    "preset",
    "read_answer",
    "read_element_file",
    "read_scenario",
    "upper_bound",
    "write_scenario",
]


class _CityRoom(ModuleType):
    """The room of cities, which can be called, too: ``itnt.city(frame, height="tall_m")`` imports one."""

    def __call__(self, source: str | Path | GeoDataFrame, height: str | None = None, **options: Any) -> City:
        """Return :func:`itnt_core.api.import_city` of a file or a GeoDataFrame."""
        from .api import import_city

        return import_city(source, height, **options)


city.__class__ = _CityRoom  # a name for notebooks that is a room's, too: whoever imports the room finds the same
_OLD_NAMES = {"open_answer": "read_answer", "read": "read_scenario", "write": "write_scenario"}  # of users' notebooks


def __getattr__(name: str) -> Any:
    """Return a name of :mod:`itnt_core.api`."""
    known = _OLD_NAMES.get(name, name)
    if known not in __all__:
        raise AttributeError(f"module 'itnt_core' has no attribute '{name}'")
    if known != name:
        warnings.warn(f"itnt_core.{name} is now called {known}: use that name.", DeprecationWarning, stacklevel=2)
    from . import api

    return getattr(api, known)


def __dir__() -> list[str]:
    """Return what the package offers."""
    return sorted([*globals(), *__all__])
