from .bound import reward_bound
from .dispatchers import Dispatcher, Hindsight, Knows, Nothing, Replanning, Straight, greedy, run_episode
from .draws import DrawnWorlds, draw_worlds
from .dynamics import DispatchDynamics, SlotOutcome
from .environment import DispatchEnv, dynamics_of
from .known import KnownSoFar
from .links import Links, action_sizes
from .options import DispatchError, DispatchOptions
from .policy import SHIPPED, LearnedDispatcher, PolicyWeights, read_policy, write_policy
from .radio_map import RadioMap
from .scale import greedy_unit_mbit
from .setting import Setting

ENVIRONMENT_ID: str

__all__ = [
    "ENVIRONMENT_ID",
    "SHIPPED",
    "DispatchDynamics",
    "DispatchEnv",
    "DispatchError",
    "DispatchOptions",
    "Dispatcher",
    "DrawnWorlds",
    "Hindsight",
    "KnownSoFar",
    "Knows",
    "LearnedDispatcher",
    "Links",
    "Nothing",
    "PolicyWeights",
    "RadioMap",
    "Replanning",
    "Setting",
    "SlotOutcome",
    "Straight",
    "action_sizes",
    "draw_worlds",
    "dynamics_of",
    "greedy",
    "greedy_unit_mbit",
    "read_policy",
    "reward_bound",
    "run_episode",
    "write_policy",
]
