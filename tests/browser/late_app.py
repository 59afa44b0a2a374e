"""A page that computes on after everything is shown, and a page with a fragment: for test_navigation."""

import time

import streamlit as st

from pages.shared.frame import give_way


def late() -> None:
    st.text("first page")
    end = time.monotonic() + 4.0
    while time.monotonic() < end:
        time.sleep(0.01)  # to Streamlit as much work as any: it ends a script only where that says something to it
    give_way()


@st.fragment
def counter() -> None:
    if st.button("Press"):
        st.text("pressed")
    st.text("second page")


st.navigation([st.Page(late, title="Late"), st.Page(counter, title="Counter", url_path="counter")]).run()
