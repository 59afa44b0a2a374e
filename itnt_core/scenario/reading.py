"""Texts that others send: small ones are read here, others in a process that is ended when it takes too much."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from itnt_core.apart import ApartError, Limits, Refused, ask_apart

from .guard import SCENARIO_LIMITS, DataLimits, check_limits
from .parsing import as_json, parse_text
from .problems import Problem, ScenarioError

MAX_SCENARIO_BYTES = 20_000_000
TASK = "plain data"
# Measured: what is within these takes at most half a second and 30 MB here, whatever it holds.
_SMALL_JSON_BYTES, _SMALL_JSON_MARKS = 2_000_000, 60_000  # the largest scenario has 46,000 marks in 1.1 MB
_SMALL_YAML_BYTES = 100_000
_APART = Limits(seconds=30.0, memory_mb=1500, written_mb=1)


def plain_data(content: bytes, limits: DataLimits = SCENARIO_LIMITS) -> Any:
    """Read YAML or JSON (UTF-8) into plain data within limits; ScenarioError says what is wrong with it.

    Text that is large, or holds a great number of values, is read in a process of its own, with limits.
    """
    if len(content) > MAX_SCENARIO_BYTES:
        raise _fail("over 20 MB", "20 MB are allowed", "remove what is not needed")
    if _is_small(content):
        data = parse_text(text_of(content), limits)
        check_limits(data, limits)
        return data
    data = json.loads(_read_apart(content, limits))
    check_limits(data, limits)
    return data


def text_of(content: bytes) -> str:
    """Return the text of a file (ScenarioError when it is not UTF-8)."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _fail("not text", "UTF-8 text is needed", "save it as UTF-8") from error


def _is_small(content: bytes) -> bool:
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return len(content) <= _SMALL_YAML_BYTES
    marks = sum(content.count(mark) for mark in (b",", b"[", b"{"))
    return len(content) <= _SMALL_JSON_BYTES and marks <= _SMALL_JSON_MARKS


def _read_apart(content: bytes, limits: DataLimits) -> str:
    asked = {"values": limits.values, "items": limits.items, "characters_in_all": limits.characters_in_all}
    try:
        answer: str = ask_apart(TASK, asked, _APART, content=content)
    except Refused as refused:
        raise ScenarioError([Problem(*parts) for parts in _parts(refused)]) from refused
    except ApartError as error:
        raise _fail(f"not read ({str(error).rstrip('.')})", "a scenario is smaller", "use a smaller file") from error
    return answer


def _fail(value: str, allowed: str, remedy: str) -> ScenarioError:
    return ScenarioError([Problem("The file", value, allowed, remedy)])
