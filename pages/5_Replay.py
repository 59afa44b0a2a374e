"""Replay: a finished run in 3D, its figures under both conventions, and the same facts as a table."""

from __future__ import annotations

from pages.shared.bar import REPLAY
from pages.workspace.studio import workspace

workspace(REPLAY, "Replay")
