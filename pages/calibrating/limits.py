"""What the exam rests on, and what no exam was taken in."""

from __future__ import annotations

import streamlit as st

from itnt_core.words import EXAM_BASIS, NOT_CALIBRATED


def show_limits() -> None:
    """Say how the exam is taken and what is not calibrated."""
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("How it is taken", anchor=False)
        st.markdown("\n".join(f"- {sentence}" for sentence in EXAM_BASIS))
    with right:
        st.subheader("What is not calibrated", anchor=False)
        st.markdown("\n".join(f"- {sentence}" for sentence in NOT_CALIBRATED))
