"""Words: sentences and tables that pages, reports and the command line all show; nothing here draws."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
