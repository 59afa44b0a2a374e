"""What spectrum sharing minimises, judges and shows: the mean over slots of the weighted backlog, plus power's price.

Plan, refinement, roll-out, figures and the bound all ask this module. A user's weight is its priority.
"""

from __future__ import annotations

import numpy as np

from .window import Array, Plan, Window, link_rates, through_feeder, user_rates


def serve(queue_mbit: Array, arriving_mbit: Array, capacity_mbit: Array) -> tuple[Array, Array]:
    """Return queues at the ends of the slots and what was served, both (2, users, slots) in Mbit.

    ``queue_mbit`` (2, users) at the start; ``arriving_mbit`` and ``capacity_mbit`` (2, users, slots), the base
    stations' side first: Q <- [Q + A - tau R]^+ slot by slot.
    """
    queues, served = np.empty_like(arriving_mbit), np.empty_like(arriving_mbit)
    queue = queue_mbit
    for slot in range(arriving_mbit.shape[2]):
        waiting = queue + arriving_mbit[:, :, slot]
        served[:, :, slot] = np.minimum(waiting, capacity_mbit[:, :, slot])
        queue = queues[:, :, slot] = waiting - served[:, :, slot]
    return queues, served


def side_rates(window: Window, plan: Plan) -> Array:
    """Return what both systems could carry to each user, through the feeder link, in Mbit/s (2, users, cycles)."""
    by_tn, by_ntn = user_rates(window, link_rates(window, plan))
    return np.stack([by_tn, through_feeder(window, by_ntn)])


def slot_queues(window: Window, plan: Plan) -> Array:
    """Return both queues at the end of each slot, in Mbit (2, users, cycles, slots)."""
    per = (2, window.users, window.cycles, window.slots)
    part = np.stack([plan.steering, 1.0 - plan.steering])[..., None]
    capacity = side_rates(window, plan)[..., None] * (window.cycle_s / window.slots)
    arriving = np.broadcast_to(part * window.slot_arrivals_mbit, per).reshape(2, window.users, -1)
    capacity = np.broadcast_to(capacity, per).reshape(2, window.users, -1)
    start = np.stack([window.queue_tn_mbit, window.queue_ntn_mbit])
    return serve(start, arriving, capacity)[0].reshape(per)


def backlog(window: Window, plan: Plan) -> tuple[Array, Array]:
    """Return both queues at the end of each cycle, in Mbit (users, cycles)."""
    queues = slot_queues(window, plan)[..., -1]
    return queues[0], queues[1]


def mean_backlog(queue_mbit: Array, weight: Array) -> float:
    """Return the mean over slots of the weighted backlog of queues (2, users, ...), in Mbit; weights (users,)."""
    by_user = queue_mbit.reshape(2, len(weight), -1).sum(axis=0).mean(axis=1)
    return float(weight @ by_user)


def power_cost(power: Array, price: float) -> float:
    """Return the price of powers (transmitters, subbands, cycles), mean over cycles, in Mbit."""
    return float(price * power.sum() / power.shape[2])


def objective(window: Window, plan: Plan) -> float:
    """Return the mean over slots of the weighted backlog, plus the price of power, in Mbit."""
    return mean_backlog(slot_queues(window, plan), window.weight) + power_cost(plan.power, window.power_price)
