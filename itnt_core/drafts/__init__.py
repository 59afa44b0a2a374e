"""Drafts: scenarios that are being edited, saved by themselves after every change, with named versions."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
