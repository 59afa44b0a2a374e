"""Map data: pure functions from cities, scenarios and results to what the 3D map draws, and its stories.

Only what the first page needs is named here; the rest is imported from its module, so that nobody waits for libraries
that the page does not use.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
