"""What an aerial user may do in a slot, and what each of it is worth as far as is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.cached import cached_property
from itnt_core.network import propulsion_power_w

from .compiled_plans import score_moves
from .known import KnownSoFar, radio_of
from .setting import Setting

HEADINGS = 12  # evenly around, and the way to the destination
SPEEDS = (0.2, 0.4, 0.7, 1.0)  # shares of the greatest
STAYS = (1, 2, 4, 8, 10_000)  # slots that a move goes on for before hovering, the last to the end of the horizon


@dataclass(frozen=True, eq=False)
class Foresight:
    """What is known of the slots to come beside the present; for hindsight, all of it."""

    comes_mbit: Array  # (n, T', U): what arrives
    serves: BoolArray  # (n, T', L): which satellites serve
    # The shadowing of all places, None where that is not known: waves (n, names, 3, features) and phases (n, names,
    # features) as ShadowDraws holds them, sigma (I, cells, cells, GBSs), by what a field's sum is multiplied as a
    # natural logarithm, and the site of every GBS (GBSs,).
    shadowing: tuple[Array, Array, Array, IntArray] | None


@dataclass(frozen=True, eq=False)
class Moves:
    """The moves of a setting's aerial users: hovering first, then speeds by headings."""

    setting: Setting

    @cached_property
    def table(self) -> Array:
        """Return the moves (F, 4): east, north, share of the greatest speed, 1 for the way to the destination."""
        angle = 2.0 * np.pi * np.arange(HEADINGS) / HEADINGS
        around = [(np.cos(one), np.sin(one), speed, 0.0) for speed in SPEEDS for one in angle]
        return np.array([(0.0, 0.0, 0.0, 0.0), *around, *((0.0, 0.0, speed, 1.0) for speed in SPEEDS)])

    @cached_property
    def energy_j(self) -> Array:
        """Return what each move takes in a slot (I, F), in joules."""
        speed = self.table[:, 2] * (self.setting.reach_m / self.setting.slot_s)[:, None]
        return propulsion_power_w(speed) * self.setting.slot_s

    def actions(self, known: KnownSoFar) -> Array:
        """Return the actions (n, I, F, 2) that the moves are now."""
        way_m = known.destination_m - known.position_m
        length_m = np.hypot(way_m[..., 0], way_m[..., 1])[..., None]
        unit = way_m / np.maximum(length_m, 1e-9)
        towards = self.table[:, 3, None] == 1.0
        vector = np.where(towards, unit[:, :, None], self.table[:, :2])
        share = np.broadcast_to(self.table[:, 2], (*length_m.shape[:2], len(self.table)))
        short = np.minimum(share, length_m / self.setting.reach_m[:, None])
        return vector * np.where(towards[:, 0], short, share)[..., None]

    def scores(self, known: KnownSoFar, horizons: tuple[int, ...], foresight: Foresight | None = None) -> Array:
        """Return what each move is worth in Mbit (n, I, F, H): that of its best plan, see :meth:`plans`."""
        return self.plans(known, horizons, foresight).max(axis=3)

    def plans(self, known: KnownSoFar, horizons: tuple[int, ...], foresight: Foresight | None = None) -> Array:
        """Return what each plan is worth in Mbit (n, I, F, S, H) over so many slots, not beyond the window's end.

        A plan is a move and for how many slots it goes on before hovering (:data:`STAYS`).
        Without foresight what was measured last is believed to stay: demand, satellites, loads; the map and the
        measured gains, faded with the distance, say what other places are worth.
        """
        setting, radio_map, options = self.setting, known.radio_map, self.setting.options
        left = max(setting.world.slots - known.slot, 1)
        reached = np.minimum(np.array(horizons), left)
        distinct, back = np.unique(reached, return_inverse=True)
        if foresight is None:
            comes = np.repeat(known.arrived_mbit[:, None], distinct[-1], axis=1)
            ahead = (False, False, *_nothing(setting))
        else:
            comes = foresight.comes_mbit
            # one layout of arrays: another one is compiled anew
            waves, phases, sigma, site_of = map(np.ascontiguousarray, foresight.shadowing or _no_shadowing())
            shadowing = (waves, phases, site_of, sigma)
            sky_map, is_seen = radio_map.sky_gain[known.slot :], foresight.shadowing is not None
            ahead = (True, is_seen, np.ascontiguousarray(foresight.serves), sky_map, setting.heights_m, shadowing)
        state = (known.position_m, known.destination_m, known.present, known.offset, known.sky_gain, known.count)
        per_joule, per_metre = options.energy_mbit_per_kj / 1e3, options.progress_mbit_per_km / 1e3
        scores = np.empty((*known.present.shape, len(self.table), len(STAYS), len(distinct)))
        score_moves(
            (*state, known.queue_mbit, np.ascontiguousarray(comes)),
            self.table,
            np.array(STAYS),
            distinct,
            radio_map.gain,
            radio_map.half_m,
            radio_map.cell_m,
            setting.scenario.channel.shadow_correlation_m,
            radio_of(setting, min(known.slot, setting.world.slots - 1)),
            setting.reach_m,
            self.energy_j * per_joule,
            (per_metre, setting.slot_s, options.queue_mbit),
            ahead,
            scores,
        )
        return scores[..., back]


def best_actions(actions: Array, scores: NDArray[np.floating[Any]]) -> Array:
    """Return the actions (n, I, 2) of the moves that score highest, from actions (n, I, F, 2), scores (n, I, F)."""
    chosen = scores.argmax(axis=2)[:, :, None, None]
    return np.take_along_axis(actions, chosen, axis=2)[:, :, 0]


def _nothing(setting: Setting) -> tuple[object, ...]:
    """Return arrays that stand for a future that is not known, of the types that compiled code expects."""
    waves, phases, sigma, site_of = _no_shadowing()
    nobody = np.zeros((0, 0, 0), dtype=bool), np.zeros((0, 1, 1, 0)), setting.heights_m
    return (*nobody, (waves, phases, site_of, sigma))


def _no_shadowing() -> tuple[Array, Array, Array, IntArray]:
    """Return the same for shadowing."""
    return np.zeros((1, 1, 3, 1)), np.zeros((1, 1, 1)), np.zeros((1, 1, 1, 1)), np.zeros(1, dtype=np.int64)
