"""Step two: noise, SNR, and the rate they allow."""

from __future__ import annotations

import numpy as np

from itnt_core.radio import noise_power_w
from itnt_core.scenario import Scenario
from itnt_core.sinr import spectral_efficiency
from itnt_core.units import from_db, to_db, watts_to_dbm

from . import charts
from .budget import received_dbm
from .ground import Ground
from .lesson import Chart, Equation, Knob, Lesson, Said, Value, Values, number_knob, say
from .needs import needs_gbs_and_user
from .one_link import full_share_w, link_knobs

IDEA = (
    "A subchannel of {width_khz:,.0f} kHz collects {noise_dbm:.1f} dBm of noise: {density:.0f} dBm in every hertz, and "
    "a receiver that adds {figure_db:.1f} dB.",
    "{user} receives {received_dbm:.1f} dBm from {station}, so the signal stands {snr_db:.1f} dB above the noise.",
    "Shannon allows {shannon:.2f} bit per second and hertz at that SNR.",
)
CAPPED = "The best modulation ends at {cap:.1f} bit/s/Hz, so the rate is {rate:.3f} Mbit/s; the rest is reserve."
UNCAPPED = "The best modulation carries that, so the rate is {rate:.3f} Mbit/s."
LIMITLESS = "The open scenario sets no best modulation, so the rate is {rate:.3f} Mbit/s."
NOISE_TOLD = "Noise power in one subchannel: density plus noise figure plus bandwidth, all in decibels."
RATE_TOLD = "The rate of the link with nobody else on the subchannel."
DRAWN = "Rate against SNR: a straight rise at high SNR, then the cap; this link stands at {snr_db:.1f} dB."
QUESTION = "How much more power does one more bit per second and hertz cost?"
ANSWER = (
    "From {snr_db:.1f} dB, {more_db:.2f} dB more: the power times {factor:.2f}.",
    "Twice the bandwidth at the same power gives {wide:.3f} instead of {rate:.3f} Mbit/s: the rate grows, although "
    "every hertz then gets half the power.",
)


class NoiseAndRate:
    """Noise, SNR, Shannon's rate and the cap."""

    key = "noise-and-rate"
    title = "Noise and rate"

    def missing(self, scenario: Scenario) -> Said | None:
        """Ask for a GBS and a user."""
        return needs_gbs_and_user(scenario)

    def knobs(self, ground: Ground, chosen: Values) -> tuple[Knob, ...]:
        """Return the pair, the power, the bandwidth and the noise figure."""
        pair, radio = link_knobs(ground, chosen), ground.scenario.radio
        station = str(chosen.get("station", pair[1].default))
        return (
            *pair,
            number_knob("power", "Power", full_share_w(ground, station), "W", (0.001, 10.0), 0.1),
            number_knob("width", "Subchannel", radio.subchannel_khz, "kHz", (15.0, 5000.0), 15.0),
            number_knob("figure", "Noise figure", radio.noise_figure_db, "dB", (0.0, 15.0), 0.5),
        )

    def teach(self, ground: Ground, values: Values) -> Lesson:
        """Compute noise, SNR and rate of the link."""
        place, aerial = ground.place(str(values["user"]))
        got = received_dbm(ground, str(values["station"]), place, aerial, float(values["power"]))
        radio = ground.with_radio(
            subchannel_khz=float(values["width"]), noise_figure_db=float(values["figure"])
        ).scenario.radio
        noise, cap = watts_to_dbm(noise_power_w(radio)), radio.spectral_efficiency_cap
        snr = from_db(got - noise)
        shannon = float(spectral_efficiency(np.array(snr), None))
        rate = _rate_mbit_s(snr, radio.subchannel_khz, cap)
        facts: dict[str, Value] = {
            "user": str(values["user"]),
            "station": str(values["station"]),
            "width_khz": radio.subchannel_khz,
            "noise_dbm": noise,
            "density": radio.noise_dbm_per_hz,
            "figure_db": radio.noise_figure_db,
            "received_dbm": got,
            "snr_db": got - noise,
            "shannon": shannon,
            "rate": rate,
            "cap": cap or 0.0,
            "more_db": to_db((2.0 * (1.0 + snr) - 1.0) / snr),
            "factor": (2.0 * (1.0 + snr) - 1.0) / snr,
            "wide": _rate_mbit_s(snr / 2.0, 2.0 * radio.subchannel_khz, cap),
        }
        ending = LIMITLESS if cap is None else CAPPED if shannon > cap else UNCAPPED
        drawn = say(DRAWN, snr_db=got - noise)
        return Lesson(
            tuple(say(text, **facts) for text in (*IDEA, ending)),
            (_noise_equation(radio, noise), _rate_equation(snr, radio.subchannel_khz, cap, rate)),
            (_chart(got - noise, radio.subchannel_khz, cap, drawn),),
            say(QUESTION),
            tuple(say(text, **facts) for text in ANSWER),
            (
                {"Part": "Received", "Value": f"{got:.2f} dBm"},
                {"Part": "Noise", "Value": f"{noise:.2f} dBm"},
                {"Part": "SNR", "Value": f"{got - noise:.2f} dB"},
                {"Part": "Rate", "Value": f"{rate:.3f} Mbit/s"},
            ),
            "From power to rate",
        )


def _rate_mbit_s(snr: float, width_khz: float, cap: float | None) -> float:
    return float(width_khz * 1e3 * spectral_efficiency(np.array(snr), cap) / 1e6)


def _noise_equation(radio: object, noise_dbm: float) -> Equation:
    density, figure = radio.noise_dbm_per_hz, radio.noise_figure_db  # type: ignore[attr-defined]
    width_db = to_db(radio.subchannel_khz * 1e3)  # type: ignore[attr-defined]
    numbers = rf"{density:.0f} {figure:+.1f} {width_db:+.1f} \\ &= {noise_dbm:.1f}\ \text{{dBm}}"
    return Equation(
        say(NOISE_TOLD), r"N = N_0 + F + 10\log_{10} W", rf"\begin{{aligned}} N &= {numbers}\end{{aligned}}"
    )


def _rate_equation(snr: float, width_khz: float, cap: float | None, rate: float) -> Equation:
    limit = "" if cap is None else rf",\ {cap:g}"
    width = rf"{width_khz / 1e3:g}\ \text{{MHz}}"
    ratio = f"{snr:,.0f}".replace(",", "{,}") if snr >= 100.0 else f"{snr:.3g}"
    inner = rf"\log_2(1 + {ratio})"
    body = inner if cap is None else rf"\min({inner}{limit})"
    symbols = r"R = W\,\log_2(1 + \gamma)" if cap is None else r"R = W\,\min(\log_2(1+\gamma),\ \eta_{\max})"
    numbers = rf"\begin{{aligned}} R &= {width} \\ &\cdot {body} \\ &= {rate:.3f}\ \text{{Mbit/s}}\end{{aligned}}"
    return Equation(say(RATE_TOLD), symbols, numbers)


def _chart(snr_db: float, width_khz: float, cap: float | None, drawn: Said) -> Chart:
    axis = np.linspace(min(-15.0, snr_db - 5.0), max(40.0, snr_db + 5.0), 80)
    names = ("Shannon", "With the best modulation") if cap is not None else ("Shannon",)
    rows = [
        {"snr": value, "rate": _rate_mbit_s(from_db(value), width_khz, limit), "series": name}
        for name, limit in zip(names, (None, cap), strict=False)
        for value in axis.tolist()
    ]
    across, up = charts.number_axis("snr", "SNR, dB"), charts.number_axis("rate", "Rate, Mbit/s", zero=True)
    point = [{"snr": snr_db, "rate": _rate_mbit_s(from_db(snr_db), width_khz, cap)}]
    layers = [charts.lines(rows, across, up, names), charts.here(point, across, up, "this link")]
    return Chart("Rate over SNR", drawn, charts.picture(layers))
