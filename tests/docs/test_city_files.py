"""What docs/city-files.md states about heights is what the reader does."""

import re
from pathlib import Path

from itnt_core.city.files import cityjson, height_table, height_units

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "city-files.md").read_text(encoding="utf-8")


def names_of(number):
    """Return what stands as code after the colon of one point of the list of sources."""
    point = re.search(rf"^{number}\. (.*?)(?=^\d\. |^$)", PAGE, re.DOTALL | re.MULTILINE)
    return re.findall(r"`(\w+)`", point[1].rpartition(":")[2])


def test_the_order_of_columns_is_the_one_that_the_page_states():
    assert names_of(2) == list(height_table.HEIGHT_NAMES)
    assert names_of(3) == [name for pair in height_table.ROOF_AND_GROUND for name in pair]
    assert names_of(4) == list(height_table.LEVEL_NAMES)


def test_the_limits_are_those_that_the_page_states():
    assert f"storeys times {height_table.STOREY_M:g} m" in PAGE
    low, high = height_units.METRES_PER_STOREY
    assert f"one has {low:g} to {high:g} m" in PAGE
    low, high = height_units.LEAST_MEDIAN_M, height_units.MOST_MEDIAN_M
    assert f"median building then has {low:g} to {high:g} m" in PAGE and f"below {low:g} m or above {high:g} m" in PAGE
    assert f"within {cityjson.LIFTED_M:g} m" in PAGE and f"within {cityjson.LIFTED_OFF_GROUND_M:g} m" in PAGE
