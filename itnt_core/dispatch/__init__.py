"""Dispatching: aerial users are led without knowing the future; the environment, its batched twin, dispatchers.

Importing this registers ``itnt/Dispatch-v0`` with Gymnasium. Nothing here needs torch.
"""

import gymnasium
import lazy_loader

ENVIRONMENT_ID = "itnt/Dispatch-v0"
if ENVIRONMENT_ID not in gymnasium.registry:
    gymnasium.register(id=ENVIRONMENT_ID, entry_point="itnt_core.dispatch.environment:DispatchEnv")

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
