"""What a result assumes and what is left out, in sentences, from the scenario itself."""

from __future__ import annotations

import numpy as np

from itnt_core.radio import channel_law
from itnt_core.scenario import Radio, Scenario
from itnt_core.words import count_of

_CONVENTIONS = (
    "Two conventions, always both: 'active', the headline, where only subchannels that serve someone radiate; "
    "'always-on', where idle subchannels radiate what is left of the station's power in equal parts, at most P_max / K "
    "each."
)
_SECTORS = (
    "Sectors have the antenna element of 3GPP TR 38.901 table 7.3-1 (65° wide both ways, at most 30 dB down), stacked "
    "half a wavelength apart with an electrical tilt and held above -30 dB; sectors on one mast share line of sight "
    "and shadowing."
)
_MEASURED = (
    "Measured antennas have the two cuts of their files; in other directions they lose the sum of the two cuts there "
    "(the summing method)."
)
_INDOORS = (
    "all links, those from satellites included, lose what a low-loss or high-loss building takes after 3GPP TR 38.901 "
    "clause 7.4.3, one draw a user; line of sight is that of the way outside, and every link from the ground fades."
)
_ON_THE_WAY = (
    "known paths in straight lines between their points; gains and line of sight are those of the place at each slot's "
    "end, the same for every method and the bound."
)
_NOT_REAL = (
    "The ordinary buildings of London are generated, not surveyed; river, parks, bridges, main roads and landmarks "
    "are facts. A forecast for a real site needs real buildings and measured powers."
)


def assumptions(scenario: Scenario) -> tuple[str, ...]:
    """Return what the figures of a scenario rest on, and what is left out."""
    return (
        channel_law(scenario).assumption,
        _random_parts(scenario),
        _radio(scenario),
        *_antennas(scenario),
        *_places(scenario),
        _CONVENTIONS,
        *_flux(scenario),
        *_air(scenario),
        *_left_out(scenario),
    )


def _random_parts(scenario: Scenario) -> str:
    channel, follows = scenario.channel, channel_law(scenario).follows
    shadowing = (
        f"correlated shadowing ({channel.shadow_correlation_m:g} m)"
        if channel.shadowing and "shadowing" in follows
        else "no shadowing"
    )
    fading = f"Rayleigh fading anew every {channel.coherence_slots} slots" if channel.fading else "no fast fading"
    place = (
        f", {channel.deployment.upper().replace('UMA', 'UMa').replace('UMI', 'UMi')}" if "deployment" in follows else ""
    )
    return f"Random parts{place}: {shadowing}; {fading} on ground links; all drawn from seed {scenario.seed}."


def _radio(scenario: Scenario) -> str:
    radio = scenario.radio
    return (
        f"Rates are {_rate_words(radio)}, on {radio.subchannels} subchannels of {radio.subchannel_khz:g} kHz at "
        f"{radio.carrier_ghz:g} GHz; noise {radio.noise_dbm_per_hz:g} dBm/Hz with a noise figure of "
        f"{radio.noise_figure_db:g} dB. One user per subchannel of a station, one link per user and slot."
    )


def _rate_words(radio: Radio) -> str:
    law = radio.rate_law
    if law.name == "truncated_shannon":
        return (
            f"truncated Shannon's after 3GPP TR 36.942: {law.slope:g} log2(1 + SINR) from {law.least_sinr_db:g} dB on, "
            f"at most {law.limit:g} bit/s/Hz"
        )
    if law.name == "nr_cqi":
        return (
            f"the {len(law.rows)} steps of 3GPP TS 38.214, table 5.2.2.1-3, from {law.least_sinr_db:g} dB on, at most "
            f"{law.limit:g} bit/s/Hz (each from the SINR at which MathWorks' 5G Toolbox has 10 % of block errors)"
        )
    return f"Shannon's, capped at {law.limit:g} bit/s/Hz" if np.isfinite(law.limit) else "Shannon's, without a cap"


def _flux(scenario: Scenario) -> tuple[str, ...]:
    if scenario.pfd_limit_dbw_m2_mhz is None:
        return ()
    return (
        f"Every subchannel of a satellite stays at or below a power flux density of {scenario.pfd_limit_dbw_m2_mhz:g} "
        "dBW/m²/MHz at the ground, in free space, in the middle of the area, where its beam points.",
    )


def _antennas(scenario: Scenario) -> tuple[str, ...]:
    """Say what directional antennas are; nothing where all are round."""
    kinds = {station.antenna.kind for station in scenario.ground_stations}
    sentences = {"sector": _SECTORS, "measured": _MEASURED}
    return tuple(sentence for kind, sentence in sentences.items() if kind in kinds)


def _places(scenario: Scenario) -> tuple[str, ...]:
    """Say what is assumed of users in buildings and on their way; nothing where all stand in the street."""
    users = scenario.ground_users
    indoors, moving = sum(user.is_indoors for user in users), sum(user.moves for user in users)
    return (
        *((f"{count_of(indoors, 'ground user')} indoors: {_INDOORS}",) if indoors else ()),
        *((f"{count_of(moving, 'ground user')} on the way: {_ON_THE_WAY}",) if moving else ()),
    )


def _air(scenario: Scenario) -> tuple[str, ...]:
    """Say what bars the way of aerial users and what their batteries hold; nothing where neither is asked."""
    if not scenario.aerial_users:
        return ()
    found = []
    if scenario.has_obstacles:
        barred = []
        if scenario.airspace.obstacles == "buildings":
            barred.append(f"{scenario.airspace.clearance_m:g} m from every building, beside it or above its roof")
        if scenario.no_fly_zones:
            barred.append(
                f"out of {count_of(len(scenario.no_fly_zones), 'no-fly zone')} (whose edges may be flown along)"
            )
        found.append(
            f"Aerial users keep {' and '.join(barred)}, and apart from one another, along the whole of every slot, "
            "on which they fly straight and evenly."
        )
    budgets = [user.energy_budget_kj for user in scenario.aerial_users if user.energy_budget_kj is not None]
    if budgets:
        whose, held = count_of(len(budgets), "aerial user"), f"{min(budgets):g} to {max(budgets):g} kJ"
        found.append(f"The batteries of {whose} hold {held} for the flight.")
    return tuple(found)


def _left_out(scenario: Scenario) -> tuple[str, ...]:
    channel = scenario.channel
    with_air = "atmosphere" in channel_law(scenario).follows and channel.atmosphere == "itu"
    air = "" if with_air else " rain and gas,"
    is_indoors = any(user.is_indoors for user in scenario.ground_users)
    entry = "" if is_indoors else " building entry loss (everybody is outdoors),"
    handover = "" if scenario.handover.interrupts else ", handover delay"
    left_out = f"Left out: uplink,{entry}{air} Doppler, signalling{handover}."
    weather = (
        "Satellite links lose what rain and gas take after ITU-R P.618 and P.676; the rain is as strong as it is, or "
        f"stronger, for {channel.rain_exceeded_percent:g} % of an average year."
    )
    flight = (
        "Flight energy is that of a rotary-wing aircraft in steady flight (Zeng, Xu, Zhang 2019) with a climb term; "
        "wind and acceleration are left out."
    )
    energy = (flight,) if scenario.aerial_users else ()
    return (
        left_out,
        *((weather,) if with_air else ()),
        *energy,
        *((_NOT_REAL,) if scenario.city.kind == "london" else ()),
    )
