"""The one registry of methods, in the order in which users see them."""

from .base import Method
from .gradient import GradientMethod
from .planner import PlannerMethod
from .straight import StraightMethod

METHODS: dict[str, Method] = {method.key: method for method in (StraightMethod(), PlannerMethod(), GradientMethod())}
