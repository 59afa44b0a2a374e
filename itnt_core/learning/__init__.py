"""Learning: the environment of P2, single and batched, and the agents that learn in it.

Importing this registers ``itnt/DataService-v0`` with Gymnasium. Agents need torch; the environment does not.
"""

import gymnasium
import lazy_loader

ENVIRONMENT_ID = "itnt/DataService-v0"
if ENVIRONMENT_ID not in gymnasium.registry:
    gymnasium.register(id=ENVIRONMENT_ID, entry_point="itnt_core.learning.environment:DataServiceEnv")

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
