"""Small stages for dispatching, made once for each process."""

from functools import cache

import numpy as np

from itnt_core.dispatch import DispatchOptions, Setting
from itnt_core.presets import preset


@cache
def stage(city_cache, name="tiny", users=7, aerial_users=2, **options):
    """Return a setting; its rewards are in Mbit unless told otherwise."""
    options = DispatchOptions(**{"unit_mbit": 1.0, **options})
    scenario = preset(name, users=users, aerial_users=aerial_users, cache_dir=city_cache)
    return Setting.of(scenario, options, city_cache)


def random_actions(setting, count, seed=0):
    """Return actions (T, n, I, 2), some of them too long."""
    return np.random.default_rng(seed).uniform(-1.2, 1.2, (setting.world.slots, count, setting.aerial_count, 2))
