"""The command ``plugins``: what installed distributions add, and what of it cannot be used."""

from __future__ import annotations

import argparse
from typing import Any

from itnt_core.city import CITY_FORMATS
from itnt_core.exports import EXPORT_FORMATS
from itnt_core.extensions import Registry
from itnt_core.methods import METHODS
from itnt_core.radio import CHANNEL_MODELS
from itnt_core.studies import STUDIES

_REGISTRIES: tuple[Registry[Any], ...] = (CHANNEL_MODELS, METHODS, CITY_FORMATS, EXPORT_FORMATS, STUDIES)


def add_commands(commands: Any) -> None:
    """Add ``plugins`` to the command line."""
    plugins = commands.add_parser("plugins", help="list what plug-ins add; exit 1 where one cannot be used")
    plugins.set_defaults(command=_list)


def _list(options: argparse.Namespace) -> int:
    del options
    added = [line for registry in _REGISTRIES for line in _added(registry)]
    problems = [sentence for registry in _REGISTRIES for sentence in registry.problems()]
    print("\n".join([*(added or ["No plug-in is installed."]), *problems]))
    return 1 if problems else 0


def _added(registry: Registry[Any]) -> list[str]:
    """Return a line for every thing of a registry that comes from outside."""
    names = [name for name in registry if not registry.is_built_in(name)]
    return [f"{registry.noun} '{name}', from {registry.origin(name)}" for name in names]
