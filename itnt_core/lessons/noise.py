"""Step two: noise, SNR, and the rate they allow."""

from __future__ import annotations

import numpy as np

from itnt_core.radio import noise_power_w
from itnt_core.rate_laws import TITLES, RateLaw
from itnt_core.scenario import Radio, Scenario
from itnt_core.sinr import spectral_efficiency
from itnt_core.units import from_db, to_db, watts_to_dbm

from . import charts
from .budget import received_dbm
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, choice_knob, number_knob
from .missing import missing_gbs_or_user
from .one_link import full_share_w, link_knobs
from .prose import Prose

PROSE = Prose("noise-and-rate")


class NoiseAndRate:
    """Noise, SNR, Shannon's rate, and what a rate law leaves of it."""

    key = "noise-and-rate"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for a GBS and a user."""
        return missing_gbs_or_user(scenario)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the pair, the power, the bandwidth, the noise figure and the rate law."""
        pair, radio = link_knobs(example, chosen), example.scenario.radio
        station = str(chosen.get("station", pair[1].default))
        return (
            *pair,
            number_knob("power", "Power", full_share_w(example, station), "W", (0.001, 10.0), 0.1),
            number_knob("width", "Subchannel", radio.subchannel_khz, "kHz", (15.0, 5000.0), 15.0),
            number_knob("figure", "Noise figure", radio.noise_figure_db, "dB", (0.0, 15.0), 0.5),
            choice_knob("law", "Rate law", tuple(TITLES.values()), TITLES[radio.rate]),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Compute noise, SNR and rate of the link."""
        place, aerial = example.place(str(values["user"]))
        got = received_dbm(example, str(values["station"]), place, aerial, float(values["power"]))
        got -= example.wall_db(str(values["user"]))
        radio = example.with_radio(
            subchannel_khz=float(values["width"]),
            noise_figure_db=float(values["figure"]),
            rate=next(name for name, title in TITLES.items() if title == values["law"]),
        ).scenario.radio
        noise, law = watts_to_dbm(noise_power_w(radio)), radio.rate_law
        snr = from_db(got - noise)
        shannon = float(spectral_efficiency(np.array(snr), None))
        rate = _rate_mbit_s(snr, radio.subchannel_khz, law)
        more = _more_power(snr, law)
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
            "cap": law.limit,
            "slope": law.slope,
            "least_db": law.least_sinr_db,
            "carried": float(spectral_efficiency(np.array(snr), law)),
            "more_db": to_db(more),
            "factor": more,
            "wide": _rate_mbit_s(snr / 2.0, 2.0 * radio.subchannel_khz, law),
        }
        caption = PROSE.sentence(_caption(law), snr_db=got - noise)
        return Lesson(
            (*PROSE.sentences("idea", **facts), PROSE.sentence(_ending(shannon, law), **facts)),
            (_noise_equation(radio, noise), _rate_equation(snr, radio.subchannel_khz, law, rate)),
            (_chart(got - noise, radio.subchannel_khz, law, caption),),
            PROSE.sentence("question of steps" if law.is_stepped else "question"),
            (PROSE.sentence(_answer(more, law), **facts), PROSE.sentence("answer of bandwidth", **facts)),
            (
                {"Part": "Received", "Value": f"{got:.2f} dBm"},
                {"Part": "Noise", "Value": f"{noise:.2f} dBm"},
                {"Part": "SNR", "Value": f"{got - noise:.2f} dB"},
                {"Part": "Rate", "Value": f"{rate:.3f} Mbit/s"},
            ),
            "From power to rate",
        )


def _ending(shannon: float, law: RateLaw) -> str:
    """Return the text that says what a law leaves of Shannon's bit/s/Hz."""
    if shannon < law.rows[0][0]:
        return "rate below a law"
    if law.is_stepped:
        return "rate of a step"
    if not np.isfinite(law.limit):
        return "rate without a cap"
    if law.slope * shannon > law.limit:
        return "rate at the cap"
    return "rate below the cap" if law.slope == 1.0 else "rate of a share"


def _caption(law: RateLaw) -> str:
    return "chart caption of steps" if law.is_stepped else "chart caption"


def _more_power(snr: float, law: RateLaw) -> float:
    """Return by what the power is multiplied for one more bit/s/Hz, or for the next step (inf for none)."""
    if law.is_stepped:
        return law.next_sinr(snr) / snr
    return float(2.0 ** (1.0 / law.slope) * (1.0 + snr) - 1.0) / snr


def _answer(more: float, law: RateLaw) -> str:
    if not law.is_stepped:
        return "answer"
    return "answer of steps" if np.isfinite(more) else "answer of the last step"


def _rate_mbit_s(snr: float, width_khz: float, law: RateLaw | None) -> float:
    return float(width_khz * 1e3 * spectral_efficiency(np.array(snr), law) / 1e6)


def _noise_equation(radio: Radio, noise_dbm: float) -> Equation:
    density, figure = radio.noise_dbm_per_hz, radio.noise_figure_db
    width_db = to_db(radio.subchannel_khz * 1e3)
    numbers = rf"{density:.0f} {figure:+.1f} {width_db:+.1f} \\ &= {noise_dbm:.1f}\ \text{{dBm}}"
    return Equation(
        PROSE.sentence("noise caption"),
        r"N = N_0 + F + 10\log_{10} W",
        rf"\begin{{aligned}} N &= {numbers}\end{{aligned}}",
    )


def _rate_equation(snr: float, width_khz: float, law: RateLaw, rate: float) -> Equation:
    width = rf"{width_khz / 1e3:g}\ \text{{MHz}}"
    ratio = f"{snr:,.0f}".replace(",", "{,}") if snr >= 100.0 else f"{snr:.3g}"
    share = "" if law.slope == 1.0 else f"{law.slope:g}" + r"\,"
    if law.is_stepped:
        symbols, body = r"R = W\,\eta_{\text{CQI}(\gamma)}", rf"\eta_{{\text{{CQI}}({ratio})}}"
    elif np.isfinite(law.limit):
        symbols = rf"R = W\,\min({share}\log_2(1+\gamma),\ \eta_{{\max}})"
        body = rf"\min({share}\log_2(1 + {ratio}),\ {law.limit:g})"
    else:
        symbols, body = r"R = W\,\log_2(1 + \gamma)", rf"\log_2(1 + {ratio})"
    numbers = rf"\begin{{aligned}} R &= {width} \\ &\cdot {body} \\ &= {rate:.3f}\ \text{{Mbit/s}}\end{{aligned}}"
    return Equation(PROSE.sentence("rate caption"), symbols, numbers)


def _chart(snr_db: float, width_khz: float, law: RateLaw, caption: Sentence) -> Chart:
    axis = np.linspace(min(-15.0, snr_db - 5.0), max(40.0, snr_db + 5.0), 80)
    name = "With the best modulation" if law.name == "shannon_capped" else TITLES[law.name]
    drawn = {"Shannon": None, name: law} if np.isfinite(law.limit) else {"Shannon": law}
    rows = [
        {"snr": value, "rate": _rate_mbit_s(from_db(value), width_khz, one), "series": series}
        for series, one in drawn.items()
        for value in axis.tolist()
    ]
    across, up = charts.number_axis("snr", "SNR, dB"), charts.number_axis("rate", "Rate, Mbit/s", zero=True)
    point = [{"snr": snr_db, "rate": _rate_mbit_s(from_db(snr_db), width_khz, law)}]
    layers = [charts.lines(rows, across, up, tuple(drawn)), charts.here(point, across, up, "this link")]
    return Chart("Rate over SNR", caption, charts.picture(layers))
