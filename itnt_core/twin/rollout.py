"""Rolling out: what a plan does to the queues, slot by slot, with what really arrives and how the links really are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.twin.planning.objective import serve, side_rates
from itnt_core.twin.planning.window import Array, Plan, Window, spectral_efficiency


@dataclass(frozen=True, eq=False)
class Served:
    """One cycle slot by slot: queues at the ends of the slots and what was served, both (2, slots, users) in Mbit.

    The first axis is the base stations' side, then the satellites'. ``rate_mbit_s`` (2, users) is what the links could
    carry.
    """

    queue_mbit: Array
    served_mbit: Array
    rate_mbit_s: Array


def play_cycle(window: Window, plan: Plan, arrivals_mbit: Array) -> Served:
    """Serve one cycle: ``window`` holds the actual gains and the queues at its start, ``arrivals_mbit`` (slots, users).

    The satellites together carry no more than the feeder link: what they could carry beyond is cut in proportion.
    """
    slots = len(arrivals_mbit)
    rates = side_rates(window, plan)[:, :, 0]  # (2, users)
    part = np.stack([plan.steering[:, 0], 1.0 - plan.steering[:, 0]])
    queue = np.stack([window.queue_tn_mbit, window.queue_ntn_mbit])
    capacity = np.repeat(rates[:, :, None] * (window.cycle_s / slots), slots, axis=2)
    queues, served = serve(queue, part[:, :, None] * arrivals_mbit.T, capacity)
    return Served(queues.swapaxes(1, 2), served.swapaxes(1, 2), rates)


def interference_to_noise(window: Window, plan: Plan) -> Array:
    """Return what the other system's signals are over the noise (2, cycles), linear means over used links.

    First from the satellites at users served by base stations, then the other way round; zero where nobody is served.
    """
    received = np.einsum("jkc,jfc->jkfc", window.heard, plan.power)
    from_other = np.stack([received[window.stations :].sum(axis=0), received[: window.stations].sum(axis=0)])
    used = plan.share * (spectral_efficiency(window, plan.power) > 0.0)  # (links, subbands, cycles)
    found = np.zeros((2, window.cycles))
    for system, chosen in enumerate((window.is_tn, ~window.is_tn)):
        weight = used[chosen]
        at_links = from_other[system][window.link_user[chosen]]
        total = weight.sum(axis=(0, 1))
        found[system] = np.divide(
            (weight * at_links).sum(axis=(0, 1)), total, out=np.zeros_like(total), where=total > 0
        )
    return found


def carried_by_subband(window: Window, plan: Plan) -> Array:
    """Return what each system's links could carry on each sub-band (2, subbands, cycles) in Mbit/s."""
    per = window.subband_mhz * plan.share * spectral_efficiency(window, plan.power)
    return np.stack([per[window.is_tn].sum(axis=0), per[~window.is_tn].sum(axis=0)])
