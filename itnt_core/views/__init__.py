"""Views: pure functions from cities, scenarios and results to what a screen draws.

Only what the first page needs is named here; the rest is imported from its module, so that nobody waits for libraries
that the page does not use.
"""

from .packing import content_name, pack, unpack
from .summaries import headline_figures, replay_sentence, user_rows

__all__ = ["content_name", "headline_figures", "pack", "replay_sentence", "unpack", "user_rows"]
