"""The small made-up scenario, result and city."""

from tests.small_result import city, result, scenario

__all__ = ["city", "result", "scenario"]
