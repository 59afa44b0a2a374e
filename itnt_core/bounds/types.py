"""The array types of the bounds, which are those of all rooms."""

from itnt_core.arrays import Array, BoolArray, IntArray

__all__ = ["Array", "BoolArray", "IntArray"]
