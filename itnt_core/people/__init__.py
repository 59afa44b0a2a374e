"""People of a server: who they are, how they come in, and what they share with others."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
