from .dispatchers import Dispatcher, Hindsight, Knows, Nothing, Replanning, Straight, greedy, run_episode
from .draws import DrawnWorlds, draw_worlds
from .dynamics import DispatchDynamics, SlotOutcome
from .environment import DispatchEnv, dynamics_of
from .episode import Episode, record_episode
from .held_out import COMPARED_HORIZON, FIRST_HELD_OUT, MOST_HELD_OUT, held_out_rewards, held_out_seeds
from .known import KnownSoFar
from .options import RANGES, DispatchError, DispatchOptions
from .policy import MOST_BYTES, SHAPES, SHIPPED, LearnedDispatcher, PolicyWeights, read_policy, write_policy
from .radio_map import RadioMap
from .scale import greedy_unit_mbit
from .setting import Setting

ENVIRONMENT_ID: str

__all__ = [
    "COMPARED_HORIZON",
    "ENVIRONMENT_ID",
    "FIRST_HELD_OUT",
    "MOST_BYTES",
    "MOST_HELD_OUT",
    "RANGES",
    "SHAPES",
    "SHIPPED",
    "DispatchDynamics",
    "DispatchEnv",
    "DispatchError",
    "DispatchOptions",
    "Dispatcher",
    "DrawnWorlds",
    "Episode",
    "Hindsight",
    "KnownSoFar",
    "Knows",
    "LearnedDispatcher",
    "Nothing",
    "PolicyWeights",
    "RadioMap",
    "Replanning",
    "Setting",
    "SlotOutcome",
    "Straight",
    "draw_worlds",
    "dynamics_of",
    "greedy",
    "greedy_unit_mbit",
    "held_out_rewards",
    "held_out_seeds",
    "read_policy",
    "record_episode",
    "run_episode",
    "write_policy",
]
