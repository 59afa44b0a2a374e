from .agents import Agents, FactoredAgents, JointAgents
from .checkpoint import CheckpointError, read_checkpoint, write_checkpoint
from .contract import Float32Array, PlainSpecEnv, action_to_take, options_of, places_of
from .ddpg import PLAIN, DdpgOptions
from .ddqn import DdqnOptions
from .dynamics import Outcome, ServiceDynamics, power_shares
from .environment import scenario_of
from .links import RadioLinks
from .observation import scaled_db, stations_ahead
from .options import PAPER, EnvironmentOptions, EpisodeError
from .size import MOST_BYTES, learning_bytes
from .training import Episode, run_episode

ENVIRONMENT_ID: str

__all__ = [
    "ENVIRONMENT_ID",
    "MOST_BYTES",
    "PAPER",
    "PLAIN",
    "Agents",
    "CheckpointError",
    "DdpgOptions",
    "DdqnOptions",
    "EnvironmentOptions",
    "Episode",
    "EpisodeError",
    "FactoredAgents",
    "Float32Array",
    "JointAgents",
    "Outcome",
    "PlainSpecEnv",
    "RadioLinks",
    "ServiceDynamics",
    "action_to_take",
    "learning_bytes",
    "options_of",
    "places_of",
    "power_shares",
    "read_checkpoint",
    "run_episode",
    "scaled_db",
    "scenario_of",
    "stations_ahead",
    "write_checkpoint",
]
