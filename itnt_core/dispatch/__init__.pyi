from .draws import DrawnWorlds, draw_worlds
from .dynamics import DispatchDynamics, SlotOutcome
from .known import KnownSoFar
from .options import DispatchError, DispatchOptions
from .radio_map import RadioMap
from .setting import Setting

ENVIRONMENT_ID: str

__all__ = [
    "ENVIRONMENT_ID",
    "DispatchDynamics",
    "DispatchError",
    "DispatchOptions",
    "DrawnWorlds",
    "KnownSoFar",
    "RadioMap",
    "Setting",
    "SlotOutcome",
    "draw_worlds",
]
