"""A worker that acts: it speaks the messages of the live optimum and does what its first argument says.

It must be quick to start, hence nothing of the program is imported. Each answer is the tiny decision of its second
argument, a file that a test has packed.
"""

import json
import os
import signal
import sys
from pathlib import Path

WAY, FILE = sys.argv[1], Path(sys.argv[2])
ENDLESS = "endless" in WAY


def send(head, content=b""):
    """Write a message."""
    sys.stdout.buffer.write(json.dumps({**head, "bytes": len(content)}).encode() + b"\n" + content)
    sys.stdout.buffer.flush()


def read():
    """Return the number of the next edit, None at the end."""
    line = sys.stdin.buffer.readline()
    if not line:
        return None
    head = json.loads(line)
    sys.stdin.buffer.read(head["bytes"])
    return head["number"]


def answer(number, **more):
    """Send an answer to an edit."""
    head = json.loads(FILE.with_suffix(".json").read_text())
    send({"kind": "answer", **head, "number": number, **more}, FILE.read_bytes())


def main():
    """Serve edits."""
    started = FILE.parent / "started"
    with started.open("a") as log:
        log.write(f"{os.getpid()}\n")
    turn = len(started.read_text().split())
    while (number := read()) is not None:
        if WAY == "dies" or (WAY == "dies once" and turn == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        if WAY == "stands still once" and turn == 1:
            os.kill(os.getpid(), signal.SIGSTOP)
        if WAY == "says nonsense once" and turn == 1:
            sys.stdout.buffer.write(b"not a message\n")
            sys.stdout.buffer.flush()
        if WAY == "refuses":
            send({"kind": "refused", "number": number, "sentences": ["The seed is -4."]})
            continue
        if WAY == "is late":
            answer(number - 1, is_settled=True)
            continue
        answer(number, is_settled=not ENDLESS)


main()
