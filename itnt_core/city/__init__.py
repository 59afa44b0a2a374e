"""The city: buildings, river, parks in local metres, and who sees whom between the buildings."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
