"""What a training is called and what it may ask for: light to import, for lists of runs."""

from __future__ import annotations

METHOD, METHOD_TITLE = "taught", "Taught by hindsight"
POLICY_FILE = "policy.npz"
COMPARED_HORIZON = 16  # slots over which the replanning dispatcher looks that others are compared with
MOST_HELD_OUT = 1000  # worlds that one comparison plays
