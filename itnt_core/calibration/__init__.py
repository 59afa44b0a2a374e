"""The exam of the radio: what companies and standards have computed or measured, beside this program's own radio."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
