"""Map data: pure functions from cities, scenarios and results to what the 3D map draws, and its stories.

Only what the first page needs is named here; the rest is imported from its module, so that nobody waits for libraries
that the page does not use.
"""

from .packing import content_name, pack, unpack

__all__ = ["content_name", "pack", "unpack"]
