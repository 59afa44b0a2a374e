"""The urban channel set against a ray tracer: the stored comparison, its charts, and how to make one's own."""

from __future__ import annotations

from pathlib import Path

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
BARE = {"displayModeBar": False}


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
    for column, title, figure, key in (
        (left, "Path gain over distance", view.distance_figure(compared), "raytracing_distance"),
        (right, "Link by link", view.pair_figure(compared), "raytracing_pairs"),
    ):
        with column:
            st.markdown(f"**{title}**")
            st.plotly_chart(figure, key=key, width="stretch", alt=view.found(compared), config=BARE)
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
