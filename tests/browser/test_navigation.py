"""Leaving a page while it computes."""

from pathlib import Path

from serving import served

COMPUTING_MS = 5000  # longer than the first page of the app computes


def test_a_page_left_while_it_computes_does_not_make_the_next_page_deaf(profiles, tmp_path):
    with served(
        Path(__file__).with_name("late_app.py"), tmp_path, STREAMLIT_CLIENT_SHOW_SIDEBAR_NAVIGATION="true"
    ) as address:
        page = profiles[False].tab()
        page.goto(address)
        page.get_by_text("first page").wait_for()
        page.get_by_role("link", name="Counter").click()
        page.get_by_text("second page").wait_for()
        page.wait_for_timeout(COMPUTING_MS)
        page.get_by_role("button", name="Press").click()
        page.get_by_text("pressed").wait_for()
        page.close()
