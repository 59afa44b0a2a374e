"""Whether anything can be proved under a scenario's channel model: what a plug-in states of its own, looked at once."""

from __future__ import annotations

import numpy as np

from itnt_core.errors import ItntError
from itnt_core.flight import straight_flight
from itnt_core.network import World
from itnt_core.radio import CHANNEL_MODELS, LinkGeometry, StatesLeastLoss, Transmitters
from itnt_core.scenario import BUILT_IN_CHANNEL_MODELS
from itnt_core.units import to_db

from .types import Array

MOST_PROBES = 2_000  # places of aerial users at which a stated loss is held against the channel's own gains
ROUNDING_DB = 1e-6


class UnknownBoundError(ItntError, ValueError):
    """A bound that nobody can prove, since too little is known of the scenario's channel; one sentence says why."""


def why_unknown(world: World) -> str | None:
    """Say in a sentence why nothing can be proved of a world; None where it can.

    Ground users have their exact gains under any channel model. Of aerial users the built-in models are known here,
    and any other one that states its own least loss (:class:`~itnt_core.radio.StatesLeastLoss`), as long as its own
    links on the straight flights do not undercut it.
    """
    name = world.scenario.channel.model
    if not world.aerial_count or name in BUILT_IN_CHANNEL_MODELS:
        return None
    whose = f"No upper bound is known: the {CHANNEL_MODELS.noun} '{name}' of {CHANNEL_MODELS.origin(name)} states"
    if not isinstance(world.channel, StatesLeastLoss):
        return f"{whose} no least loss of the links of aerial users."
    if _is_undercut(world, world.channel):
        return f"{whose} a least loss that its own links undercut."
    return None


def stated_losses(world: World) -> StatesLeastLoss:
    """Return the channel of a plug-in's model as what it states of itself (UnknownBoundError)."""
    unknown = why_unknown(world)
    if unknown or not isinstance(world.channel, StatesLeastLoss):
        raise UnknownBoundError(unknown or "No upper bound is known of this channel.")
    return world.channel


def _is_undercut(world: World, channel: StatesLeastLoss) -> bool:
    """Say whether a link on the straight flights is stronger than the scenario's antennas less the stated loss."""
    flight_m = straight_flight(world.scenario)[1:]  # (slots, aerial users, 3)
    slots = np.unique(np.linspace(0, world.slots - 1, max(1, MOST_PROBES // world.aerial_count)).astype(int))
    gains = world.gains_at(flight_m[slots], slots[:, None], aerial=True)  # (n, aerial users, stations)
    most_db = np.stack([_most_db(world, channel, flight_m[slot], slot) for slot in slots])
    return bool((to_db(gains) > most_db + ROUNDING_DB).any())


def _most_db(world: World, channel: StatesLeastLoss, points_m: Array, slot: int) -> Array:
    """Return the greatest gains (n, stations) in dB that the statement allows at points (n, 3) in a slot."""
    antennas = Transmitters(world.scenario, world.sky)
    height_m = points_m[:, 2:]
    ground = LinkGeometry.between(points_m, antennas.gbs_m)
    satellites_m = np.broadcast_to(world.sky.position_m[slot], (len(points_m), *world.sky.position_m.shape[1:]))
    distance_m = LinkGeometry.between(points_m, satellites_m).d3d_m
    parts = (
        antennas.gbs_antenna_db(ground) - channel.least_gbs_loss_db(ground.d3d_m, height_m, height_m),
        antennas.leo_antenna_db(points_m, satellites_m) - channel.least_leo_loss_db(distance_m),
    )
    return np.concatenate(parts, axis=1)
