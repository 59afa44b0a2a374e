"""A checkout, and a data folder, into which nothing can be written: every page stays up; one that fails says so."""

import pytest
from copies import copied_tree, files_of, read_only
from every_page import PAGES
from serving import log_of, serving, stop
from visitor import PATIENCE_S, Visitor

from itnt_core.runs import cache_folder

HOME = "dashboard"
END = "Contains OS data"  # the last words of every page
BROKEN = """import streamlit as st
from pages.shared.frame import page
def fail(): raise KeyError('a-secret-word')
@st.fragment
def part():
    if st.button('In a part'): fail()
with page('Broken', 'Fails.'):
    st.button('In a callback', on_click=fail)
    part()
    if st.button('At once'): fail()
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Return the folder of a copy of the program with a page that fails; nothing in it may change."""
    copy = copied_tree(tmp_path_factory.mktemp("checkout") / "tree")
    (copy / "pages" / "99_Broken.py").write_text(BROKEN)
    before = files_of(copy)
    yield copy
    assert files_of(copy) == before


@pytest.fixture
def data(tmp_path, city_cache):
    """Return a data folder that holds nothing but the cities of all."""
    folder = tmp_path / "data"
    folder.mkdir()
    cache_folder(folder).symlink_to(city_cache)
    return folder


def walk(browser, address, names, maps=(), more=None):
    """Open the home page and follow links to the others; return for each the sentences it shows.

    ``more`` is done in the same tab at the end, whatever that says in the console.
    """
    page = browser.new_page(reduced_motion="reduce")  # nothing plays, which takes time
    visitor = Visitor(page, address)
    shown = {}
    try:
        for name in names:
            if name == HOME:
                visitor.open("/")
            else:
                visitor.go(name)
            page.get_by_text(END).or_(page.get_by_test_id("stAlertContentError")).first.wait_for()
            if name in maps:
                visitor.wait_for_map("map.painted === '1'")
            page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
            shown[name] = page.get_by_test_id("stAlert").all_inner_texts()
            assert page.get_by_test_id("stException").count() == 0
        visitor.leave()
        if more:
            more(page)
    finally:
        page.close()
    assert visitor.complaints == []
    return shown


def test_a_read_only_checkout_is_served_what_is_generated_lies_in_the_data_folder_and_a_failure_has_a_number(
    browser, tree, data
):
    enclosed = read_only(tree) or ()  # where that is impossible it is seen at the end what was written
    process, address = serving("dashboard.py", data, root=tree, before=enclosed)

    def fails(page):
        _a_stranger_sees_a_sentence_with_a_number(page, address, tree, log_of(data))

    try:
        shown = walk(browser, address, (HOME,), maps=(HOME,), more=fails)
    finally:
        stop(process)
    assert not any("data folder" in text or "error" in text for texts in shown.values() for text in texts)
    assert any((data / "browser").iterdir())


def test_with_a_read_only_data_folder_every_page_says_so_and_shows_what_there_is(browser, tree, data):
    enclosed = read_only(tree, data)
    if enclosed is None:
        pytest.skip("Nothing can be mounted read-only here.")
    process, address = serving("dashboard.py", data, root=tree, before=enclosed)
    try:
        shown = walk(browser, address, (HOME, *PAGES), maps=(HOME, "Build"))
    finally:
        stop(process)
    assert [name for name, texts in shown.items() if not _tells_of(data, texts)] == []


def test_with_a_data_folder_that_cannot_even_be_made_the_same_is_said(browser, tmp_path):
    (tmp_path / "file").write_text("in the way")
    data = tmp_path / "file" / "data"
    process, address = serving("dashboard.py", tmp_path / "log", ITNT_DATA_DIR=str(data))
    try:
        shown = walk(browser, address, (HOME, "Build", "Runs"), maps=(HOME,))
    finally:
        stop(process)
    assert [name for name, texts in shown.items() if not _tells_of(data, texts)] == []


def _a_stranger_sees_a_sentence_with_a_number(page, address, tree, log):
    """Let a page fail in every way; see a sentence with a number, which the log says more of, and nothing else."""
    page.set_default_timeout(PATIENCE_S * 1000)
    for button in ("At once", "In a part", "In a callback"):
        page.goto(f"{address}/Broken")
        page.get_by_role("button", name=button).click()
        shown = page.get_by_text("an error in the program, not in what you did").inner_text()
        text = page.locator("body").inner_text()
        assert not any(word in text for word in ("a-secret-word", "KeyError", "Traceback", str(tree), ".py"))
        number = shown.split("the number ")[1].split(":")[0]
        said = log.read_text()
        assert number in said and "KeyError: 'a-secret-word'" in said


def _tells_of(data, texts):
    """Say whether it is told which folder and what to do, and no page failed without a reason."""
    told = any(str(data) in text and "ITNT_DATA_DIR" in text for text in texts)
    return told and not any("error in the program" in text for text in texts)
