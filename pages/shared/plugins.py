"""What the pages say of plug-ins that cannot be used."""

from __future__ import annotations

from typing import Any

from itnt_core.extensions import Registry

from .frame import sentences


def show_plugin_problems(registry: Registry[Any]) -> None:
    """Say of everything that is offered for a kind of thing and left out by whom, and why; else show nothing."""
    problems = registry.problems()
    if problems:
        sentences(problems)
