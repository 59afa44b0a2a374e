"""The world of a spectrum-sharing scenario: gains over the cycles as they are, and as the twin predicts them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.cached import cached_property
from itnt_core.city import City, city_of_scenario
from itnt_core.radio import channel_of, gains_at, named_generator, noise_power_w
from itnt_core.scenario import positions_m
from itnt_core.sky import SkyTrack, look_angles
from itnt_core.twin.planning.window import Array, Window, candidate_links
from itnt_core.twin.traffic.demand import Demand, autoregression, build_demand
from itnt_core.units import from_db, to_db

from .movement import walk
from .scenario import TwinScenario


@dataclass(frozen=True, eq=False)
class Environment:
    """Everything that no plan changes.

    ``gain`` (transmitters, users, cycles): SNR at the power cap on one sub-band, base stations first; ``predicted``
    the twin's. ``positions_m`` (cycles, users, 3) in the middle of each cycle; ``sky`` at the same moments;
    ``cap_w`` (transmitters,) the power cap of a sub-band.
    """

    scenario: TwinScenario
    city: City
    sky: SkyTrack
    positions_m: Array
    gain: Array
    predicted: Array
    cap_w: Array
    demand: Demand
    # Plans of the first window by planner: the same for every scheme that starts with them.
    first_plans: dict[tuple[str, bool], Any] = field(default_factory=dict)

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
        return (*(station.id for station in self.scenario.network.ground_stations), *self.sky.station_ids)

    @cached_property
    def arrivals_mbit(self) -> Array:
        """Return what arrives in each cycle (cycles, users)."""
        per = self.scenario.sharing.slots_per_cycle
        return self.demand.arrivals_mbit.reshape(-1, per, self.users).sum(axis=1)

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
    channel = channel_of(network, city, sky)
    linear = gains_at(channel, sky, positions, np.arange(scenario.cycles)[:, None], aerial=False)
    cap_w = _power_caps_w(scenario, sky)
    gain = np.moveaxis(linear * cap_w / noise_power_w(network.radio), (0, 1, 2), (2, 1, 0))
    return Environment(
        scenario, city, sky, positions, gain, _as_predicted(scenario, gain), cap_w, build_demand(scenario)
    )


def _power_caps_w(scenario: TwinScenario, sky: SkyTrack) -> Array:
    """Return the power cap of a sub-band: of a base station a multiple of the equal share, of a beam by its EIRP."""
    radio, sharing = scenario.network.radio, scenario.sharing
    stations = [
        sharing.cap_ratio * station.max_power_w / radio.subchannels for station in scenario.network.ground_stations
    ]
    eirp_dbw = sharing.satellite_eirp_dbw_per_mhz + to_db(radio.subchannel_khz / 1e3)
    beams = [from_db(eirp_dbw - satellite.gain_dbi) for satellite in sky.radios]
    return np.array([*stations, *beams])


def _as_predicted(scenario: TwinScenario, gain: Array) -> Array:
    """Return the gains with the shadowing that the twin gets wrong: lognormal, AR(1) from cycle to cycle."""
    error = scenario.error
    normal = named_generator(scenario.seed, "twin", "csi").standard_normal((gain.shape[2], *gain.shape[:2]))
    wrong = np.moveaxis(autoregression(normal, error.csi_rho), 0, 2)
    sigma = np.where(
        np.arange(gain.shape[0]) < len(scenario.network.ground_stations), error.csi_tn_sigma_db, error.csi_ntn_sigma_db
    )
    predicted: Array = gain * from_db(sigma[:, None, None] * wrong)
    return predicted


def window_of(
    environment: Environment,
    gain: Array,
    arrivals_mbit: Array,
    queue_tn_mbit: Array,
    queue_ntn_mbit: Array,
    visible: NDArray[np.bool_],
) -> Window:
    """Return a planning window from gains (transmitters, users, cycles) and arrivals (cycles, users).

    ``visible`` (satellites,) are candidates to serve; the others are silent and left out of the links.
    """
    scenario, sharing = environment.scenario, environment.scenario.sharing
    radio = scenario.network.radio
    budget = np.full(environment.transmitters, radio.subchannels / sharing.cap_ratio)
    transmitter, user = candidate_links(gain, environment.stations, visible, sharing.nearest_stations)
    return Window(
        gain=gain,
        arrivals_mbit=arrivals_mbit.T,
        queue_tn_mbit=queue_tn_mbit,
        queue_ntn_mbit=queue_ntn_mbit,
        link_transmitter=transmitter,
        link_user=user,
        stations=environment.stations,
        subbands=radio.subchannels,
        subband_mhz=radio.subchannel_khz / 1e3,
        cycle_s=scenario.cycle_s,
        budget=budget,
        weight=np.ones(environment.users),
        shared_most=sharing.shared_most,
        power_price=sharing.power_price,
        feeder_mbit_s=sharing.feeder_mbit_s,
    )
