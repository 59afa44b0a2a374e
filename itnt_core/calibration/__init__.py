"""The exam of the radio: drops that companies have computed for 3GPP, taken through this program's own radio."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
