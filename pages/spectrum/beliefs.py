"""What the twin gets wrong beside its dials, what it learns from reports, and what both came to."""

from __future__ import annotations

from typing import Any

import streamlit as st

from itnt_core.figures import reports_figure
from itnt_core.twin import TwinResult, TwinScenario
from pages.spectrum.question import dial

EXPLAINED = (
    "Each mistake goes through the same physics: the twin computes its gains with the wrong map, places, orbits or "
    "times. Nothing in the city itself changes."
)
LEARNS = (
    "Each cycle, users that are served report how strong they hear their station. Of what differs from physics the "
    "twin learns a map for each station (a Gaussian process over places) and plans the next windows with it."
)


def ask_beliefs(now: TwinScenario) -> tuple[dict[str, Any], dict[str, Any]]:
    """Show the inputs of mistakes and of learning; return their values for the parts ``error`` and ``learning``."""
    error, learning = now.error, now.learning
    with st.expander("Mistakes of the twin, and what it learns", icon=":material/psychology_alt:"):
        st.caption(EXPLAINED)
        left, right = st.columns(2, vertical_alignment="bottom")
        mistakes: dict[str, Any] = {
            "missing_buildings": left.number_input(
                "Buildings missing, %", 0, 95, round(100 * error.missing_buildings), 5, key=dial("missing")
            )
            / 100.0,
            "higher_m": right.number_input(
                "Buildings higher by, m",
                -50.0,
                50.0,
                error.higher_m,
                5.0,
                key=dial("higher"),
                help="Those under base stations are always right.",
            ),
            "place_m": left.number_input("Users off by, m", 0.0, 500.0, error.place_m, 5.0, key=dial("place")),
            "age_cycles": right.number_input("Links old by, cycles", 0, 60, error.age_cycles, 1, key=dial("age")),
            "ephemeris_s": left.number_input(
                "Satellites ahead by, s", -120.0, 120.0, error.ephemeris_s, 5.0, key=dial("ephemeris")
            ),
            "csi_fixed_share": right.number_input(
                "Stays with its place, %",
                0,
                100,
                round(100 * error.csi_fixed_share),
                10,
                key=dial("fixed"),
                help="Part of the variance of the errors of gains; the rest is each link's own and fades. Only what "
                "stays can be learned.",
            )
            / 100.0,
            "csi_distance_m": left.number_input(
                "and is alike over, m", 1.0, 1000.0, error.csi_distance_m, 10.0, key=dial("distance")
            ),
        }
        st.caption(LEARNS)
        left, right = st.columns(2, vertical_alignment="bottom")
        learned: dict[str, Any] = {
            "from_reports": st.toggle("Learn from reports", learning.from_reports, key=dial("learns")),
            "earlier_reports": left.number_input(
                "Reports before the run", 0, 1000, learning.earlier_reports, 50, key=dial("earlier")
            ),
            "report_sigma_db": right.number_input(
                "Error of a report, dB", 0.0, 12.0, learning.report_sigma_db, 0.5, key=dial("report")
            ),
        }
    return mistakes, learned


def show_reports(result: TwinResult, key: str) -> None:
    """Show reports against what the twin expected, and what it found out about its own error; nothing without any."""
    figure = reports_figure(result)
    if figure is None:
        return
    st.markdown("**What the twin learned from reports**")
    count, within = result.kpis["reports"], result.kpis["reports_within"]
    st.caption(f"{100 * within:.0f} % of {count:,} reports lay where the twin expected nine tenths of them.")
    left, right = st.columns([3, 2], gap="large")
    left.plotly_chart(figure, key=f"twin_reports_{key}", width="stretch")
    right.dataframe(_estimates(result), hide_index=True, width="stretch", alt="What the twin found out about its error")


def _estimates(result: TwinResult) -> list[dict[str, Any]]:
    """Return a row per transmitter: what the twin takes its own error for; empty cells where it heard too little."""
    data = result.dataset
    columns = {
        "Stays with its place, dB": "estimated_place_sigma_db",
        "Alike over, m": "estimated_distance_m",
        "Of each report, dB": "estimated_report_sigma_db",
    }
    return [
        {"Transmitter": str(name)}
        | {
            title: None if value != value else round(float(value), 1)
            for title, value in ((title, data[variable].values[number]) for title, variable in columns.items())
        }
        for number, name in enumerate(data["transmitter"].values)
    ]
