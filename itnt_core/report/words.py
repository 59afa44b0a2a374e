"""Numbers and settings as a report says them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

import numpy as np

from .blocks import Number

NONE = "–"


def number(key: str, value: float, unit: str = "", digits: int = 1, *, sign: bool = False) -> Number:
    """Return a number with its unit; thousands are set apart."""
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    text = text.replace("-", "−") if np.isfinite(value) else NONE
    return Number(key, float(value), f"{text} {unit}".rstrip())


def percent(key: str, share: float, digits: int = 1) -> Number:
    """Return a share as per cent; the value stays the share."""
    return Number(key, float(share), f"{100.0 * share:.{digits}f} %")


def figures(key: str, value: float | None, unit: str = "") -> Number | str:
    """Return a number to four significant figures, a dash where there is none; below the tolerances it reads as 0."""
    if value is None or not np.isfinite(value):
        return NONE
    text = f"{value:,.0f}" if abs(value) >= 1e3 else f"{value:.4g}"
    text = "0" if abs(value) < 1e-6 else text
    return Number(key, float(value), f"{text.replace('-', '−')} {unit}".rstrip())


def setting_words(settings: Mapping[str, Any]) -> str:
    """Return settings in one line."""
    return ", ".join(f"{name} = {json.dumps(value)}" for name, value in settings.items()) or "none"


def run_command(method: str, seed: int, settings: Mapping[str, Any]) -> str:
    """Return the command that computes a result again from its scenario file."""
    chosen = [f"--set {shlex.quote(f'{name}={json.dumps(value)}')}" for name, value in settings.items()]
    return " ".join(
        ["python -m itnt_core run scenario.json", f"--method {method}", f"--seed {seed}", *chosen, "-o again"]
    )
