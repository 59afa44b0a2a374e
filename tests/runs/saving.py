"""Exchanges one result for another in processes that are killed: ``python saving.py FOLDER KILLS``.

The folder lies among the runs of the data folder. Prints one JSON object: how many looks found the old or the new
result whole, how many found anything else, how many kills came before, within and after an exchange, and how many files
were left over at the end. The arrays are packed once: every kill hits the exchange, none the computation before it.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from itnt_core.results import ResultError, read_result, settle
from itnt_core.results.exchange import FILES, Stored, exchange, read_stored


def look(folder, results):
    """Return the name of the result that a folder holds whole - scenario, arrays and manifest - None otherwise."""
    try:
        found = read_stored(folder)
    except ResultError:
        return None
    wanted = results[found.manifest["code_version"]]
    return wanted.manifest["code_version"] if plain(found) == plain(wanted) else None


def plain(stored):
    return stored.scenario, stored.arrays, {key: value for key, value in stored.manifest.items() if key != FILES}


def two_results(folder):
    """Return two results that differ in each of their files, by name; the first is that of the folder."""
    first = read_stored(folder)
    scenario = first.scenario.replace(b'"name": "Tiny"', b'"name": "Another"')
    manifest = {**first.manifest, "code_version": "another"}
    other = Stored(scenario, first.arrays + bytes(8), manifest, True)
    return {result.manifest["code_version"]: result for result in (first, other)}


def save_and_wait(folder, result):
    """Save and wait to be killed."""
    exchange(folder, result.scenario, result.arrays, result.manifest)
    while True:
        time.sleep(1.0)


def main(folder, kills):
    results, chance = two_results(folder), random.Random(1)
    names = list(results)
    started = time.monotonic()
    exchange(folder, results[names[0]].scenario, results[names[0]].arrays, results[names[0]].manifest)
    longest_s = 2.0 * (time.monotonic() - started)
    counts = {"whole": 0, "broken": 0, "before": 0, "within": 0, "after": 0}
    held = names[0]
    for _ in range(kills):
        wanted = names[1 - names.index(held)]
        child = os.fork()
        if child == 0:
            save_and_wait(folder, results[wanted])
        deadline = time.monotonic() + chance.uniform(0.0, longest_s)
        while time.monotonic() < deadline:  # while it is exchanged
            counts["whole" if look(folder, results) else "broken"] += 1
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        is_cut = any(file.name.startswith(".") for file in folder.iterdir())
        now = look(folder, results)
        counts["whole" if now else "broken"] += 1
        counts["within" if is_cut else "after" if now == wanted else "before"] += 1
        longest_s *= 0.9 if now == wanted and not is_cut else 1.03  # however busy the machine is now
        held = now or held
    settle(folder)
    counts["left_over"] = sum(file.name.startswith(".") for file in folder.iterdir())
    read_result(folder)
    print(json.dumps(counts))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
