"""Why users are not served: what binds, and the smallest change that would serve them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.handover import slots_stayed
from itnt_core.network import (
    Decision,
    World,
    blocked_reach_m,
    evaluate,
    strongest_station,
)
from itnt_core.objective import objective_of
from itnt_core.qos import min_sinr_db
from itnt_core.sinr import sinr_of
from itnt_core.units import to_db

Cause = Literal["coverage", "interference", "capacity", "choice", "stay"]
CAUSES: dict[Cause, str] = {
    "coverage": "no station reaches the floor, even alone on the subchannel with all its power",
    "interference": "the floor is reached alone, but not beside the links that are on the air",
    "choice": "a free link would reach the floor beside the others, but the method did not take it",
    "stay": "a free link of another station would reach the floor, but the user has to stay with its server",
    "capacity": "a free link would reach the floor only where stations or subchannels are taken",
}


@dataclass(frozen=True)
class Explanation:
    """One user below the active SINR floor: how often, why mostly, and what would help."""

    user_id: str
    slots_below: int
    cause: Cause
    best_alone_db: float  # the best SINR of any link with full station power and nobody else, in the worst slot
    best_now_db: float  # the best SINR of any free link at equal power beside what is on the air, median over its slots
    floor_db: float
    more_power_db: float | None  # raise of the best station's power that would do, None where power is not the cause
    gbs_within_m: float | None  # a GBS this near would do without line of sight, None where coverage is not the cause
    gbs_like: str | None = None  # the scenario's GBS that this one would be like, None where it has none
    is_optional: bool = False  # coverage is priced or ignored: nobody has to be served

    @property
    def sentence(self) -> str:
        """Return the explanation in one or two sentences."""
        text = (
            f"{self.user_id} is below {self.floor_db:g} dB in {self.slots_below} "
            f"{'slot' if self.slots_below == 1 else 'slots'}, mostly because "
            f"{CAUSES[self.cause]} (best alone {self.best_alone_db:.1f} dB, best beside the others "
            f"{self.best_now_db:.1f} dB)."
        )
        if self.cause == "coverage":
            like = f" like {self.gbs_like}" if self.gbs_like else ""
            nearer = f" or a GBS{like} within {self.gbs_within_m:.0f} m" if self.gbs_within_m is not None else ""
            needed = f"It needs {self.more_power_db:.1f} dB more power{nearer}"
            return f"{text} {needed}, or a floor of {self.best_alone_db:.1f} dB."
        if self.cause == "interference":
            return f"{text} A floor of {self.best_now_db:.1f} dB, another subchannel or a nearer GBS would serve it."
        if self.cause == "choice" and self.is_optional:
            return f"{text} The scenario's objective lets users go unserved, so leaving it out may be what is best."
        if self.cause == "choice":
            return f"{text} A method that searches further, such as the planner, or a longer search may serve it."
        if self.cause == "stay":
            return f"{text} A shorter least stay after a change of server would serve it."
        return f"{text} More subchannels, a higher user limit or another GBS would serve it."


def explain_unserved(world: World, decision: Decision, gains: Array | None = None) -> tuple[Explanation, ...]:
    """Explain every user that is below the active floor in some slot, the most affected first.

    ``gains`` (slots, users, stations, subchannels) of the decision's flight may be handed in to save computing them.
    """
    gains = world.gains(decision.positions_m) if gains is None else gains
    below = ~evaluate(world, decision, gains).active.is_served
    found = [_explain_user(world, decision, gains, user, np.flatnonzero(below[:, user])) for user in _affected(below)]
    return tuple(sorted(found, key=lambda item: -item.slots_below))


def _affected(below: NDArray[np.bool_]) -> list[int]:
    return [int(user) for user in np.flatnonzero(below.any(axis=0))]


def _explain_user(world: World, decision: Decision, gains: Array, user: int, slots: NDArray[np.int64]) -> Explanation:
    floor_db = min_sinr_db(world.scenario, "active")
    own = gains[slots, user]  # (slots, stations, subchannels)
    alone = to_db((own * world.subchannel_max_power_w[slots][:, :, None]).max(axis=(1, 2)) / world.noise_w)
    beside, free = _beside_others(world, decision, own, user, slots)
    anywhere = np.where(free, beside, -np.inf).max(axis=(1, 2))
    may = free & allowed_servers(decision.station[:, user], world)[slots][..., None]
    now = np.where(may, beside, -np.inf).max(axis=(1, 2))
    cause = _cause(alone, now, anywhere, beside.max(axis=(1, 2)), floor_db)
    worst = float(alone.min())
    short = floor_db - worst if cause == "coverage" else None
    aerial, slot = user < world.aerial_count, int(slots[alone.argmin()])
    person = user - world.aerial_count
    height_m = decision.positions_m[slot + 1, user, 2] if aerial else world.ground_points_m[person, 2]
    wall_db = 0.0 if aerial else float(world.penetration_db[person])
    near = strongest_station(world)
    reach_m = blocked_reach_m(world, near, float(height_m), aerial, floor_db + wall_db) if cause == "coverage" else 0.0
    return Explanation(
        world.scenario.user_ids[user],
        len(slots),
        cause,
        worst,
        float(np.median(np.maximum(now, -99.0))),
        floor_db,
        short,
        reach_m or None,
        near.id if near in world.scenario.ground_stations else None,
        not objective_of(world.scenario).is_coverage_first,
    )


def _beside_others(
    world: World, decision: Decision, own: Array, user: int, slots: NDArray[np.int64]
) -> tuple[Array, NDArray[np.bool_]]:
    """Return the SINR in dB of every link at equal power beside what is on the air, and which links are free."""
    lost = np.zeros(decision.station.shape, dtype=bool)
    lost[:, user] = True
    rest = decision.dropped(lost)
    taken = rest.occupied[slots]
    on_air = rest.used_power_w[slots] * own
    interference = on_air.sum(axis=1, keepdims=True) - on_air
    signal = own * world.equal_share_w[slots][:, :, None]
    has_seat = taken.sum(axis=2, keepdims=True) < world.station_max_users[None, :, None]
    return to_db(sinr_of(signal, interference, world.noise_w)), ~taken & has_seat


def allowed_servers(station: IntArray, world: World) -> BoolArray:
    """Say which stations could serve a user (slots, stations) instead of its own (slots,) without a change too early.

    One slot at a time is looked at, with all others as they are.
    """
    least = world.scenario.handover.min_stay_slots
    allowed = np.ones((len(station), world.station_count), dtype=bool)
    if least > 1:
        for slot in range(len(station)):
            trial = np.repeat(station[:, None], world.station_count, axis=1)
            trial[slot] = np.arange(world.station_count)
            allowed[slot] = ~(slots_stayed(trial) < least).any(axis=0)
    return allowed


def _cause(alone: Array, free: Array, anywhere: Array, any_link: Array, floor_db: float) -> Cause:
    """Return what binds in most of the slots."""
    coverage = alone < floor_db
    choice = ~coverage & (free >= floor_db)
    stay = ~coverage & ~choice & (anywhere >= floor_db)
    capacity = ~coverage & ~choice & ~stay & (any_link >= floor_db)
    counts: dict[Cause, int] = {
        "coverage": int(coverage.sum()),
        "capacity": int(capacity.sum()),
        "interference": int((~coverage & ~choice & ~stay & ~capacity).sum()),
        "choice": int(choice.sum()),
        "stay": int(stay.sum()),
    }
    return max(counts, key=lambda name: counts[name])
