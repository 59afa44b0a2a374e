"""What a learned dispatcher looks at: numbers about every move of every aerial user, however many users there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.cached import cached_property

from .known import KnownSoFar
from .moves import STAYS, Moves
from .setting import Setting

HORIZONS = (2, 8, 24)  # slots over which moves are scored
SCALE_MBIT = (2.0, 6.0, 12.0)  # of the scores over them, so that what a network reads is about 1
MOVE_FEATURES = 9  # of a move: three scores of its best plan, speed, progress, energy, its way, and the plan's length
USER_FEATURES = 14  # of an aerial user and of all users together
SIZE = MOVE_FEATURES + USER_FEATURES  # numbers for each move
MOST_KM, MOST_DB_SCALE = 3.0, 4.34  # of ways to destinations; decibels in a natural logarithm's unit


@dataclass(frozen=True, eq=False)
class Features:
    """Makes features of what is known; the same numbers for aerial users of any scenario."""

    setting: Setting

    @cached_property
    def moves(self) -> Moves:
        """Return the moves that features are about."""
        return Moves(self.setting)

    def of(self, known: KnownSoFar) -> NDArray[np.float32]:
        """Return the features (n, I, F, SIZE); the scores of moves are those beyond hovering."""
        return self.of_plans(known, self.moves.plans(known, HORIZONS))

    def of_plans(self, known: KnownSoFar, plans: Array) -> NDArray[np.float32]:
        """Return the same where plans have been scored (n, I, F, S, H) over the horizons already."""
        best = plans[..., -1].argmax(axis=3)[..., None]
        scores = np.take_along_axis(plans, best[..., None], axis=3)[..., 0, :]
        scores = (scores - scores[:, :, :1]) / np.array(SCALE_MBIT)
        table, reach_m = self.moves.table, self.setting.reach_m[:, None]
        way_m = known.destination_m - known.position_m
        left_m = np.hypot(way_m[..., 0], way_m[..., 1])
        after_m = (
            known.position_m[:, :, None]
            + self.moves.actions(known) * reach_m[..., None]
            - known.destination_m[:, :, None]
        )
        progress = (left_m[..., None] - np.hypot(after_m[..., 0], after_m[..., 1])) / reach_m
        energy = self.moves.energy_j / self.moves.energy_j[:, :1] - 1.0
        shape = progress.shape
        slots = np.minimum(np.array(STAYS), HORIZONS[-1])[best[..., 0]] * (table[:, 2] > 0.0)
        flown_km = slots * table[:, 2] * reach_m[..., None].reshape(-1, 1) / 1e3
        of_plans = (table[:, 2], progress, 0.2 * energy, table[:, 3], slots / HORIZONS[-1], np.tanh(flown_km))
        of_moves = [np.broadcast_to(part, shape) for part in of_plans]
        found = np.empty((*shape, SIZE), dtype=np.float32)
        found[..., :3] = scores
        for number, part in enumerate(of_moves, start=3):
            found[..., number] = part
        found[..., MOVE_FEATURES:] = self._of_users(known, left_m)[:, :, None]
        return found

    def _of_users(self, known: KnownSoFar, left_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the features (n, I, USER_FEATURES) of aerial users, their ways (n, I) to the destinations given."""
        setting, options, aerial = self.setting, self.setting.options, self.setting.aerial_count
        world, rows = setting.world, len(known.present)
        queue, asks = known.queue_mbit / options.queue_mbit, known.arrived_mbit > 0.0
        rate = known.rate_mbit_s / setting.best_rate_mbit_s
        slots_left = (world.slots - known.slot) / world.slots
        needed = left_m / np.maximum(setting.reach_m * (world.slots - known.slot), 1.0)
        loads = known.count / world.subchannels
        own = known.gain[:, :aerial] * world.station_max_power_w
        best = own.max(axis=2) / np.maximum(own.sum(axis=2), 1e-30)
        ground = slice(aerial, None) if setting.ground_count else slice(0, None)

        def wide(part: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.broadcast_to(part[:, None], (rows, aerial))

        parts = [
            queue[:, :aerial],
            asks[:, :aerial],
            rate[:, :aerial],
            np.full((rows, aerial), slots_left),
            left_m / (1e3 * MOST_KM),
            np.minimum(needed, 2.0),
            best,
            np.clip(known.offset.max(axis=2, initial=-9.0) * MOST_DB_SCALE / 10.0, -2.0, 2.0),
            np.clip(known.offset.min(axis=2, initial=9.0) * MOST_DB_SCALE / 10.0, -2.0, 2.0),
            (known.sky_gain.max(axis=2, initial=0.0) > 0.0).astype(float),
            wide(queue[:, ground].mean(axis=1)),
            wide(asks.mean(axis=1)),
            wide(loads.mean(axis=1)),
            wide(loads.max(axis=1)),
        ]
        return np.stack(parts, axis=2)
