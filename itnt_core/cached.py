"""Properties that are computed once for each object, without making other objects wait.

Up to Python 3.11 ``functools.cached_property`` holds one lock for a property of all objects of a class: where many
people use one server, each waited for everybody else's numbers. From 3.12 on it has no lock; this is the same for 3.11.
Two threads that ask one object at the same time may both compute, and get the same.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property(functools.cached_property):  # noqa: N801 - the name it stands in for
        """The standard one without its lock."""

        def __get__(self, instance: Any, owner: Any = None) -> Any:
            """Return the value of an object, computed at the first call; later ones find it in the object itself."""
            if instance is None:
                return self
            value = self.func(instance)
            instance.__dict__[self.attrname] = value
            return value


__all__ = ["cached_property"]
