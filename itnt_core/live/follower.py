"""One warm worker for one session: takes every edit, keeps the newest answer, and never makes anybody wait.

Everything that can block - the pipe of a worker that stands still, the start of a process, its end - happens in threads
of its own; :meth:`Follower.submit` and :meth:`Follower.latest` return at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import psutil

from itnt_core.disk import disk_sentence
from itnt_core.errors import ItntError
from itnt_core.installed import PACKAGE
from itnt_core.runs import LiveAccount, pinned_environment, stop_group
from itnt_core.scenario import Scenario, format_scenario

from .answer import LiveAnswer
from .messages import read_message, write_message
from .places import WorkerPlaces

SILENT_AFTER_S = 15.0  # without a sign of life: the worker stands still
UNASKED_AFTER_S = 60.0  # nobody has looked for so long: the worker is given back
WATCH_S = 0.5
LINE_S = 0.25  # between two questions of one who waits for a place
PLACES = WorkerPlaces()  # of all followers of this server
MOST_LOSSES = 2  # of workers over one edit: then the edit is told to be the reason

FollowerState = Literal["idle", "working", "settled", "refused", "lost"]


@dataclass
class _Desk:
    """What the threads of a follower share; guarded by ``changed``."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    person: str = ""  # whose session it is, '' where nobody logs in
    account: LiveAccount | None = None  # of what that person may use, None: as much as there is
    place: int = 0  # in the line for a worker, 0 where it does not wait
    number: int = 0  # of the newest edit
    edit: bytes | None = None  # that edit
    sent: int = 0  # number of the newest edit that the present worker was given
    question: Scenario | None = None  # the same, as it was asked
    answer: LiveAnswer | None = None  # to the newest edit
    before: LiveAnswer | None = None  # the last settled answer to an edit before it
    answers: int = 0  # to the newest edit, so far
    sentences: tuple[str, ...] = ()  # why the newest edit has no answer
    losses: int = 0  # workers lost over the newest edit
    worker: subprocess.Popen[bytes] | None = None
    heard: float = 0.0  # when the present worker gave its last sign of life
    asked: float = 0.0  # when somebody last looked
    is_released: bool = False  # the worker was given back before the newest edit had settled
    is_closed: bool = False

    @property
    def state(self) -> FollowerState:
        """Return how it stands with the newest edit."""
        if self.number == 0:
            return "idle"
        if self.sentences:
            return "lost" if self.losses >= MOST_LOSSES else "refused"
        return "settled" if self.answer is not None and self.answer.is_settled else "working"


class Look(NamedTuple):
    """How it stands with the newest edit, all of one moment."""

    number: int  # of the newest edit, 0 before the first
    question: Scenario | None
    answer: LiveAnswer | None  # the best answer so far
    before: LiveAnswer | None  # the last settled answer to an edit before it
    state: FollowerState
    sentences: tuple[str, ...]  # why there is no answer
    answers: int  # how many answers to this edit there have been
    place: int = 0  # in the line for a free worker, from 1; 0 where it does not wait


class Follower:
    """Follows a scenario with a worker process, which is started when the first edit comes."""

    def __init__(
        self,
        cache_dir: Path,
        command: Sequence[str] | None = None,
        person: str = "",
        account: LiveAccount | None = None,
    ):
        self._desk = _Desk(person=person, account=account)
        usual = [sys.executable, "-m", "itnt_core.live.child", str(os.getpid()), str(cache_dir)]
        self._command = list(command or usual)
        self._threads_run = False
        self._end = weakref.finalize(self, _close, self._desk)  # a session that is dropped leaves no worker

    def submit(self, scenario: Scenario, *, at_once: bool = True) -> int:
        """Take an edit and return its number; every answer to an older one is dropped from now on.

        Unless ``at_once`` the first worker is started only when somebody looks for the answer.
        """
        desk = self._desk
        content = format_scenario(scenario, "json").encode("utf-8")
        with desk.changed:
            desk.number += 1
            desk.question = scenario
            if desk.answer is not None and desk.answer.is_settled:  # else what the plan still gains would be the edit's
                desk.before = desk.answer
            desk.edit, desk.answer, desk.sentences, desk.losses = content, None, (), 0
            desk.is_released, desk.answers = False, 0
            desk.asked = time.monotonic()
            desk.changed.notify_all()
            number = desk.number
        if at_once:
            self._begin()
        return number

    def look(self) -> Look:
        """Return how it stands with the newest edit; a worker that was given back is started again."""
        desk = self._desk
        if desk.number:
            self._begin()
        with desk.changed:
            desk.asked = time.monotonic()
            if desk.is_released:
                desk.is_released, desk.sent = False, 0
                desk.changed.notify_all()
            found = desk.question, desk.answer, desk.before, desk.state, desk.sentences, desk.answers, desk.place
            return Look(desk.number, *found)

    def latest(self) -> LiveAnswer | None:
        """Return the best answer to the newest edit so far, None while there is none."""
        return self.look().answer

    @property
    def state(self) -> FollowerState:
        """Return how it stands with the newest edit."""
        with self._desk.changed:
            return self._desk.state

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return why the newest edit has no answer."""
        with self._desk.changed:
            return self._desk.sentences

    @property
    def pid(self) -> int | None:
        """Return the worker's process id, None while there is none."""
        worker = self._desk.worker
        return worker.pid if worker is not None and worker.poll() is None else None

    def close(self) -> None:
        """End the worker; nothing is left running."""
        self._end()

    def _begin(self) -> None:
        if not self._threads_run:
            self._threads_run = True
            for target in (_send_edits, _watch):
                arguments = (self._desk, self._command) if target is _send_edits else (self._desk,)
                threading.Thread(target=target, args=arguments, name="live follower", daemon=True).start()


def _close(desk: _Desk) -> None:
    with desk.changed:
        desk.is_closed = True
        worker, desk.worker = desk.worker, None
        PLACES.leave(id(desk))
        desk.changed.notify_all()
    if worker is not None:
        threading.Thread(target=_end, args=(worker, desk.account), name="live end", daemon=True).start()


def _send_edits(desk: _Desk, command: Sequence[str]) -> None:
    """Give the worker each newest edit; start one where there is none."""
    while True:
        with desk.changed:
            desk.changed.wait_for(lambda: desk.is_closed or _is_due(desk))
            if desk.is_closed:
                return
            number, edit = desk.number, desk.edit
            worker = desk.worker
            desk.sent = number
        assert edit is not None
        if worker is None:
            if not _has_place(desk):
                continue
            worker = _started(desk, command)
        if worker is None:
            continue
        try:
            assert worker.stdin is not None
            write_message(worker.stdin, {"number": number}, edit)
        except (OSError, ValueError):  # it has ended, or has just been given up and its pipe closed
            _lose(desk, worker)


def _has_place(desk: _Desk) -> bool:
    """Ask for a place for a worker; where there is none wait a moment, and let the newest edit be due again.

    Where this person may not have one the newest edit is told why.
    """
    refusal = _refusal(desk.account)
    if refusal:
        PLACES.leave(id(desk))
        with desk.changed:
            desk.place, desk.sentences = 0, (refusal,)
        return False
    place = PLACES.ask(id(desk), desk.person)
    with desk.changed:
        desk.place = place
        if place == 0:
            return True
        desk.changed.wait_for(lambda: desk.is_closed, LINE_S)
        desk.is_released = time.monotonic() - desk.asked > UNASKED_AFTER_S  # nobody looks: the line is for others
        if desk.is_released or desk.is_closed:
            PLACES.leave(id(desk))
        else:
            desk.sent = 0
    return False


def _refusal(account: LiveAccount | None) -> str | None:
    try:
        return account.refusal() if account is not None else None
    except ItntError as error:  # a store that cannot be read now
        return str(error)


def _is_due(desk: _Desk) -> bool:
    """Say whether the newest edit waits for a worker."""
    return desk.edit is not None and desk.sent < desk.number


def _started(desk: _Desk, command: Sequence[str]) -> subprocess.Popen[bytes] | None:
    try:
        worker = subprocess.Popen(
            command,
            cwd=PACKAGE.parent,
            env=pinned_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        with desk.changed:
            desk.losses = MOST_LOSSES
            desk.sentences = (f"The process of the live optimum cannot be started: {disk_sentence(error)}",)
        PLACES.leave(id(desk))
        return None
    with desk.changed:
        if desk.is_closed:
            PLACES.leave(id(desk))
            _end(worker)
            return None
        desk.worker, desk.heard = worker, time.monotonic()
    threading.Thread(target=_hear, args=(desk, worker), name="live answers", daemon=True).start()
    return worker


def _hear(desk: _Desk, worker: subprocess.Popen[bytes]) -> None:
    """Keep what a worker says about the newest edit until it says no more."""
    assert worker.stdout is not None
    try:
        while (message := read_message(worker.stdout)) is not None:
            _take(desk, worker, *message)
    except (ValueError, KeyError, TypeError):
        pass  # no message of ours: that worker is lost
    _lose(desk, worker)


def _take(desk: _Desk, worker: subprocess.Popen[bytes], head: dict[str, Any], content: bytes) -> None:
    kind = head.pop("kind")
    answer = LiveAnswer.unpacked(head, content) if kind == "answer" else None
    with desk.changed:
        if desk.worker is not worker:
            return
        desk.heard = time.monotonic()
        if kind == "beat" or int(head["number"]) != desk.number:
            return
        if answer is not None:
            desk.answer, desk.answers = answer, desk.answers + 1
        else:
            desk.sentences = tuple(str(sentence) for sentence in head["sentences"])


def _lose(desk: _Desk, worker: subprocess.Popen[bytes]) -> None:
    """Give a worker up; the newest edit is given to another one, unless it has cost several."""
    with desk.changed:
        if desk.worker is not worker:
            return
        desk.worker, desk.sent = None, 0
        settled = desk.answer is not None and desk.answer.is_settled
        if settled or desk.sentences:
            desk.sent = desk.number
        elif not desk.is_closed:
            desk.losses += 1
            if desk.losses >= MOST_LOSSES:
                desk.sent = desk.number
                desk.sentences = (
                    f"The process of the live optimum ended {desk.losses} times over this edit: go on editing, or "
                    "start a run in Optimise, whose log says more.",
                )
        PLACES.leave(id(desk))
        desk.changed.notify_all()
    _end(worker, desk.account)


def _end(worker: subprocess.Popen[bytes], account: LiveAccount | None = None) -> None:
    """End a worker with all that it has started, and count what it computed; whoever waits for its pipes is let go."""
    if account is not None:
        with suppress(psutil.Error, ItntError):  # it is gone already, or nothing can be written now
            account.spend(sum(psutil.Process(worker.pid).cpu_times()[:2]))
    stop_group(worker, 0.0)
    for pipe in (worker.stdin, worker.stdout):
        assert pipe is not None
        with suppress(OSError, ValueError):  # what was to be written is lost with its reader
            pipe.close()


def _watch(desk: _Desk, now: Callable[[], float] = time.monotonic) -> None:
    """End workers that stand still, and those that nobody asks any more."""
    while True:
        with desk.changed:
            if desk.is_closed:
                return
            worker, heard, asked = desk.worker, desk.heard, desk.asked
            settled = desk.answer is not None and desk.answer.is_settled
        if worker is not None:
            if now() - heard > SILENT_AFTER_S:
                _lose(desk, worker)
            elif now() - asked > UNASKED_AFTER_S or PLACES.is_over(id(desk), settled=settled):
                _release(desk, worker)
        time.sleep(WATCH_S)


def _release(desk: _Desk, worker: subprocess.Popen[bytes]) -> None:
    """Give a worker back that nobody needs now; the next edit starts another one."""
    with desk.changed:
        if desk.worker is not worker:
            return
        settled = desk.answer is not None and desk.answer.is_settled
        desk.worker, desk.is_released = None, not settled and not desk.sentences
        PLACES.leave(id(desk))
    _end(worker, desk.account)
