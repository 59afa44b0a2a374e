"""One London for all tests of the city."""

import pytest

from itnt_core.city import City, generate_london
from tests.city.judge import ANCHOR_LAT, ANCHOR_LON, DEFAULT_SIZE_M


@pytest.fixture(scope="session")
def london() -> City:
    return generate_london(ANCHOR_LON, ANCHOR_LAT, DEFAULT_SIZE_M, 1)
