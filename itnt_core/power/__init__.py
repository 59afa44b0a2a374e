"""Power: how stations split their power over subchannels."""

from .equal import equal_power
from .sca import improve_links, improve_power, link_gains

__all__ = ["equal_power", "improve_links", "improve_power", "link_gains"]
