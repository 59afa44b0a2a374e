"""What the first page shows of the recorded run, made beforehand: ``python -m itnt_core.mapdata.opening FOLDER``.

The first visitor of a fresh server sees the replay without waiting for the city to be generated or for the libraries
that read results.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from itnt_core.words import replay_sentence

CITY_FILE, REPLAY_FILE, WORDS_FILE = "city.bin.gz", "replay.bin.gz", "opening.json"


def record_opening(folder: Path, cache_dir: Path | None = None) -> None:
    """Write the bundles and the words of a result folder beside the result.

    Raises :class:`itnt_core.results.ResultError` when there is no readable result.
    """
    from itnt_core.city import city_of_scenario
    from itnt_core.results import read_result

    from .replay import replay_bundle
    from .satellites import BEAM_NOTE
    from .scene import scene_bundle
    from .skydome import DOME_NOTE

    result = read_result(folder)
    area = result.scenario.area
    city = city_of_scenario(result.scenario, cache_dir)
    words = {"sky_note": DOME_NOTE, "beam_note": BEAM_NOTE, "alt": replay_sentence(result)}
    (folder / CITY_FILE).write_bytes(gzip.compress(scene_bundle(city, area), mtime=0))
    (folder / REPLAY_FILE).write_bytes(gzip.compress(replay_bundle(result), mtime=0))
    (folder / WORDS_FILE).write_text(json.dumps({"map": words, "kpis": result.kpis}, indent=2) + "\n", encoding="utf-8")


def read_opening(folder: Path) -> tuple[bytes, bytes, dict[str, Any]]:
    """Return the city's and the replay's bundle and the words (OSError or ValueError when they are not all there)."""
    bundles = [gzip.decompress((folder / name).read_bytes()) for name in (CITY_FILE, REPLAY_FILE)]
    return bundles[0], bundles[1], json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))


if __name__ == "__main__":
    record_opening(Path(sys.argv[1]))
