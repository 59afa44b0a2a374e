"""Flight: how the aerial users move."""

from .straight import straight_flight

__all__ = ["straight_flight"]
