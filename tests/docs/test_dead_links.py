"""No link of the documentation is dead, and the reference is built out of every room."""

import importlib
import subprocess
import sys

import pytest
from naming import ROOT
from page_links import dead_links, links_and_anchors

PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / ".github").rglob("*.md")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
]


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    command = [sys.executable, str(ROOT / "docs" / "reference" / "build.py"), str(folder)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0 and "Warn" not in built.stderr, built.stderr
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_of_a_page_lead_somewhere(page):
    assert list(dead_links(page)) == []


def test_links_of_the_reference_lead_somewhere(reference):
    pages = sorted(reference.rglob("*.html"))
    assert {page.relative_to(reference).as_posix(): dead for page in pages if (dead := list(dead_links(page)))} == {}


def test_the_reference_shows_every_room_and_all_that_its_face_names(reference):
    missing = []
    for path in sorted((ROOT / "itnt_core").glob("*/__init__.py")):
        room = importlib.import_module(f"itnt_core.{path.parent.name}")
        anchors = links_and_anchors(reference / "itnt_core" / f"{path.parent.name}.html")[1]
        for name in getattr(room, "__all__", ()):
            page = reference / "itnt_core" / path.parent.name / f"{name}.html"
            if name not in anchors and not page.exists():
                missing.append(f"{room.__name__}.{name}")
    assert missing == []


def test_the_reference_shows_docstrings_as_they_are_meant(reference):
    text = (reference / "itnt_core" / "api.html").read_text(encoding="utf-8")
    assert "Answer a scenario by a method" in text and ":func:" not in text
    assert "World.gains_at" in links_and_anchors(reference / "itnt_core" / "network.html")[1]


@pytest.mark.parametrize("link", ["missing.md", "there.md#nothing", "#nowhere", "there.html#nothing", "gone/"])
def test_a_dead_link_is_found(tmp_path, link):
    (tmp_path / "there.md").write_text("# A heading: with (signs)\n")
    (tmp_path / "there.html").write_text("<h1 id='here'>Here</h1>")
    page = tmp_path / "page.md"
    page.write_text(f"# Mine\n[a]({link}) [b](there.md#a-heading-with-signs) [c](there.html#here) [d](#mine)\n")
    assert list(dead_links(page)) == [link]
