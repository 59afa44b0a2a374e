"""A checkout, and a data folder, into which nothing can be written: every page stays up."""

import pytest
from copies import copied_tree, files_of, read_only
from serving import serving, stop
from visitor import Visitor

PAGES = {
    "/": "Home", "/Scenario": "Scenario", "/Passes": "Passes", "/Optimise": "Optimise", "/Runs": "Runs",
    "/Replay": "Replay", "/Compare": "Compare", "/Spectrum_twin": "Spectrum twin", "/Learn": "Learn",
}  # fmt: skip
MAPS = ("/", "/Scenario")
END = "Contains OS data"  # the last words of every page


def walk(browser, address):
    """Open every page; return for each the sentences it shows, and what the browser complained about."""
    page = browser.new_page()
    visitor = Visitor(page, address)
    shown = {}
    try:
        for path in PAGES:
            visitor.open(path)
            end = page.get_by_text(END).or_(page.get_by_test_id("stAlertContentError"))
            end.first.wait_for()
            if path in MAPS:
                visitor.wait_for_map("map.painted === '1'")
            shown[path] = page.get_by_test_id("stAlert").all_inner_texts()
            assert page.get_by_test_id("stException").count() == 0
        visitor.leave()
        return shown, visitor.complaints
    finally:
        page.close()


def test_a_read_only_checkout_serves_every_page_and_is_left_as_it_was(browser, tmp_path):
    tree = copied_tree(tmp_path / "tree")
    before = files_of(tree)
    enclosed = read_only(tree)  # where it is impossible, what was written is seen below
    process, address = serving("dashboard.py", tmp_path / "data", root=tree, before=enclosed or (), HOME="/nonexistent")
    try:
        shown, complaints = walk(browser, address)
    finally:
        stop(process)
    assert complaints == [] and files_of(tree) == before
    assert not any("could not be" in text or "error" in text for texts in shown.values() for text in texts)
    assert any((tmp_path / "data" / "browser").iterdir())


@pytest.mark.parametrize("kind", ["read-only", "impossible"])
def test_with_a_data_folder_that_cannot_be_written_every_page_says_so_and_shows_what_there_is(browser, tmp_path, kind):
    data, enclosed = tmp_path / "data", ()
    if kind == "read-only":
        data.mkdir()
        enclosed = read_only(data)
        if enclosed is None:
            pytest.skip("Nothing can be mounted read-only here.")
    else:
        (tmp_path / "file").write_text("in the way")
        data = tmp_path / "file" / "data"
    process, address = serving("dashboard.py", tmp_path / "log", before=enclosed, ITNT_DATA_DIR=str(data))
    try:
        shown, complaints = walk(browser, address)
    finally:
        stop(process)
    assert complaints == []
    for path, texts in shown.items():
        assert any(str(data) in text and "ITNT_DATA_DIR" in text for text in texts), path
        assert not any("error in the program" in text for text in texts), path
