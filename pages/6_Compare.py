"""Compare: runs side by side, trade-offs, and the paper's figures, computed anew, beside what the paper claims."""

from __future__ import annotations

from pages.shared.bar import COMPARE
from pages.workspace.studio import workspace

workspace(COMPARE, "Compare")
