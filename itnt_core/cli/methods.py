"""The command ``methods``: what a scenario can be answered with."""

from __future__ import annotations

import argparse
from typing import Any

from itnt_core.methods import METHODS


def add_commands(commands: Any) -> None:
    """Add ``methods`` to the command line."""
    commands.add_parser("methods", help="list the methods").set_defaults(command=_list_methods)


def _list_methods(options: argparse.Namespace) -> int:
    for method in METHODS.values():
        print(f"{method.key}: {method.title}. {method.summary}")
        for name, field in method.settings_type.model_fields.items():
            print(f"    --set {name}={field.default}  {field.description or ''}".rstrip())
    return 0
