"""What a reward of 1 is worth: what the greedy dispatcher gains over hovering."""

from __future__ import annotations

import numpy as np

from .dispatchers import greedy, run_episode
from .dynamics import DispatchDynamics
from .options import DispatchError
from .radio_map import RadioMap
from .setting import Setting

SEEDS = range(2**31, 2**31 + 32)  # of worlds that no reset without a seed draws


def greedy_unit_mbit(setting: Setting, radio_map: RadioMap | None = None) -> float:
    """Return the Mbit a slot that the greedy dispatcher gains over hovering, the mean of 32 worlds (DispatchError).

    So much, in every slot, is a reward of 1. Where it gains nothing the option ``unit_mbit`` has to say what is.
    """
    dynamics = DispatchDynamics(setting, len(SEEDS), 1.0, radio_map)
    gained = float(run_episode(dynamics, greedy(setting), np.array(SEEDS)).mean())
    if gained < 1e-3:
        raise DispatchError(
            f"The greedy dispatcher gains {gained:.3g} Mbit a slot over hovering here, which is no unit of a reward: "
            "name the option unit_mbit, or choose another scenario."
        )
    return gained
