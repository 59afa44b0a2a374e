"""The one registry of methods, in the order in which users see them."""

from itnt_core import extensions
from itnt_core.extensions import Registry

from .base import Method
from .gradient import GradientMethod
from .learned import EPA, PROPOSED, RA, T_DDQN
from .planner import PlannerMethod
from .straight import StraightMethod

_BUILT_IN: tuple[Method, ...] = (StraightMethod(), PlannerMethod(), GradientMethod(), PROPOSED, T_DDQN, RA, EPA)
METHODS: Registry[Method] = Registry(
    extensions.METHODS, {method.key: method for method in _BUILT_IN}, Method, named_by="key"
)


def register_method(method: Method) -> None:
    """Add a method for this process (ExtensionError); one that is to stay is a plug-in: docs/extending.md."""
    METHODS.register(method.key, method)
