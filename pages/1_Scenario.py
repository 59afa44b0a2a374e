"""Scenario: the 3D map as editor with a quick look beside it, the same objects as tables, presets, files, links."""

from __future__ import annotations

from pages.shared.bar import BUILD
from pages.workspace.studio import workspace

workspace(BUILD, "Build")
