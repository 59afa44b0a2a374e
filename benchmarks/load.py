"""A class on one server: scripted sessions that open, edit and replay, over Streamlit's own websocket protocol.

python -m benchmarks.load [--sessions N] [--seconds S] [OLD_CHECKOUT]

Every session opens a scenario of its own by a link, then moves a base station, goes to the replay and back, each 5 to
15 seconds after the answer before; one in ten has the live optimum on and asks for its news as the map does. What a
browser fetches on its first visit is fetched. A marker in the scenario's name must never reach another session. The
sessions run in this process, whose processor time is said, on the same cores as the server. Before them one visitor
has been there, so that libraries are loaded and compiled.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import secrets
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import psutil

from benchmarks.browser import ROOT, serving, stop
from benchmarks.smoke import sized
from benchmarks.streamlit_client import Session, SessionError, fetched
from benchmarks.timing import print_machine
from itnt_core.presets import preset
from itnt_core.scenario import Scenario, link_token

SESSIONS, SECONDS, PRESET = sized((100, 600.0, "london-4km"), (2, 4.0, "tiny"))
THINK_S = sized((5.0, 15.0), (0.1, 0.3))
FIRST_S = sized(12.0, 0.5)  # of the visitor before all others
ARRIVAL_S = sized(60.0, 0.2)  # in which all have come
LIVE_EACH = 10  # of so many sessions one follows the optimum
MARK = re.compile(rb"marker-[0-9a-f]{12}")
FILES = ("code_url", "style_url", "deck_url", "plotly_url", "city_url", "sky_url", "replay_url")
LIVE_ASK_S = 0.2  # as the map asks while an answer grows
SWITCH, MAP, LIVE = "studio_mode", "scenario_map", "live_optimum"


@dataclass
class Tally:
    """What all sessions have met."""

    reruns: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    foreign: int = 0
    bytes: int = 0
    live_answers: int = 0
    memory_mb: list[float] = field(default_factory=list)

    def add(self, kind: str, seconds: float) -> None:
        """Note one rerun."""
        self.reruns.setdefault(kind, []).append(seconds)


class Spent(NamedTuple):
    """Processor time: of the server's process, of this one, of all others (the server's children among them), and what
    the host of a virtual machine did not give.
    """

    server_s: float
    own_s: float
    others_s: float
    stolen_s: float

    @classmethod
    def until_now(cls, server: psutil.Process) -> Spent:
        """Return what has been spent since the machine and the processes started."""
        every = psutil.cpu_times()
        stolen_s = float(getattr(every, "steal", 0.0))
        busy_s = every.user + every.system + getattr(every, "irq", 0.0) + getattr(every, "softirq", 0.0)
        busy_s += getattr(every, "nice", 0.0)
        server_s, own_s = (sum(one.cpu_times()[:2]) for one in (server, psutil.Process()))
        return cls(server_s, own_s, busy_s - server_s - own_s, stolen_s)

    def since(self, before: Spent) -> Spent:
        """Return what was spent since another moment."""
        return Spent(*(now - then for now, then in zip(self, before, strict=True)))


class Student:
    """One session and what it does."""

    def __init__(self, number: int, address: str, scenario: Scenario, tally: Tally):
        self.number, self.address, self.tally = number, address, tally
        self.mark = f"marker-{secrets.token_hex(6)}".encode()
        self.token = link_token(scenario.model_copy(update={"name": self.mark.decode()}))
        self.dice = random.Random(number)
        self.is_live = number % LIVE_EACH == 0
        self.half_m = scenario.area.size_m / 2 - 100.0
        self.fetched: set[str] = set()
        self.has_seen_own = False
        self.seq = 0
        self.asking: asyncio.Task[None] | None = None

    def look(self, data: bytes) -> None:
        """Look for what belongs to others; what is one's own must be found, or nothing could be."""
        found = set(MARK.findall(data))
        self.has_seen_own |= self.mark in found
        self.tally.foreign += bool(found - {self.mark})

    async def study(self, wait_s: float, until: float) -> None:
        """Come, work until the end, and go."""
        await asyncio.sleep(wait_s)
        while time.monotonic() < until:
            try:
                await self._visit(until)
            except (SessionError, OSError, TimeoutError, KeyError, asyncio.IncompleteReadError) as error:
                self.tally.errors[f"{type(error).__name__}: {error}"[:160]] += 1
            except Exception as error:
                self.tally.errors[f"{type(error).__name__}: {error}"[:160]] += 1
            finally:
                if self.asking is not None:
                    self.asking.cancel()
                    self.asking = None

    async def _visit(self, until: float) -> None:
        session = await Session.open(self.address, "Scenario", f"s={self.token}", self.look)
        self.seq = 0
        try:
            self.tally.add("open", await session.rerun())
            await self._fetch(session)
            if not self.has_seen_own:
                raise SessionError("The session's own marker is in none of its messages.")
            if LIVE in session.ids and self.is_live:
                session.state(LIVE).bool_value = True
                self.tally.add("edit", await session.rerun(LIVE))
            while time.monotonic() < until:
                await asyncio.sleep(self.dice.uniform(*THINK_S))
                await self._step(session)
        finally:
            self.tally.bytes += session.received
            await session.close()

    async def _step(self, session: Session) -> None:
        """Move a station; now and then look at the replay and come back."""
        if self.dice.random() < 0.75:
            await self._edit(session)
            return
        for mode in ("Replay", "Build"):
            session.state(SWITCH).string_array_value.data[:] = [mode]
            self.tally.add("replay" if mode == "Replay" else "build", await session.rerun(SWITCH))
            expected = "replay" if mode == "Replay" else "edit"
            if session.component.get("mode") != expected:
                raise SessionError(f"The map shows {session.component.get('mode')} in the mode {mode}.")
            await self._fetch(session)
            if mode == "Replay":
                await asyncio.sleep(self.dice.uniform(*THINK_S))

    async def _edit(self, session: Session) -> None:
        stations = [thing for thing in session.component["things"] if thing["kind"] == "ground_station"]
        self.seq = int(session.component["acknowledged"]) + 1
        east, north = (self.dice.uniform(-self.half_m, self.half_m) for _ in range(2))
        edit = {"seq": self.seq, "type": "move", "kind": "ground_station", "id": self.dice.choice(stations)["id"]}
        place = {"east_m": east, "north_m": north, "surface_m": 0.0}
        session.state(MAP).json_value = json.dumps({"edits": [{**edit, **place}]})
        self.tally.add("edit", await session.rerun(MAP))
        if session.component.get("acknowledged") != self.seq:
            raise SessionError("The edit is not in the scenario.")
        await self._fetch(session)
        self._ask_for_optimum(session)

    async def _fetch(self, session: Session) -> None:
        """Fetch what the browser does not have yet."""
        for name in FILES:
            path = session.component.get(name)
            if path and path not in self.fetched:
                self.fetched.add(path)
                status, _, body = await fetched(self.address, path)
                self.tally.bytes += len(body)
                if status != 200:
                    raise SessionError(f"{name} is answered with {status}.")

    def _ask_for_optimum(self, session: Session) -> None:
        live = session.component.get("live")
        if live and self.is_live:
            if self.asking is not None:
                self.asking.cancel()
            self.asking = asyncio.create_task(self._follow(live["url"]))

    async def _follow(self, path: str) -> None:
        """Ask for the optimum as the map does, until it has settled."""
        tag = ""
        while True:
            status, headers, body = await fetched(self.address, path, f"If-None-Match: {tag}\r\n")
            tag = headers.get("etag", tag)
            self.tally.live_answers += status == 200
            self.look(body)
            if status == 404:
                self.tally.errors["The optimum is answered with 404."] += 1
                return
            if "settled" in tag:
                return
            await asyncio.sleep(LIVE_ASK_S)


async def watch(server: psutil.Process, tally: Tally) -> None:
    """Note the memory of the server with all its children, every two seconds."""
    while True:
        tally.memory_mb.append(await asyncio.to_thread(memory_mb, server))
        await asyncio.sleep(sized(2.0, 0.2))


def memory_mb(server: psutil.Process) -> float:
    """Return the proportional set size of a process and its children."""
    total = 0
    for process in [server, *family(server)]:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 1e6


def family(server: psutil.Process) -> list[psutil.Process]:
    """Return the children of a process."""
    try:
        return server.children(recursive=True)
    except psutil.Error:
        return []


async def load(address: str, server: psutil.Process, sessions: int, seconds: float) -> Tally:
    """Let all sessions come and work."""
    tally, scenario = Tally(), preset(PRESET)
    until = time.monotonic() + seconds
    students = [Student(number, address, scenario, tally) for number in range(sessions)]
    watching = asyncio.create_task(watch(server, tally))
    arrival_s = min(ARRIVAL_S, seconds / 4)
    await asyncio.gather(*(one.study(arrival_s * one.number / sessions, until) for one in students))
    watching.cancel()
    return tally


def report(tally: Tally, seconds: float, spent: Spent) -> None:
    """Print what was met."""
    everything = sorted(time_s for times in tally.reruns.values() for time_s in times)
    for kind, times in sorted({**tally.reruns, "all": everything}.items()):
        late = sorted(times)[min(len(times) - 1, int(0.95 * len(times)))] if times else float("nan")
        middle = statistics.median(times) if times else float("nan")
        worst = max(times, default=float("nan"))
        print(f"  {kind:7} {len(times):6} reruns   p50 {middle:6.2f} s   p95 {late:6.2f} s   worst {worst:6.2f} s")
    count = max(1, len(everything))
    print(f"  errors {sum(tally.errors.values())}, messages with another's marker {tally.foreign}")
    for sentence, number in tally.errors.most_common(5):
        print(f"    {number} x {sentence}")
    print(f"  peak memory of the server with its children {max(tally.memory_mb, default=0.0):.0f} MB (PSS)")
    per_rerun_ms = 1e3 * spent.server_s / count
    print(f"  processor time in {seconds:.0f} s: server {spent.server_s:.0f} s, {per_rerun_ms:.0f} ms a rerun;")
    print(f"    these sessions {spent.own_s:.0f} s; others {spent.others_s:.0f} s; not given {spent.stolen_s:.0f} s")
    print(f"  answers of the live optimum {tally.live_answers}, {tally.bytes / 1e6:.0f} MB to the sessions", flush=True)


def measure(name: str, root: Path, sessions: int, seconds: float) -> None:
    """Serve a checkout, load it and print what was met."""
    with tempfile.TemporaryDirectory() as folder:
        process, address = serving("dashboard.py", Path(folder) / "data", root=root, **environment())
        server = psutil.Process(process.pid)
        try:
            print(f"{name}: {sessions} sessions, {seconds:g} s", flush=True)
            asyncio.run(load(address, server, 1, FIRST_S))
            before = Spent.until_now(server)
            tally = asyncio.run(load(address, server, sessions, seconds))
            report(tally, seconds, Spent.until_now(server).since(before))
        finally:
            stop(process)


def environment() -> dict[str, str]:
    """Return what a server for a class is started with."""
    pinned = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**pinned, "ITNT_NICE": "10"}  # as docs/serving.md says; older checkouts do not know the last one


def main() -> None:
    """Load another checkout, if one is named, and this one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("old", nargs="?", type=Path)
    asked = parser.parse_args()
    print_machine()
    if asked.old is not None:
        measure(f"before, {asked.old.name}", asked.old.resolve(), asked.sessions, asked.seconds)
    measure("this code", ROOT, asked.sessions, asked.seconds)


if __name__ == "__main__":
    main()
