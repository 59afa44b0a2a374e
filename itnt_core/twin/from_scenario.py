"""Turning a data-service scenario into a question about spectrum sharing."""

from __future__ import annotations

from itnt_core.scenario import Airspace, Handover, Qos, Scenario, TimeGrid

from .scenario import DEFAULT, TwinScenario, twin_of_data

SUBBANDS, SUBBAND_KHZ, CARRIER_GHZ = 8, 5000.0, 3.5  # the radio of the twin's own presets
STATION_W = 40.0  # of a wide-band base station; the data-service presets send on less band with less
SATELLITE_W = 1000.0  # the most a satellite may have: what it sends is limited by the density of its EIRP
WINDOWS = 2  # that are planned


def twin_of_scenario(scenario: Scenario, like: TwinScenario) -> TwinScenario:
    """Return the stations, passes and ground users of a scenario under the dials of another question.

    The band becomes eight sub-bands of 5 MHz at 3.5 GHz and the time two windows of one-second slots; base stations get
    at least 40 W and satellites 1 kW. Aerial users, the airspace, fast fading, a limit of power flux density and what
    counts (objective, coverage, least SINRs, changes of server) are left out: this system asks its own question.
    ScenarioError says what then still does not fit.
    """
    sharing = like.sharing.model_copy(update={"shared_most": min(like.sharing.shared_most, SUBBANDS)})
    slots = WINDOWS * sharing.slots_per_cycle * sharing.cycles_per_window
    radio = scenario.radio.model_copy(
        update={
            "carrier_ghz": CARRIER_GHZ,
            "subchannels": SUBBANDS,
            "subchannel_khz": SUBBAND_KHZ,
            "rate": "shannon_capped",
        }
    )
    stations = tuple(
        station.model_copy(update={"max_power_w": max(STATION_W, station.max_power_w)})
        for station in scenario.ground_stations
    )
    sources = {
        group: tuple(
            source.model_copy(update={"radio": source.radio.model_copy(update={"max_power_w": SATELLITE_W})})
            for source in getattr(scenario, group)
        )
        for group in ("passes", "walker_shells", "orbits")
    }
    network = scenario.model_copy(
        update={
            "radio": radio,
            "aerial_users": (),
            "pfd_limit_dbw_m2_mhz": None,
            "objective": "sum",
            "coverage": "first",
            "alpha": DEFAULT.alpha,
            "coverage_price_mbit": DEFAULT.coverage_price_mbit,
            "handover": Handover(),
            "ground_stations": stations,
            **sources,
            "qos": Qos(),
            "airspace": Airspace(),
            "no_fly_zones": (),
            "channel": scenario.channel.model_copy(update={"fading": False}),
            "time": TimeGrid(start=scenario.time.start, slots=slots, slot_s=1.0),
        }
    )
    changed = like.model_copy(update={"network": network, "sharing": sharing})
    return twin_of_data(changed.model_dump(mode="json"))
