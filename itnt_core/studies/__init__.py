"""Kinds of study: what each can be asked, how it is computed, kept, judged and shown; one registry of them.

Nothing outside this room and a study's own pages asks which kind it has before it: it finds the study by its name, and
asks that.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
