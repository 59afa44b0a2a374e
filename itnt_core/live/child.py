"""The worker of the live optimum: ``python -m itnt_core.live.child PARENT_PID CACHE_FOLDER``.

It reads edits from its input and writes answers to its output, each with the number of its edit. A newer edit ends the
work on an older one wherever that stands. Once a second it gives a sign of life. It ends with its parent, with its
input, and with the first sign that nobody listens.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

from itnt_core.collecting import collect_seldom
from itnt_core.errors import ItntError
from itnt_core.runs import exit_with_parent, give_way_to_pages
from itnt_core.scenario import scenario_of_bytes

from .messages import read_message, write_message
from .plan import FollowingPlan, Superseded

BEAT_S = 1.0


class Inbox:
    """The newest edit; whatever it replaced unread is forgotten."""

    def __init__(self, stream: BinaryIO):
        self._stream, self._changed = stream, threading.Condition()
        self._newest: tuple[int, bytes] | None = None
        self._is_closed = False
        threading.Thread(target=self._read, name="live inbox", daemon=True).start()

    def _read(self) -> None:
        while (message := read_message(self._stream)) is not None:
            with self._changed:
                self._newest = int(message[0]["number"]), message[1]
                self._changed.notify_all()
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def next(self) -> tuple[int, bytes] | None:
        """Wait for an edit and take it; None once no more can come."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._is_closed)
            taken, self._newest = self._newest, None
            return taken

    def check(self) -> None:
        """Raise Superseded if there is a newer edit, or nobody to answer."""
        if self._newest is not None or self._is_closed:
            raise Superseded


class Outbox:
    """The way out, for the work and for the signs of life."""

    def __init__(self, stream: BinaryIO):
        self._stream, self._lock = stream, threading.Lock()

    def send(self, head: dict[str, object], content: bytes = b"") -> None:
        """Send a message; whoever has nobody left to talk to ends."""
        try:
            with self._lock:
                write_message(self._stream, head, content)
        except OSError:
            os._exit(0)

    def beat_forever(self) -> None:
        """Give signs of life."""
        while True:
            self.send({"kind": "beat"})
            time.sleep(BEAT_S)


def work(inbox: Inbox, outbox: Outbox, plan: FollowingPlan) -> None:
    """Answer edits until no more can come."""
    while (edit := inbox.next()) is not None:
        number, content = edit
        try:
            for answer in plan.follow(scenario_of_bytes(content), number, inbox.check):
                plain, arrays = answer.packed()
                outbox.send({"kind": "answer", **plain}, arrays)
        except Superseded:
            continue
        except ItntError as error:
            outbox.send({"kind": "refused", "number": number, "sentences": list(error.sentences)})


def main(arguments: list[str]) -> int:
    """Serve one page's session."""
    collect_seldom()
    exit_with_parent(int(arguments[0]))
    give_way_to_pages()
    answers = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)  # what libraries print is no message
    os.dup2(silence, 1)
    os.close(silence)
    outbox = Outbox(answers)
    threading.Thread(target=outbox.beat_forever, name="live beat", daemon=True).start()
    work(Inbox(sys.stdin.buffer), outbox, FollowingPlan(Path(arguments[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
