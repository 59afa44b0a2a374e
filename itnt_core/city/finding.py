"""A city by what a person calls it: a folder of their own, the beginning of a hash, a name."""

from __future__ import annotations

import re
from pathlib import Path

from itnt_core.city.files.import_process import read_sent_folder
from itnt_core.city.library import library_folder, list_cities, read_city_folder
from itnt_core.city.model import City, CityError

PREFIX = re.compile(r"[0-9a-f]{6,64}")


def find_city(name: str, library: Path | None = None) -> City:
    """Return the stored city that a folder, a content hash (six digits or more) or a city's name means (CityError)."""
    path = Path(name)
    if path.is_dir():
        return read_sent_folder(path).city
    root = library or library_folder()
    cards = list_cities(root)
    by_hash = [card for card in cards if PREFIX.fullmatch(name) and card.content_hash.startswith(name)]
    found = by_hash or [card for card in cards if card.name == name]
    if len(found) == 1:
        return read_city_folder(root / found[0].content_hash).city
    words = "fits several stored cities" if found else "is neither a folder of a stored city nor one stored here"
    raise CityError(
        f"The city '{name:.80}' {words}: give its folder or its content hash, see `city list`, or 'london'."
    )
