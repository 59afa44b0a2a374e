"""Texts that others send: small ones are read here, others in a process that is ended when it takes too much."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from itnt_core.apart import INPUT, ApartError, Limits, Notify, ask_apart

from .guard import SCENARIO_LIMITS, DataLimits, check_limits
from .parsing import as_json, parse_text
from .problems import Problem, ScenarioError, shown

MAX_SCENARIO_BYTES = 20_000_000
TASK = "plain data"
# Measured: what is within these takes at most half a second and 30 MB here, whatever it holds. JSON of up to 200 kB, as
# every link is, and up to 2 MB while it has no more than 60,000 marks: the largest scenario has 46,000 in 1.1 MB.
_SMALL_YAML_BYTES = 100_000
_SMALL_JSON_BYTES, _LARGE_JSON_BYTES, _MOST_MARKS = 200_000, 2_000_000, 60_000
_APART = Limits(seconds=30.0, memory_mb=1500, written_mb=1)


def plain_data(content: bytes, limits: DataLimits = SCENARIO_LIMITS, name: str | None = None) -> Any:
    """Read YAML or JSON (UTF-8) into plain data within limits; ScenarioError says what is wrong with the file ``name``.

    Text that is large, or holds a great number of values, is read in a process of its own, with limits.
    """
    if len(content) > MAX_SCENARIO_BYTES:
        raise _fail("over 20 MB", "20 MB are allowed", "remove what is not needed")
    if _is_small(content):
        data = parse_text(_text_of(content, name), limits)
        check_limits(data, limits)
        return data
    data = json.loads(_read_apart(content, limits, name))
    check_limits(data, limits)
    return data


def _text_of(content: bytes, name: str | None) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _fail("not text", "UTF-8 text is needed", "save it as UTF-8", name) from error


def _is_small(content: bytes) -> bool:
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return len(content) <= _SMALL_YAML_BYTES
    if not _SMALL_JSON_BYTES < len(content) <= _LARGE_JSON_BYTES:
        return len(content) <= _SMALL_JSON_BYTES
    return sum(content.count(mark) for mark in (b",", b"[", b"{")) <= _MOST_MARKS


def _read_apart(content: bytes, limits: DataLimits, name: str | None) -> str:
    asked = {"values": limits.values, "name": name}
    try:
        answer: dict[str, Any] = ask_apart(TASK, asked, _APART, content=content)
    except ApartError as error:
        reason = str(error).split(":")[0].rstrip(".")
        raise _fail(f"not readable ({reason})", "a scenario is smaller", "remove what is not needed") from error
    if "problems" in answer:
        raise ScenarioError([Problem(*parts) for parts in answer["problems"]])
    return str(answer["data"])


def plain_data_task(question: dict[str, Any], scratch: Path, notify: Notify) -> dict[str, Any]:
    """Read the file ``input`` of a folder as :func:`plain_data` does; the answer is its data as JSON, or problems."""
    del notify
    limits = replace(SCENARIO_LIMITS, values=int(question["values"]))
    try:
        data = parse_text(_text_of((scratch / INPUT).read_bytes(), question["name"]), limits)
        check_limits(data, limits)
    except ScenarioError as error:
        parts = [(one.where, one.value, one.allowed, one.remedy, one.object_id) for one in error.problems]
        return {"problems": parts}
    return {"data": as_json(data)}


def _fail(value: str, allowed: str, remedy: str, name: str | None = None) -> ScenarioError:
    where = f"The file {shown(name)}" if name else "The file"
    return ScenarioError([Problem(where, value, allowed, remedy)])
