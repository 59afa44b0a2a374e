"""How much memory a training needs, told before anything is allocated."""

from __future__ import annotations

from itnt_core.network import World

from .ddpg import PLAIN, DdpgOptions
from .observation import Layout

MOST_BYTES = 4_000_000_000
REAL, FLOAT = 8, 4  # bytes of a number in numpy and in torch
COPIES = 6  # of all gains of a slot while P1 is solved inside a step
NETWORKS = 16  # actor and two critics, their slow copies, gradients and the optimisers' two moments


def learning_bytes(world: World, environments: int, agent: str, hidden: int) -> int:
    """Return about how many bytes the environments, the replay memory and the networks of a training fill.

    ``agent`` is "factored" (a pilot that sees one aerial user), "joint" or "plain" (everything at once).
    """
    layout = Layout.of(world)
    users, stations, slots, aerial = layout.users, layout.stations, layout.slots, layout.aerial
    gains = users * stations * world.subchannels
    flying = environments * REAL * (slots * (2 * users + aerial * stations) + COPIES * gains)
    if agent == "factored":
        state, action = 8 + 5 * stations + aerial + slots, 3
    else:
        state, action = layout.size, 3 * aerial + stations * (world.subchannels + 1)
    capacity = PLAIN.capacity if agent == "plain" else DdpgOptions().capacity
    memory = capacity * (2 * state + action)
    networks = NETWORKS * hidden * (state + action + hidden)
    return flying + FLOAT * (memory + networks)
