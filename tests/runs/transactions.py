"""A worker that does nothing but store transactions: ``python transactions.py itnt_core.runs.worker ROOT RUNS TOKEN``.

It claims the queued runs one after another and beats for each until it is told to finish; its command line is that of a
worker, so that the store knows it as one.
"""

import sys
from pathlib import Path

from itnt_core.runs import RunStore
from itnt_core.runs.processes import ProcessIdentity


def main(root, token):
    store = RunStore(root)
    if not store.enter_worker(ProcessIdentity.current(token), "here"):
        return
    while (run := store.claim(token, stay=True)) is not None:
        while store.beat(run.id, token, 0.5, "At work"):
            pass


if __name__ == "__main__":
    main(Path(sys.argv[2]), sys.argv[-1])
