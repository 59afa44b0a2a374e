"""Step two: noise, SNR, and the rate they allow."""

from __future__ import annotations

import numpy as np

from itnt_core.radio import noise_power_w
from itnt_core.scenario import Radio, Scenario
from itnt_core.sinr import spectral_efficiency
from itnt_core.units import from_db, to_db, watts_to_dbm

from . import charts
from .budget import received_dbm
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, number_knob
from .missing import missing_gbs_or_user
from .one_link import full_share_w, link_knobs
from .prose import Prose

PROSE = Prose("noise-and-rate")


class NoiseAndRate:
    """Noise, SNR, Shannon's rate and the cap."""

    key = "noise-and-rate"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for a GBS and a user."""
        return missing_gbs_or_user(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the pair, the power, the bandwidth and the noise figure."""
        pair, radio = link_knobs(example, chosen), example.scenario.radio
        station = str(chosen.get("station", pair[1].default))
        return (
            *pair,
            number_knob("power", "Power", full_share_w(example, station), "W", (0.001, 10.0), 0.1),
            number_knob("width", "Subchannel", radio.subchannel_khz, "kHz", (15.0, 5000.0), 15.0),
            number_knob("figure", "Noise figure", radio.noise_figure_db, "dB", (0.0, 15.0), 0.5),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Compute noise, SNR and rate of the link."""
        place, aerial = example.place(str(values["user"]))
        got = received_dbm(example, str(values["station"]), place, aerial, float(values["power"]))
        radio = example.with_radio(
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
        ending = "without a cap" if cap is None else "at the cap" if shannon > cap else "below the cap"
        caption = PROSE.sentence("chart caption", snr_db=got - noise)
        return Lesson(
            (*PROSE.sentences("idea", **facts), PROSE.sentence(f"rate {ending}", **facts)),
            (_noise_equation(radio, noise), _rate_equation(snr, radio.subchannel_khz, cap, rate)),
            (_chart(got - noise, radio.subchannel_khz, cap, caption),),
            PROSE.sentence("question"),
            PROSE.sentences("answer", **facts),
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


def _noise_equation(radio: Radio, noise_dbm: float) -> Equation:
    density, figure = radio.noise_dbm_per_hz, radio.noise_figure_db
    width_db = to_db(radio.subchannel_khz * 1e3)
    numbers = rf"{density:.0f} {figure:+.1f} {width_db:+.1f} \\ &= {noise_dbm:.1f}\ \text{{dBm}}"
    return Equation(
        PROSE.sentence("noise caption"),
        r"N = N_0 + F + 10\log_{10} W",
        rf"\begin{{aligned}} N &= {numbers}\end{{aligned}}",
    )


def _rate_equation(snr: float, width_khz: float, cap: float | None, rate: float) -> Equation:
    limit = "" if cap is None else rf",\ {cap:g}"
    width = rf"{width_khz / 1e3:g}\ \text{{MHz}}"
    ratio = f"{snr:,.0f}".replace(",", "{,}") if snr >= 100.0 else f"{snr:.3g}"
    inner = rf"\log_2(1 + {ratio})"
    body = inner if cap is None else rf"\min({inner}{limit})"
    symbols = r"R = W\,\log_2(1 + \gamma)" if cap is None else r"R = W\,\min(\log_2(1+\gamma),\ \eta_{\max})"
    numbers = rf"\begin{{aligned}} R &= {width} \\ &\cdot {body} \\ &= {rate:.3f}\ \text{{Mbit/s}}\end{{aligned}}"
    return Equation(PROSE.sentence("rate caption"), symbols, numbers)


def _chart(snr_db: float, width_khz: float, cap: float | None, caption: Sentence) -> Chart:
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
    return Chart("Rate over SNR", caption, charts.picture(layers))
