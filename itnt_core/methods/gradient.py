"""Differentiable planning: waypoints and powers together by gradient ascent, association refreshed in between."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
from pydantic import Field

from itnt_core.arrays import Array
from itnt_core.association import ActiveAssociator, Association, make_problem
from itnt_core.flight import mended, project_flight, reference_flight
from itnt_core.network import Decision, World, breaks_limits, evaluate, without_broken_links
from itnt_core.objective import Service, objective_of
from itnt_core.power import equal_power

from .base import MethodSettings
from .incumbent import BestDecision
from .progress import Notify, ProgressEvent, RunCancelled, quiet
from .straight import StraightMethod, StraightSettings

# Bit/s/Hz for a neper below the floor, for a metre too near, for one of Shannon's beyond what a link carries.
FLOOR_PRICE, SEPARATION_PRICE, UNCAPPED_SHARE = 6.0, 2.0, 0.05


class GradientSettings(MethodSettings):
    """Settings of the gradient method."""

    rounds: int = Field(4, ge=1, le=1000, description="Association refreshes")
    steps: int = Field(120, ge=1, le=100_000, description="Gradient steps between two refreshes")
    restarts: int = Field(4, ge=1, le=64, description="Starting points climbed together")
    learning_rate: float = Field(0.05, gt=0.0, le=10.0, description="Adam step of power logits; paths move 100 x in m")
    shakes: int = Field(4, ge=0, le=1000, description="Random restarts of each association search")


class GradientMethod:
    """Climb the differentiable data service from several starts at once, projecting flights onto their limits.

    The climb itself sees neither obstacles nor batteries: whoever meets an obstacle, or takes more than its battery
    holds, goes back towards the reference flight until it does not (:func:`itnt_core.flight.mended`).
    """

    key = "gradient"
    title = "Gradient"
    summary = "Flights and powers by gradient ascent through the rate itself, association refreshed in between."
    settings_type = GradientSettings

    def solve(self, world: World, settings: GradientSettings, seed: int, notify: Notify) -> Decision:
        """Return the best decision found; never worse than the reference method by the scenario's objective."""
        import torch

        torch.set_num_threads(1)
        generator = torch.Generator().manual_seed(seed)
        best = StraightMethod().solve(world, StraightSettings(), seed, quiet)
        objective, reached = objective_of(world.scenario), Service.of(evaluate(world, best))
        is_flawed = breaks_limits(world, best)  # then any answer that breaks nothing is better
        started = time.perf_counter()
        try:
            for number in range(settings.rounds):
                start = _associated(world, best, settings.shakes, seed + number)
                for climbed in (start, *_climb(world, start, settings, generator)):
                    trial, service = climbed, Service.of(evaluate(world, climbed))
                    if not objective.better(service, reached):
                        trial = _refitted(world, climbed, settings.shakes, seed + number)
                        service = Service.of(evaluate(world, trial))
                    if (is_flawed or objective.better(service, reached)) and not breaks_limits(world, trial):
                        best, reached, is_flawed = trial, service, False
                spent = time.perf_counter() - started
                event = ProgressEvent(
                    phase="gradient",
                    fraction=0.05 + 0.9 * (number + 1) / settings.rounds,
                    message=f"Round {number + 1} of {settings.rounds}",
                    iteration=number + 1,
                    objective_mbit=reached.worth_mbit,
                    served_share=reached.served_share,
                    decision=best,
                    eta_s=round(spent / (number + 1) * (settings.rounds - number - 1), 1),
                )
                notify(event)
        except RunCancelled as stop:
            stop.decision = best
            raise
        return best

    def decide(self, world: World, flight_m: Array, settings: GradientSettings, seed: int) -> Decision:
        """Return who is served and with which powers on a flight (slots + 1, I, 3): the method's rule in every slot.

        An association is searched at equal power and its powers climb the rate, with the flight held.
        """
        import torch

        torch.set_num_threads(1)
        held = settings.model_copy(update={"restarts": 1})
        reference = StraightMethod().decide(world, flight_m, StraightSettings(), seed)
        start = _associated(world, reference, settings.shakes, seed)
        climbed = _climb(world, start, held, torch.Generator().manual_seed(seed), is_flying=False)
        objective, best = objective_of(world.scenario), reference
        for trial in (start.dropped(~evaluate(world, start).active.is_served), *climbed):
            if objective.better(Service.of(evaluate(world, trial)), Service.of(evaluate(world, best))):
                best = trial
        return best


def _associated(world: World, decision: Decision, shakes: int, seed: int) -> Decision:
    """Return the decision with a fresh association on its flight, at equal power over the served subchannels."""
    gains, power = world.gains(decision.positions_m), equal_power(world)
    weight = BestDecision(world, decision).weight()
    found = ActiveAssociator(shakes, seed).solve(make_problem(world, gains, power, weight))
    return Decision(found.station, found.subchannel, decision.positions_m, power, "active")


def _refitted(world: World, decision: Decision, shakes: int, seed: int) -> Decision:
    """Return a climbed decision with links searched on its flight and powers: it may have lost users on the way."""
    holder = BestDecision(world, decision)
    power = np.where(decision.power_w > 0.0, decision.power_w, equal_power(world))
    problem = make_problem(world, holder.best.gains, power, holder.weight())
    found = ActiveAssociator(shakes, seed).improve(problem, [Association(decision.station, decision.subchannel)])
    links = Decision(found.station, found.subchannel, decision.positions_m, power, "active")
    holder.keep_better_slots(holder.within_limits(links))
    return holder.best.decision


def _climb(
    world: World, start: Decision, settings: GradientSettings, generator: Any, *, is_flying: bool = True
) -> list[Decision]:
    """Return one decision per restart after a round of gradient steps, of powers alone where nobody is flying."""
    import torch

    from itnt_core.descent import Adam
    from itnt_core.flight import GainMap, LinkTensors, efficiencies

    links = LinkTensors.of(world, start, world.gains(start.positions_m))
    gain_map = GainMap.of(world) if world.aerial_count else None
    paths, logits = _starting_points(world, start, settings.restarts, generator)
    rate, most = settings.learning_rate, torch.tensor(world.subchannel_max_power_w / world.station_max_power_w)
    steered = [Adam([paths], 100.0 * rate)] if is_flying else []
    optimisers = [*steered, Adam([logits], rate)]
    for _ in range(settings.steps):
        for optimiser in optimisers:
            optimiser.zero_grad()
        power = _shares(logits, links.used, most)
        efficiency, shortfall = efficiencies(links, gain_map, paths[:, 1:], power)
        climbed = torch.minimum(links.rate_law.climbed(efficiency), links.cap)
        worth = (climbed + UNCAPPED_SHARE * efficiency) * _weight(world, climbed)
        gain = (worth - FLOOR_PRICE * shortfall).sum()
        (SEPARATION_PRICE * _crowding(world, paths) - gain).backward()
        for optimiser in optimisers:
            optimiser.step()
        if is_flying:
            _project(world, paths)
    power = _shares(logits, links.used, most).detach().numpy().astype(float)
    flights = paths.detach().numpy().astype(float)
    flown = [start.positions_m] * len(flights)
    if is_flying:
        reference = reference_flight(world)
        flown = [mended(world, project_flight(world.scenario, flight), reference) for flight in flights]
    return [_decision(world, start, flight, share) for flight, share in zip(flown, power, strict=True)]


def _weight(world: World, capped: Any) -> Any:
    """Return what a bit/s/Hz of each user is worth (restarts, 1, users) at efficiencies (restarts, slots, users).

    It is the slope of the worth of all data, so that a step up the weighted sum is one up the worth itself.
    """
    import torch

    if world.utility.is_plain:
        return 1.0
    per_efficiency = world.bandwidth_hz * world.scenario.time.slot_s / 1e6
    data_mbit = capped.detach().numpy().astype(float).sum(axis=1) * per_efficiency
    return torch.tensor(world.utility.search_slope(data_mbit)[:, None, :], dtype=torch.float32)


def _starting_points(world: World, start: Decision, restarts: int, generator: Any) -> tuple[Any, Any]:
    """Return perturbed paths (restarts, slots + 1, I, 3) and power logits; the first restart is unperturbed."""
    import torch

    base = torch.tensor(start.positions_m, dtype=torch.float32)
    # One smooth bump per restart and user: a half sine over the flight leaves both ends where they are.
    bump = torch.sin(torch.linspace(0.0, np.pi, world.slots + 1))[None, :, None, None]
    push = torch.randn((restarts, 1, world.aerial_count, 3), generator=generator) * torch.tensor([250.0, 250.0, 20.0])
    push[0] = 0.0
    paths = (base + bump * push).clone().requires_grad_(True)
    logits = 0.3 * torch.randn((restarts, *start.power_w.shape), generator=generator)
    logits[0] = 0.0
    _project(world, paths)
    return paths, logits.requires_grad_(True)


def _shares(logits: Any, used: Any, most: Any) -> Any:
    """Return power shares (restarts, slots, stations, subchannels): a softmax over the subchannels that serve.

    None is more than ``most`` (slots, stations) of P_max, which is 1 where nothing limits a subchannel.
    """
    import torch

    weight = torch.exp(torch.clamp(logits, -12.0, 12.0)) * used
    share = weight / torch.clamp(weight.sum(dim=-1, keepdim=True), min=1e-9)
    return torch.minimum(share, most.to(share.dtype)[..., None]) if bool((most < 1.0).any()) else share


def _project(world: World, paths: Any) -> None:
    """Project every restart's flight onto its limits, in place."""
    import torch

    with torch.no_grad():
        for index, flight in enumerate(paths.detach().numpy()):
            paths[index] = torch.from_numpy(project_flight(world.scenario, flight.astype(float)).astype(np.float32))


def _crowding(world: World, paths: Any) -> Any:
    """Return the summed shortfall of separations in metres."""
    import torch

    users = world.scenario.aerial_users
    total = torch.zeros(())
    for i, first in enumerate(users):
        for j in range(i + 1, len(users)):
            needed = 1.05 * max(first.min_separation_m, users[j].min_separation_m)
            between = paths[:, :, i] - paths[:, :, j]
            apart = _along_slots(between) if world.scenario.has_obstacles else between.norm(dim=-1)
            total = total + torch.relu(needed - apart).sum()
    return total


def _along_slots(between: Any) -> Any:
    """Return the least distances (restarts, slots) along the slots, as :func:`itnt_core.network.least_distance_m`."""
    import torch

    before, way = between[:, :-1], between[:, 1:] - between[:, :-1]
    share = -(before * way).sum(dim=-1) / torch.clamp((way * way).sum(dim=-1), min=1e-9)
    return (before + torch.clamp(share, 0.0, 1.0)[..., None] * way).norm(dim=-1)


def _decision(world: World, start: Decision, flight: Array, share: Array) -> Decision:
    """Return a restart as a decision in full precision; users it leaves below the floor are dropped."""
    power = share * world.station_max_power_w[None, :, None] * (1.0 - 1e-9)
    decision = replace(start, positions_m=flight, power_w=power)
    return without_broken_links(world, decision, evaluate(world, decision))
