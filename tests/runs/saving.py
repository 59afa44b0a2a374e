"""Saves a result again and again in processes that are killed: ``python saving.py FOLDER KILLS``.

Prints one JSON object: how often a folder with a manifest could not be read, how often a save was complete, and how
often it was cut off before its manifest.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from itnt_core.results import MANIFEST_FILE, ResultError, load_result, save_result


def save_and_wait(folder, result):
    """Save once more and wait to be killed."""
    save_result(folder, result)
    while True:
        time.sleep(1.0)


def main(folder, kills):
    result, chance = load_result(folder), random.Random(1)
    save_result(folder, result)
    started = time.monotonic()
    save_result(folder, result)
    longest_s = 2.5 * (time.monotonic() - started)
    counts = {"unreadable": 0, "complete": 0, "cut_off": 0}
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            save_and_wait(folder, result)
        time.sleep(chance.uniform(0.0, longest_s))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        # However busy the machine is now, about one kill of six comes when all is saved, the others before.
        is_whole = (folder / MANIFEST_FILE).exists()
        longest_s *= 0.86 if is_whole else 1.03
        if not is_whole:
            counts["cut_off"] += 1
            continue
        try:
            load_result(folder)
            counts["complete"] += 1
        except ResultError:
            counts["unreadable"] += 1
    print(json.dumps(counts))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
