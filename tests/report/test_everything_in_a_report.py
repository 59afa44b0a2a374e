"""A report of a scenario with everything switched on holds a word on each of its parts, as a page and on paper."""

import re
from dataclasses import replace
from html import unescape

import pytest
from reading import pdf_text

from itnt_core.promise import draw_promise
from itnt_core.report.judged import judge
from itnt_core.report.run_report import run_document
from itnt_core.report.to_html import to_html
from itnt_core.report.to_pdf import to_pdf
from tests.everything import everything_planned

WORDS = (
    "greatest geometric mean of users' data (proportional fairness)",
    "Least mean rates are kept before all that",
    "A change of server interrupts a user's data",
    "Needs of users",
    "ground, indoors, floor 2",
    "ground, on the way",
    "around a GU: indoors",
    "way of a GU",
    "where a sector sends",
    "no-fly zone",
    "8 m from every building",
    "out of 1 no-fly zone",
    "The batteries of 2 aerial users",
    "Sectors have the antenna element",
    "Measured antennas have the two cuts",
    "TS 38.214",
    "-120 dBW/m²/MHz",
    "after ITU-R P.618",
    "Doppler",
    "The upper bound does not know what a change of server costs, least mean rates",
    "How sure is it",
    "Worth by the scenario's objective",
    "Changes of server cost what they cost in the plan",
)


# One of the two, by what a search finds: that it costs so much, or nothing.
COVERAGE = ("What coverage costs", "That coverage comes first costs no utility")


@pytest.fixture(scope="module")
def document(city_cache):
    result = everything_planned()
    run = judge(result, "Everything", "out", city_cache)
    return run_document(replace(run, promise=draw_promise(result, 2, cache_dir=city_cache)))


def squeezed(text):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", text)))


def test_the_page_holds_every_part(document):
    text = squeezed(to_html(document).decode())
    assert [words for words in WORDS if words not in text] == []
    assert sum(words in text for words in COVERAGE) == 1


def test_the_paper_holds_the_same_words(document):
    text = squeezed(pdf_text(to_pdf(document)))
    lines = re.sub(r"[\s-]+", "", text)  # lines break anywhere
    assert [words for words in WORDS if re.sub(r"[\s-]+", "", words) not in lines] == []
    assert sum(words.replace(" ", "") in lines for words in COVERAGE) == 1
