"""Figures: pure functions from results and scenarios to the charts that pages, notebooks and reports show."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
