from .checkpoint import CheckpointError, read_checkpoint, write_checkpoint
from .crew import Crew, FactoredCrew, JointCrew
from .ddpg import PLAIN, DdpgOptions
from .ddqn import DdqnOptions
from .dynamics import Outcome, ServiceDynamics, power_shares
from .links import Radio
from .observation import stations_ahead
from .options import PAPER, EnvironmentOptions
from .size import MOST_BYTES, learning_bytes
from .training import Episode, run_episode

ENVIRONMENT_ID: str

__all__ = [
    "ENVIRONMENT_ID",
    "MOST_BYTES",
    "PAPER",
    "PLAIN",
    "CheckpointError",
    "Crew",
    "DdpgOptions",
    "DdqnOptions",
    "EnvironmentOptions",
    "Episode",
    "FactoredCrew",
    "JointCrew",
    "Outcome",
    "Radio",
    "ServiceDynamics",
    "learning_bytes",
    "power_shares",
    "read_checkpoint",
    "run_episode",
    "stations_ahead",
    "write_checkpoint",
]
