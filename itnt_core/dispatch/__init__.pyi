from .bound import reward_bound
from .compiling import compile_apart
from .dispatchers import Dispatcher, Hindsight, Knows, Nothing, Replanning, Straight, greedy, run_episode
from .draws import DrawnWorlds, draw_worlds
from .dynamics import DispatchDynamics, SlotOutcome
from .environment import DispatchEnv, dynamics_of
from .episode import DispatchEpisode, record_episode
from .figures import DISPATCH_FIGURES
from .held_out import FIRST_HELD_OUT, held_out_rewards, held_out_seeds
from .known import KnownSoFar
from .links import Links, action_sizes
from .names import COMPARED_HORIZON, METHOD, METHOD_TITLE, MOST_HELD_OUT, POLICY_FILE
from .options import RANGES, DispatchError, DispatchOptions
from .policy import MOST_BYTES, SHAPES, SHIPPED, LearnedDispatcher, PolicyWeights, read_policy, write_policy
from .question import (
    KIND,
    MOST_HORIZON,
    MOST_ROUNDS,
    MOST_TRAINED_WORLDS,
    TRAINING_LIMITS,
    DispatchQuestion,
    format_question,
    question_of,
    question_of_bytes,
    question_of_data,
)
from .radio_map import RadioMap
from .scale import greedy_unit_mbit
from .setting import Setting, check_scenario_known
from .trained import (
    DispatchResult,
    read_dispatch_result,
    read_trained_policy,
    train_and_judge,
    verify_dispatch_result,
    write_dispatch_result,
)

ENVIRONMENT_ID: str

__all__ = [
    "COMPARED_HORIZON",
    "DISPATCH_FIGURES",
    "ENVIRONMENT_ID",
    "FIRST_HELD_OUT",
    "KIND",
    "METHOD",
    "METHOD_TITLE",
    "MOST_BYTES",
    "MOST_HELD_OUT",
    "MOST_HORIZON",
    "MOST_ROUNDS",
    "MOST_TRAINED_WORLDS",
    "POLICY_FILE",
    "RANGES",
    "SHAPES",
    "SHIPPED",
    "TRAINING_LIMITS",
    "DispatchDynamics",
    "DispatchEnv",
    "DispatchEpisode",
    "DispatchError",
    "DispatchOptions",
    "DispatchQuestion",
    "DispatchResult",
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
    "check_scenario_known",
    "compile_apart",
    "draw_worlds",
    "dynamics_of",
    "format_question",
    "greedy",
    "greedy_unit_mbit",
    "held_out_rewards",
    "held_out_seeds",
    "question_of",
    "question_of_bytes",
    "question_of_data",
    "read_dispatch_result",
    "read_policy",
    "read_trained_policy",
    "record_episode",
    "reward_bound",
    "run_episode",
    "train_and_judge",
    "verify_dispatch_result",
    "write_dispatch_result",
    "write_policy",
]
