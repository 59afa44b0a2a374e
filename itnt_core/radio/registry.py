"""The one registry of channel models, and the one place where a scenario's channel is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from itnt_core import extensions
from itnt_core.city import City
from itnt_core.extensions import ExtensionError, Registry
from itnt_core.scenario import BUILT_IN_CHANNEL_MODELS, Problem, Scenario, ScenarioError, shown
from itnt_core.sky import SkyTrack

from .gains import links_at
from .models import ChannelModel, FreeSpaceChannel, PowerLawChannel
from .urban import UrbanChannel

_PROBES = 2  # points of each kind of user at which the channel of somebody else's is looked at once


@dataclass(frozen=True)
class ChannelLaw:
    """A channel model by name: how it is built, and what is to be said of it.

    ``assumption`` is a sentence for reports; ``follows`` names the fields of ``scenario.channel`` that change its
    numbers beside ``model`` (fast fading is the world's, for every model); ``sees_buildings`` says whether the city's
    buildings do.
    """

    build: Callable[[Scenario, City, SkyTrack], ChannelModel]
    assumption: str
    follows: frozenset[str] = frozenset()
    sees_buildings: bool = False


_FREE_SPACE = ChannelLaw(
    FreeSpaceChannel,
    "Channel: free space on every link, power gain beta0 / d² with beta0 = (c / 4πf)²; buildings are not seen.",
    frozenset({"atmosphere"}),
)
_POWER_LAW = ChannelLaw(
    PowerLawChannel,
    "Channel: free space for aerial users and satellites, path-loss exponent 3.5 between base stations and ground "
    "users; buildings are not seen.",
    frozenset({"atmosphere"}),
)
_URBAN = ChannelLaw(
    UrbanChannel,
    "Channel: 3GPP TR 38.901 for ground users, TR 36.777 for aerial users, TR 38.811 for satellites; line of sight is "
    "decided by the city's own buildings.",
    frozenset({"deployment", "clutter", "shadowing", "shadow_correlation_m", "site_correlation", "atmosphere"}),
    sees_buildings=True,
)
CHANNEL_MODELS: Registry[ChannelLaw] = Registry(
    extensions.CHANNEL_MODELS,
    dict(zip(BUILT_IN_CHANNEL_MODELS, (_FREE_SPACE, _POWER_LAW, _URBAN), strict=True)),
    ChannelLaw,
)


def register_channel_model(name: str, law: ChannelLaw) -> None:
    """Add a channel model for this process (ExtensionError); one that is to stay is a plug-in: docs/extending.md."""
    CHANNEL_MODELS.register(name, law)


def channel_law(scenario: Scenario) -> ChannelLaw:
    """Return the channel model that a scenario names (ScenarioError where it cannot be used here)."""
    name = scenario.channel.model
    if name not in CHANNEL_MODELS:
        allowed = CHANNEL_MODELS.why_not(name).rstrip(".") or f"known here are {', '.join(CHANNEL_MODELS)}"
        remedy = "install the plug-in that it came with, or choose another"
        raise ScenarioError([Problem("The channel model of the scenario", shown(name), allowed, remedy)])
    return CHANNEL_MODELS[name]


def channel_of(scenario: Scenario, city: City, sky: SkyTrack) -> ChannelModel:
    """Build the channel of a scenario (ScenarioError where its model is missing, or a plug-in's does not work)."""
    name, law = scenario.channel.model, channel_law(scenario)
    if CHANNEL_MODELS.is_built_in(name):
        return law.build(scenario, city, sky)
    try:
        with CHANNEL_MODELS.blamed(name):
            channel = law.build(scenario, city, sky)
            _try_out(channel, scenario, sky)
    except ExtensionError as error:
        where = "The channel model of the scenario"
        raise ScenarioError([Problem(where, shown(name), error.reason, error.remedy)]) from error
    return channel


def _try_out(channel: ChannelModel, scenario: Scenario, sky: SkyTrack) -> None:
    """Ask a channel for a few links: ValueError where its gains are no finite numbers of at least 0, or of no shape."""
    quarter_m = scenario.area.size_m / 4.0
    gbs_count = len(scenario.ground_stations)
    for aerial, height_m in ((False, 1.5), (True, 100.0)):
        points_m = np.array([[0.0, 0.0, height_m], [quarter_m, -quarter_m, height_m]])
        sight = channel.gbs_sight(points_m, aerial)
        shapes = {"gbs_sight": sight.shape, "gbs_gain": channel.gbs_gain(points_m, aerial, sight).shape}
        if not aerial:
            shapes["fades"] = channel.fades(points_m).shape
        for name, shape in shapes.items():
            if shape != (_PROBES, gbs_count):
                raise ValueError(f"{name} is {shape}, but (points, GBSs) is needed, here {(_PROBES, gbs_count)}")
        gains, _ = links_at(channel, sky, points_m, 0, aerial)
        if gains.shape != (_PROBES, gbs_count + len(sky.station_ids)):
            raise ValueError(f"leo_gain has {gains.shape[1] - gbs_count} columns, not one for each satellite")
        if not (np.isfinite(gains).all() and (gains >= 0.0).all()):
            raise ValueError("a gain is negative or not a finite number")
