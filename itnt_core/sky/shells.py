"""Presets of Walker shells from published parameters: ``data/sky/walker_shells.json``, with their sources."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from itnt_core.data import delivered
from itnt_core.scenario import Problem, ScenarioError, WalkerShell

from .elements import ElementSet, shell_elements

SHELLS_FILE = delivered("sky/walker_shells.json")


@dataclass(frozen=True)
class ShellPreset:
    """One published shell: a key, its full and its short name, and the Walker-delta parameters."""

    key: str
    name: str
    short: str
    shell: WalkerShell
    spread_deg: float  # of the ascending nodes: 360 for a Walker delta, 180 for a star

    @property
    def sentence(self) -> str:
        """Return the parameters in words."""
        shell = self.shell
        count = shell.planes * shell.satellites_per_plane
        return (
            f"{self.name}: {count:,} satellites at {shell.altitude_km:g} km, {shell.inclination_deg:g}°, "
            f"{shell.planes} planes of {shell.satellites_per_plane}"
        )


@cache
def shell_presets() -> dict[str, ShellPreset]:
    """Return the presets by key, in the order of the file."""
    content = json.loads(SHELLS_FILE.read_text(encoding="utf-8"))
    presets = {}
    for entry in content["shells"]:
        key = "-".join(entry["name"].lower().replace("(", "").replace(")", "").split())
        shell = WalkerShell(
            id=key[:40].rstrip("-"),
            altitude_km=float(entry["altitude_km"]),
            inclination_deg=float(entry["inclination_deg"]),
            planes=entry["planes"],
            satellites_per_plane=entry["sats_per_plane"],
            phasing=entry["phasing"],
        )
        presets[shell.id] = ShellPreset(
            shell.id, entry["name"], entry["short"], shell, 180.0 if entry["pattern"] == "star" else 360.0
        )
    return presets


def shell_sources() -> tuple[str, ...]:
    """Return where the parameters were published."""
    return tuple(json.loads(SHELLS_FILE.read_text(encoding="utf-8"))["sources"])


def preset_elements(key: str, epoch: datetime) -> ElementSet:
    """Return the satellites of a preset shell, circular at an epoch (ScenarioError for an unknown key)."""
    presets = shell_presets()
    if key not in presets:
        known = ", ".join(presets)
        raise ScenarioError([Problem("The shell", f"'{key:.60}'", f"known are {known}", "choose one of them")])
    preset = presets[key]
    return ElementSet(name=preset.name, satellites=shell_elements(preset.shell, epoch, preset.spread_deg, preset.short))
