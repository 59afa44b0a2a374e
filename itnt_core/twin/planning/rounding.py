"""From a mixture of patterns to a plan: whole sub-bands, one base station and one beam a user, budgets kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .ascent import assigned, close_shared, completed, feasible
from .linear import Program, SharesProgram
from .patterns import Mixture
from .polish import polish
from .relaxed import Bounds, Relaxed, free_bounds, per_transmitter, repaired, tightened
from .window import Array, Plan, Window, spectral_efficiency

SENDS = 1e-6  # of the cap: less is silent


def rounded_mixture(window: Window, mixture: Mixture, generator: np.random.Generator | None = None) -> Array:
    """Return powers (transmitters, subbands, cycles) that use each pattern on about as many sub-bands as the mixture.

    What is left over goes to the largest remainders, or is drawn in proportion to them. What remains of one cycle's
    patterns counts in the next where the same pattern stands.
    """
    power = np.zeros((window.transmitters, window.subbands, window.cycles))
    for cycle, (patterns, use) in enumerate(zip(mixture.pattern, mixture.use, strict=True)):
        whole = np.floor(use + 1e-6).astype(int)
        left = window.subbands - int(whole.sum())
        rest = np.maximum(0.0, use - whole)
        for _ in range(left):
            if rest.sum() <= 1e-6:
                break
            part = rest / rest.sum()
            number = int(part.argmax()) if generator is None else int(generator.choice(len(part), p=part))
            whole[number] += 1
            rest[number] = 0.0
        chosen = np.repeat(np.arange(len(use)), whole)[: window.subbands]
        power[:, : chosen.size, cycle] = patterns[chosen].T
    used = power.sum(axis=1, keepdims=True)
    return power * np.minimum(1.0, window.budget[:, None, None] / np.maximum(used, 1e-300))


def masks_of(window: Window, power: Array, bounds: Bounds | None = None) -> tuple[Array, Array]:
    """Return masks (2, subbands, cycles) that powers need, no more shared than allowed, and powers without the rest.

    Sub-bands that may be shared besides are opened to both systems, the silent ones of the other first; what
    ``bounds`` close stays closed.
    """
    if bounds is not None:
        power = power * per_transmitter(window, bounds.mask_tn[1], bounds.mask_ntn[1])
    sides = np.split(power, [window.stations])
    use = np.stack([side.sum(axis=0) for side in sides])
    masks = (use > SENDS).astype(float)
    for cycle in range(window.cycles):
        idle = masks[:, :, cycle].sum(axis=0) < 0.5
        masks[0, idle, cycle] = 1.0
        close_shared(masks[:, :, cycle], use[:, :, cycle], window.shared_most)
        spare = window.shared_most - int(masks[:, :, cycle].min(axis=0).sum())
        alone = np.flatnonzero(masks[:, :, cycle].min(axis=0) < 0.5)
        quiet = alone[np.argsort(use[:, alone, cycle].max(axis=0), kind="stable")][:spare]
        masks[:, quiet, cycle] = 1.0
    if bounds is not None:
        masks = np.minimum(masks, np.stack([bounds.mask_tn[1], bounds.mask_ntn[1]]))
    return masks, power * per_transmitter(window, masks[0], masks[1])


def plan_of_powers(window: Window, power: Array, masks: Array, bounds: Bounds | None = None) -> tuple[Relaxed, Bounds]:
    """Return a decided plan at given powers (transmitters, subbands, cycles) and masks (2, subbands, cycles).

    Who serves whom follows from shares that all links may have.
    """
    bounds = (bounds or free_bounds(window)).with_masks(masks[0], masks[1])
    everybody = np.ones((window.links, window.cycles))
    share = np.zeros((window.links, window.subbands, window.cycles))
    steering = np.full((window.users, window.cycles), 0.5)
    plan = Plan(power, share, np.clip(steering, *bounds.steering), masks[0], masks[1])
    at = repaired(window, Relaxed(plan, everybody), tightened(window, bounds))
    return associated(window, at, bounds)


def associated(window: Window, at: Relaxed, bounds: Bounds) -> tuple[Relaxed, Bounds]:
    """Return a point with who serves whom decided anew at its powers, and the bounds that keep it.

    First every candidate may serve; then each user keeps the base station and the beam that carry most.
    """
    everybody = np.clip(np.ones_like(at.association), *bounds.association)
    open_ = bounds.with_association(everybody)
    free = SharesProgram(window, Relaxed(at.plan, everybody), tightened(window, open_)).solve(Program())
    plan = at.plan if free is None else free.plan
    carried = (plan.share * spectral_efficiency(window, plan.power)).sum(axis=1)
    association = completed(window, assigned(window, carried, bounds.association), bounds.association)
    decided = bounds.with_association(association)
    point = feasible(window, Relaxed(replace(at.plan, share=plan.share, steering=plan.steering), association), decided)
    return polish(window, point, decided), decided
