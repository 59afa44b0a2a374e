"""The urban channel set against a ray tracer: the stored comparison, its charts, and how to make one's own."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import streamlit as st

from itnt_core.figures import raytracing as view
from itnt_core.raytracing import Comparison, own_file, stored_comparison
from itnt_core.runs import data_root

COMMAND = "python -m benchmarks.raytracing"
INTRODUCTION = (
    "The urban model knows the city through line of sight alone. A ray tracer, Sionna RT, follows reflections, "
    "scattering and diffraction through the same buildings. Both answer the same links here."
)
HOW = (
    "Compute your own: `pip install -r requirements-raytracing.txt` (on a processor it needs LLVM as well, see that "
    f"file), then `{COMMAND}`. It runs in a process of its own; this dashboard never loads the ray tracer."
)
# Two of Okabe and Ito's colours; shapes tell them apart without colour.
COLOURS, SHAPES = ["#d55e00", "#0072b2"], ["circle", "cross"]


def raytracing_section() -> None:
    """Show how our urban model compares with ray tracing, from the stored links."""
    st.subheader("Our urban model against ray tracing", anchor=False)
    st.caption(INTRODUCTION)
    compared = _stored(str(data_root()), _stamp())
    if compared is None:
        st.info(f"Not computed here. {HOW}")
        return
    st.markdown(view.found(compared))
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Path gain over distance**")
        _distance_chart(compared)
    with right:
        st.markdown("**Link by link**")
        _pair_chart(compared)
    tenths = {f"{name}, dB": st.column_config.NumberColumn(format="%.1f") for name in ("Bias", "RMSE", "Spread")}
    st.dataframe(view.agreement_rows(compared), hide_index=True, width="stretch", column_config=tenths)
    st.caption(f"Differences are ours minus traced. {view.LEFT_OUT}")
    with st.expander("All links as a table"):
        st.dataframe(view.link_rows(compared), hide_index=True, width="stretch")
    st.caption(f"{view.made(compared)} {HOW}")


def _stamp() -> int:
    """Return when the comparison of this machine was written, 0 where there is none."""
    path = own_file(data_root())
    return path.stat().st_mtime_ns if path.exists() else 0


@st.cache_data(max_entries=2, show_spinner=False)
def _stored(root: str, stamp: int) -> Comparison | None:
    del stamp
    return stored_comparison(Path(root))


def _distance_chart(compared: Comparison) -> None:
    """Draw both models' path gains over distance, with free space as a line."""
    across = alt.X("m:Q", title="Distance, m", scale=alt.Scale(type="log", nice=False))
    up = alt.Y("db:Q", title="Path gain, dB", scale=alt.Scale(zero=False))
    names = [view.TRACED, view.URBAN]
    legend = alt.Legend(orient="top", symbolOpacity=1)
    points = (
        alt.Chart(alt.Data(values=view.distance_rows(compared)), height=380, description=view.found(compared))
        .mark_point(size=30, opacity=0.6, filled=False)
        .encode(
            x=across,
            y=up,
            tooltip=["model:N", "m:Q", "db:Q", "sight:N"],
            color=alt.Color("model:N", title=None, legend=legend).scale(domain=names, range=COLOURS),
            shape=alt.Shape("model:N", title=None, legend=legend).scale(domain=names, range=SHAPES),
        )
    )
    line = (
        alt.Chart(alt.Data(values=view.free_space_rows(compared)))
        .mark_line(strokeDash=[6, 4], color="#8c8c8c")
        .encode(x=across, y=up)
    )
    st.altair_chart(line + points, width="stretch")
    st.caption("Dashed: free space.")


def _pair_chart(compared: Comparison) -> None:
    """Draw ours against the traced path gain, one mark per link, with the diagonal of agreement."""
    rows = view.pair_rows(compared)
    values = [row[name] for row in rows for name in ("traced", "urban")]
    ends = [min(values, default=-200.0), max(values, default=0.0)]
    across = alt.X("traced:Q", title="Ray tracing, dB", scale=alt.Scale(domain=ends, zero=False))
    up = alt.Y("urban:Q", title="Our urban model, dB", scale=alt.Scale(domain=ends, zero=False))
    names = [view.NO_SIGHT, view.SIGHT]
    legend = alt.Legend(orient="top", symbolOpacity=1)
    points = (
        alt.Chart(alt.Data(values=rows), height=380, description=view.found(compared))
        .mark_point(size=30, opacity=0.6, filled=False)
        .encode(
            x=across,
            y=up,
            tooltip=["traced:Q", "urban:Q", "difference:Q", "m:Q", "sight:N"],
            color=alt.Color("sight:N", title=None, legend=legend).scale(domain=names, range=COLOURS),
            shape=alt.Shape("sight:N", title=None, legend=legend).scale(domain=names, range=SHAPES),
        )
    )
    diagonal = (
        alt.Chart(alt.Data(values=[{"traced": end, "urban": end} for end in ends]))
        .mark_line(strokeDash=[6, 4], color="#8c8c8c")
        .encode(x=across, y=up)
    )
    st.altair_chart(diagonal + points, width="stretch")
    st.caption("Dashed: agreement.")
