"""Optimise: choose methods, start runs, watch them work, open their replay."""

from __future__ import annotations

from pages.shared.bar import OPTIMISE
from pages.workspace.studio import workspace

workspace(OPTIMISE, "Optimise")
