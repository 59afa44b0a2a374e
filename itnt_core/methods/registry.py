"""The one registry of methods, in the order in which users see them."""

from .base import Method
from .gradient import GradientMethod
from .learned import EPA, PROPOSED, RA, T_DDQN
from .planner import PlannerMethod
from .straight import StraightMethod

METHODS: dict[str, Method] = {
    method.key: method for method in (StraightMethod(), PlannerMethod(), GradientMethod(), PROPOSED, T_DDQN, RA, EPA)
}
