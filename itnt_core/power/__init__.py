"""Power: how stations split their power over subchannels."""

from .equal import equal_power
from .sca import improve_power

__all__ = ["equal_power", "improve_power"]
