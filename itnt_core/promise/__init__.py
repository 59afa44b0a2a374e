"""How sure a plan is: judged on worlds that it was not made for, and what that promises of the next one."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
