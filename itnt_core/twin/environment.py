"""The world of a spectrum-sharing scenario: gains over the cycles as they are, and as the twin predicts them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.cached import cached_property
from itnt_core.city import City, city_of_scenario
from itnt_core.scenario import positions_m
from itnt_core.sky import SkyTrack, look_angles
from itnt_core.twin.planning.window import Array, Window, candidate_links
from itnt_core.twin.traffic.demand import Demand, build_demand
from itnt_core.units import from_db

from .beliefs.listener import Listener, listener_of
from .beliefs.mistakes import TwinWorld, heard_last, is_mistaken, mistaken_places, unknown_db
from .movement import walk
from .physics import gain_over_noise, power_caps_w
from .scenario import TwinScenario


@dataclass(frozen=True, eq=False)
class Environment:
    """Everything that no plan changes.

    ``gain`` (transmitters, users, cycles): SNR at the power cap on one sub-band, base stations first; ``predicted``
    the twin's before it learns. ``positions_m`` (cycles, users, 3) in the middle of each cycle, ``places_m`` the same
    as the twin has them; ``sky`` at the same moments; ``cap_w`` (transmitters,) the power cap of a sub-band.
    """

    scenario: TwinScenario
    city: City
    sky: SkyTrack
    positions_m: Array
    gain: Array
    predicted: Array
    cap_w: Array
    demand: Demand
    places_m: Array
    # What is computed once for a world: plans of the first window by planner, and the bound.
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def stations(self) -> int:
        """Return the number of base stations."""
        return len(self.scenario.network.ground_stations)

    @property
    def transmitters(self) -> int:
        """Return the number of base stations and beams."""
        return int(self.gain.shape[0])

    @property
    def users(self) -> int:
        """Return the number of users."""
        return int(self.gain.shape[1])

    @cached_property
    def transmitter_ids(self) -> tuple[str, ...]:
        """Return the names of base stations and satellites."""
        return transmitter_ids(self.scenario, self.sky)

    def listener(self) -> Listener | None:
        """Return the twin as it is before the run, if it learns from reports."""
        if not self.scenario.learning.from_reports:
            return None
        return listener_of(
            self.scenario, self.city, self.sky, self.transmitter_ids, self.gain, self.predicted, self.places_m
        )

    @cached_property
    def arrivals_mbit(self) -> Array:
        """Return what arrives in each cycle (cycles, users)."""
        return self.slot_arrivals_mbit.sum(axis=1)

    @cached_property
    def slot_arrivals_mbit(self) -> Array:
        """Return what arrives in each slot of each cycle (cycles, slots, users)."""
        return self.demand.arrivals_mbit.reshape(-1, self.scenario.sharing.slots_per_cycle, self.users)

    @cached_property
    def weight(self) -> Array:
        """Return how much each user's backlog counts (users,): its priority."""
        return np.array([user.priority for user in self.scenario.network.ground_users])

    @cached_property
    def budget(self) -> Array:
        """Return the power limits over all sub-bands (transmitters,) in units of the cap.

        Of base stations a part of all sub-bands by the cap's own definition; of satellites no more than that, nor than
        their greatest power.
        """
        bands = self.scenario.network.radio.subchannels
        most = np.full(self.transmitters, bands / self.scenario.sharing.cap_ratio)
        power_w = np.array([radio.max_power_w for radio in self.sky.radios])
        most[self.stations :] = np.minimum(most[self.stations :], power_w / self.cap_w[self.stations :])
        return most

    @cached_property
    def most_users(self) -> Array | None:
        """Return how many users each transmitter serves at once (transmitters,), None where none is limited."""
        limits = [station.max_users for station in self.scenario.network.ground_stations]
        limits += [radio.max_users for radio in self.sky.radios]
        found: Array = np.array([np.inf if most is None else float(most) for most in limits])
        return found if np.isfinite(found).any() else None

    @cached_property
    def visible(self) -> NDArray[np.bool_]:
        """Return which satellites stand high enough over a cycle's middle (cycles, satellites)."""
        found: NDArray[np.bool_] = self.sky.elevation_deg >= self.scenario.sharing.min_elevation_deg
        if self.sky.serves is not None:
            found = found & self.sky.serves
        return found


def build_environment(scenario: TwinScenario, city: City | None = None, cache_dir: Path | None = None) -> Environment:
    """Assemble city, sky, channel and demand of a scenario."""
    network = scenario.network
    times_s = scenario.cycle_s * (np.arange(scenario.cycles, dtype=np.float64) + 0.5)
    sky = look_angles(network, times_s)
    if city is None:
        city = city_of_scenario(network, cache_dir)
    starts = positions_m(network.ground_users)
    positions = walk(city, starts, scenario.sharing.user_speed_m_s, times_s, scenario.seed)
    gain = gain_over_noise(scenario, city, sky, positions, np.arange(scenario.cycles))
    places = mistaken_places(scenario, positions)
    return Environment(
        scenario,
        city,
        sky,
        positions,
        gain,
        _as_predicted(scenario, city, sky, gain, positions, places),
        power_caps_w(scenario, sky),
        build_demand(scenario),
        places,
    )


def transmitter_ids(scenario: TwinScenario, sky: SkyTrack) -> tuple[str, ...]:
    """Return the names of base stations and satellites."""
    return (*(station.id for station in scenario.network.ground_stations), *sky.station_ids)


def _as_predicted(
    scenario: TwinScenario, city: City, sky: SkyTrack, actual: Array, positions: Array, places: Array
) -> Array:
    """Return the gains as the twin takes them: with its mistakes, and with shadowing that it does not know."""
    ids = transmitter_ids(scenario, sky)
    unknown = unknown_db(scenario, ids, positions)
    if not is_mistaken(scenario):
        predicted: Array = actual * from_db(unknown)
        return predicted
    return heard_last(scenario, TwinWorld.of(scenario, city, sky).gain(places, np.arange(scenario.cycles), unknown))


def window_of(
    environment: Environment,
    gain: Array,
    arrivals_mbit: Array,
    queue_tn_mbit: Array,
    queue_ntn_mbit: Array,
    visible: NDArray[np.bool_],
) -> Window:
    """Return a planning window from gains (transmitters, users, cycles) and arrivals.

    Arrivals (cycles, users) come evenly within a cycle, those of (cycles, slots, users) as they are. ``visible``
    (satellites,) or (cycles, satellites) are candidates to serve; the others are silent and left out.
    """
    scenario, sharing = environment.scenario, environment.scenario.sharing
    radio = scenario.network.radio
    heard = seen(environment, gain, visible)
    transmitter, user = candidate_links(heard, environment.stations, _ever(visible), sharing.nearest_stations)
    cycles, part = within_cycles(arrivals_mbit, sharing.slots_per_cycle)
    return Window(
        gain=heard,
        arrivals_mbit=cycles,
        queue_tn_mbit=queue_tn_mbit,
        queue_ntn_mbit=queue_ntn_mbit,
        link_transmitter=transmitter,
        link_user=user,
        stations=environment.stations,
        subbands=radio.subchannels,
        subband_mhz=radio.subchannel_khz / 1e3,
        cycle_s=scenario.cycle_s,
        budget=environment.budget,
        weight=environment.weight,
        shared_most=sharing.shared_most,
        power_price=sharing.power_price,
        feeder_mbit_s=sharing.feeder_mbit_s,
        slot_part=part,
        efficiency_cap=np.inf if radio.spectral_efficiency_cap is None else radio.spectral_efficiency_cap,
        most_users=environment.most_users,
    )


def actual_cycles(
    environment: Environment, part: slice, queue_tn_mbit: Array | None = None, queue_ntn_mbit: Array | None = None
) -> Window:
    """Return some cycles of the world as they really are, with what waits (users,) at their start, else nothing."""
    nothing = np.zeros(environment.users)
    return window_of(
        environment,
        environment.gain[:, :, part],
        environment.slot_arrivals_mbit[part],
        nothing if queue_tn_mbit is None else queue_tn_mbit,
        nothing if queue_ntn_mbit is None else queue_ntn_mbit,
        environment.visible[part],
    )


def _ever(visible: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(np.atleast_2d(visible).any(axis=0), dtype=bool)


def seen(environment: Environment, gain: Array, visible: NDArray[np.bool_]) -> Array:
    """Return gains (transmitters, users, cycles) with those of satellites that may not serve at zero."""
    can = np.broadcast_to(np.atleast_2d(visible), (gain.shape[2], visible.shape[-1])).T  # (satellites, cycles)
    found = gain.copy()
    found[environment.stations :] *= can[:, None, :]
    return found


def within_cycles(arrivals_mbit: Array, slots: int) -> tuple[Array, Array]:
    """Return what arrives in each cycle (users, cycles) and which part of it in each slot (users, cycles, slots)."""
    if arrivals_mbit.ndim == 2:
        return arrivals_mbit.T, np.full((*arrivals_mbit.T.shape, slots), 1.0 / slots)
    by_user = np.moveaxis(arrivals_mbit, 2, 0)
    total = by_user.sum(axis=2)
    even = np.full(by_user.shape, 1.0 / slots)
    return total, np.divide(by_user, total[..., None], out=even, where=total[..., None] > 0.0)
