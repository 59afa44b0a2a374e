"""Reports: a run, or several side by side, as one HTML file or a PDF that needs neither network nor this program.

The room stands above results, methods, words and twin: a report judges a stored decision anew and says it in figures,
tables and sentences. Which document belongs to a result, its kind of study says (:mod:`itnt_core.studies`).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
