"""Turning a data-service scenario into a question about spectrum sharing."""

from __future__ import annotations

from itnt_core.scenario import Handover, Scenario, TimeGrid

from .scenario import TwinScenario, twin_of_data

SUBBANDS, SUBBAND_KHZ, CARRIER_GHZ = 8, 5000.0, 3.5  # the radio of the twin's own presets
STATION_W = 40.0  # of a wide-band base station; the data-service presets send on less band with less
WINDOWS = 2  # that are planned


def twin_of_scenario(scenario: Scenario, like: TwinScenario) -> TwinScenario:
    """Return the stations, passes and ground users of a scenario under the dials of another question.

    The band becomes eight sub-bands of 5 MHz at 3.5 GHz and the time two windows of one-second slots; base stations get
    at least 40 W. Aerial users, a limit of power flux density and what counts (objective, coverage, changes of server)
    are left out: this system asks its own question. ScenarioError says what then still does not fit.
    """
    sharing = like.sharing.model_copy(update={"shared_most": min(like.sharing.shared_most, SUBBANDS)})
    slots = WINDOWS * sharing.slots_per_cycle * sharing.cycles_per_window
    radio = scenario.radio.model_copy(
        update={
            "carrier_ghz": CARRIER_GHZ,
            "subchannels": SUBBANDS,
            "subchannel_khz": SUBBAND_KHZ,
            "spectral_efficiency_cap": None,
            "rate": "shannon_capped",
        }
    )
    stations = tuple(
        station.model_copy(update={"max_power_w": max(STATION_W, station.max_power_w)})
        for station in scenario.ground_stations
    )
    network = scenario.model_copy(
        update={
            "radio": radio,
            "aerial_users": (),
            "pfd_limit_dbw_m2_mhz": None,
            "objective": "sum",
            "coverage": "first",
            "handover": Handover(),
            "ground_stations": stations,
            "channel": scenario.channel.model_copy(update={"fading": False}),
            "time": TimeGrid(start=scenario.time.start, slots=slots, slot_s=1.0),
        }
    )
    changed = like.model_copy(update={"network": network, "sharing": sharing})
    return twin_of_data(changed.model_dump(mode="json"))
