"""Results in the files of other tools: GIS, globes, channel emulators. One registry of formats, one table of layers.

A room of its own, above :mod:`itnt_core.mapdata`, whose tables it writes: its libraries (GDAL twice, CZML) are needed
where something is exported and nowhere else, and others add formats to it. What a run's folder itself holds leaves by
:mod:`itnt_core.runs`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
