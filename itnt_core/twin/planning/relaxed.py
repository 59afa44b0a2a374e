"""Points of the relaxed planning problem, and what may still move in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .window import Array, Plan, Window

PENALTY_EPS = 0.1  # of the penalty below: the smaller, the nearer to a count


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A plan whose masks and associations may lie between zero and one; association (links, cycles)."""

    plan: Plan
    association: Array


@dataclass(frozen=True, eq=False)
class Bounds:
    """Lower and upper bound of every decision, in the shapes of a plan; equal ones decide it."""

    power: tuple[Array, Array]
    share: tuple[Array, Array]
    steering: tuple[Array, Array]
    mask_tn: tuple[Array, Array]
    mask_ntn: tuple[Array, Array]
    association: tuple[Array, Array]

    def with_masks(self, mask_tn: Array, mask_ntn: Array) -> Bounds:
        """Return bounds that decide the masks (subbands, cycles), and with them which powers are zero."""
        return replace(self, mask_tn=(mask_tn, mask_tn), mask_ntn=(mask_ntn, mask_ntn))

    def with_association(self, association: Array) -> Bounds:
        """Return bounds that decide who is served by whom: an association (links, cycles)."""
        return replace(self, association=(association, association))


def free_bounds(window: Window) -> Bounds:
    """Return bounds that leave everything free."""
    per = (window.subbands, window.cycles)
    shapes = (
        (window.transmitters, *per),
        (window.links, *per),
        (window.users, window.cycles),
        per,
        per,
        (window.links, window.cycles),
    )
    return Bounds(*((np.zeros(shape), np.ones(shape)) for shape in shapes))


def tightened(window: Window, bounds: Bounds) -> Bounds:
    """Return bounds without what the masks and associations forbid: powers and shares whose upper bound is zero.

    A transmitter that nobody may be served by on a sub-band is silent there, unless its power is decided already.
    """
    mask = per_transmitter(window, bounds.mask_tn[1], bounds.mask_ntn[1])
    power_high = np.minimum(bounds.power[1], mask)
    share_high = np.minimum(bounds.share[1], bounds.association[1][:, None, :])
    share_high = np.minimum(share_high, mask[window.link_transmitter])
    # Where nothing is sent nothing can be received, whatever the share.
    share_high = np.where(power_high[window.link_transmitter] > 0.0, share_high, 0.0)
    served = np.zeros_like(power_high)
    np.maximum.at(served, window.link_transmitter, share_high)
    is_free = bounds.power[0] < bounds.power[1]
    power_high = np.where(is_free & (served <= 0.0), 0.0, power_high)
    return replace(
        bounds,
        power=(np.minimum(bounds.power[0], power_high), power_high),
        share=(np.minimum(bounds.share[0], share_high), share_high),
    )


def repaired(window: Window, at: Relaxed, bounds: Bounds) -> Relaxed:
    """Return a solver's point without what its tolerance let through: powers within budgets, shares within masks.

    Decided values stay as they are; a solver that is right to 1e-6 changes by as much.
    """
    plan = at.plan
    power = np.clip(plan.power, *bounds.power)
    is_free = bounds.power[0] < bounds.power[1]
    free, fixed = (np.where(chosen, power, 0.0).sum(axis=1, keepdims=True) for chosen in (is_free, ~is_free))
    left = np.maximum(0.0, window.budget[:, None, None] - fixed)
    power = np.where(is_free, power * np.minimum(1.0, left / np.maximum(free, 1e-300)), power)
    share, owner = np.clip(plan.share, *bounds.share), window.link_transmitter
    can_move = bounds.share[0] < bounds.share[1]
    used, kept = np.zeros_like(power), np.zeros_like(power)
    np.add.at(used, owner, np.where(can_move, share, 0.0))
    np.add.at(kept, owner, np.where(can_move, 0.0, share))
    mask = per_transmitter(window, plan.mask_tn, plan.mask_ntn)
    scale = np.minimum(1.0, np.maximum(0.0, mask - kept) / np.maximum(used, 1e-300))
    share = np.where(can_move, share * scale[owner], share)
    return Relaxed(replace(plan, power=power, share=share), at.association)


def per_transmitter(window: Window, mask_tn: Array, mask_ntn: Array) -> Array:
    """Return the mask of every transmitter (transmitters, subbands, cycles)."""
    beams = window.transmitters - window.stations
    return np.concatenate([np.repeat(mask_tn[None], window.stations, axis=0), np.repeat(mask_ntn[None], beams, axis=0)])


def penalty(value: Array) -> Array:
    """Return h(a) = a (1 - a) / (a + eps), zero at 0 and 1 only: the smooth count of undecided binaries; same shape.

    >>> penalty(np.array([0.0, 0.5, 1.0])).round(3)
    array([0.   , 0.417, 0.   ])
    """
    return value * (1.0 - value) / (value + PENALTY_EPS)


def penalty_slope(value: Array) -> Array:
    """Return h'(a) = eps (1 + eps) / (a + eps)^2 - 1; h is concave, so its tangent lies above it. Same shape."""
    slope: Array = PENALTY_EPS * (1.0 + PENALTY_EPS) / (value + PENALTY_EPS) ** 2 - 1.0
    return slope


def unit_mbit(window: Window) -> float:
    """Return what 1 bit/s/Hz on one sub-band carries in a cycle; counted in it, all numbers are of one size."""
    return window.subband_mhz * window.cycle_s


def traffic_in_units(window: Window) -> tuple[Array, Array]:
    """Return in :func:`unit_mbit` what waits before the first slot and what arrives.

    What waits is (2, users, all slots), terrestrial queues first, zero after the first slot; arrivals (users, all
    slots).
    """
    unit = unit_mbit(window)
    arrivals = window.slot_arrivals_mbit.reshape(window.users, -1) / unit
    waiting = np.zeros((2, *arrivals.shape))
    waiting[:, :, 0] = window.queue_tn_mbit / unit, window.queue_ntn_mbit / unit
    return waiting, arrivals


def binary_gap(at: Relaxed) -> float:
    """Return how far the masks and associations are from zero or one, the largest of them, 0 to 0.5."""
    values = [at.plan.mask_tn, at.plan.mask_ntn, at.association]
    return max(float(np.minimum(value, 1.0 - value).max(initial=0.0)) for value in values)
