"""What a long roll-out keeps on its way, so that one that was stopped goes on and ends with the same arrays.

Kept are decisions alone, window after window, each file written whole or not at all; queues and everything that follows
are played anew. A file of another question, another scheme or half a file ends what is taken over.
"""

from __future__ import annotations

import io
import json
import shutil
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from itnt_core.arrays import IntArray
from itnt_core.results import write_bytes
from itnt_core.twin.planning.ascent import Iteration
from itnt_core.twin.planning.relaxed import Relaxed
from itnt_core.twin.planning.window import Plan

FOLDER = "course"
EVERY_S = 10.0  # at most so often a file is written
MOST_BYTES = 200_000_000  # of a file that is read
Memory = dict[str, Any]  # arrays by name
PLAN_PARTS = ("power", "share", "steering", "mask_tn", "mask_ntn")


@dataclass(frozen=True, eq=False)
class KeptDecision:
    """A cycle's decision without its window: the links that it is about, and both plans."""

    link_transmitter: IntArray
    link_user: IntArray
    at: Relaxed
    planned: Relaxed | None


@dataclass(eq=False)
class Past:
    """What was taken over: decisions by cycle, what the scheme remembers, its course and times."""

    decisions: list[KeptDecision] = field(default_factory=list)
    memory: Memory = field(default_factory=dict)
    course: list[tuple[int, Iteration]] = field(default_factory=list)
    plan_s: float = 0.0
    refine_s: list[float] = field(default_factory=list)


@dataclass(eq=False)
class Checkpoints:
    """The files of one run in its folder; ``question`` and ``scheme`` are what they belong to."""

    folder: Path
    question: str
    scheme: str
    _waiting: list[KeptDecision] = field(default_factory=list)
    _files: int = 0
    _cycles: int = 0
    _last_s: float = field(default_factory=time.monotonic)

    def read(self) -> Past:
        """Return what the folder holds of this question and scheme, as far as it is whole."""
        past = Past()
        while (found := self._read(self.folder / f"{self._files:05d}.npz")) is not None:
            decisions, memory, header = found
            if header["first"] != len(past.decisions):
                break
            past.decisions += decisions
            past.memory = memory
            past.course = [(window, Iteration(**step)) for window, step in header["course"]]
            past.plan_s, past.refine_s = header["plan_s"], header["refine_s"]
            self._files += 1
        self._cycles = len(past.decisions)
        return past

    def add(self, decision: KeptDecision) -> None:
        """Take a cycle's decision, to be written with its window."""
        self._waiting.append(decision)

    def window_over(self, scheme: Any) -> None:
        """Write the decisions that wait, unless a file was written just now; ``scheme`` gives what it remembers."""
        if not self._waiting or time.monotonic() - self._last_s < EVERY_S:
            return
        header = {
            "question": self.question,
            "scheme": self.scheme,
            "first": self._cycles,
            "cycles": len(self._waiting),
            "course": [(window, vars(step)) for window, step in scheme.course],
            "plan_s": scheme.plan_s,
            "refine_s": list(scheme.refine_s),
        }
        arrays = {f"memory/{name}": array for name, array in scheme.remember().items()}
        for number, decision in enumerate(self._waiting):
            arrays |= {f"{number}/{name}": array for name, array in _arrays_of(decision).items()}
        target = io.BytesIO()
        np.savez(target, header=np.frombuffer(json.dumps(header).encode(), dtype=np.uint8), **arrays)
        self.folder.mkdir(exist_ok=True)
        write_bytes(self.folder / f"{self._files:05d}.npz", target.getbuffer())
        self._files, self._cycles = self._files + 1, self._cycles + len(self._waiting)
        self._waiting, self._last_s = [], time.monotonic()

    def remove(self) -> None:
        """Remove the files of a run that is over."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self, path: Path) -> tuple[list[KeptDecision], Memory, dict[str, Any]] | None:
        """Return a file's decisions, memory and header; None where it is missing, damaged or another's."""
        try:
            if not path.is_file() or path.stat().st_size > MOST_BYTES:
                return None
            with path.open("rb") as handle, np.load(handle, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            header = json.loads(arrays["header"].tobytes())
            if (header["question"], header["scheme"]) != (self.question, self.scheme):
                return None
            decisions = [_decision(arrays, f"{number}/") for number in range(header["cycles"])]
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return None
        memory = {name.removeprefix("memory/"): array for name, array in arrays.items() if name.startswith("memory/")}
        return decisions, memory, header


def arrays_of_plan(at: Relaxed) -> Memory:
    """Return a plan and its association as arrays by name."""
    return {name: getattr(at.plan, name) for name in PLAN_PARTS} | {"association": at.association}


def plan_of_arrays(arrays: Memory, prefix: str = "") -> Relaxed:
    """Return the plan that arrays of such names hold (KeyError)."""
    return Relaxed(Plan(*(arrays[prefix + name] for name in PLAN_PARTS)), arrays[f"{prefix}association"])


def _arrays_of(decision: KeptDecision) -> Memory:
    parts: Sequence[tuple[str, Relaxed | None]] = (("at", decision.at), ("planned", decision.planned))
    plans = {
        f"{part}/{name}": array
        for part, plan in parts
        if plan is not None
        for name, array in arrays_of_plan(plan).items()
    }
    return {"link_transmitter": decision.link_transmitter, "link_user": decision.link_user, **plans}


def _decision(arrays: Memory, prefix: str) -> KeptDecision:
    is_corrected = f"{prefix}planned/association" in arrays
    return KeptDecision(
        arrays[f"{prefix}link_transmitter"],
        arrays[f"{prefix}link_user"],
        plan_of_arrays(arrays, f"{prefix}at/"),
        plan_of_arrays(arrays, f"{prefix}planned/") if is_corrected else None,
    )
