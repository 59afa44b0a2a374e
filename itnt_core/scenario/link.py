"""A scenario as part of an address: its JSON, compressed, in letters that an address may hold."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

from .files import scenario_of_bytes
from .model import Scenario
from .problems import Problem, ScenarioError

MOST_LINK_CHARACTERS = 6000  # longer addresses are cut by some mail programs, proxies and browsers
# A link is ten times smaller than its JSON, or less; this much comes from a link that was made to be unpacked.
MOST_JSON_BYTES = 200_000
_ALLOWED = re.compile(r"[A-Za-z0-9_-]+")


def link_token(scenario: Scenario) -> str | None:
    """Return the text that stands for a scenario in an address, or None when it would be too long for one."""
    content = scenario.model_dump_json().encode()
    token = base64.urlsafe_b64encode(zlib.compress(content, 9)).decode("ascii").rstrip("=")
    return token if len(token) <= MOST_LINK_CHARACTERS and len(content) <= MOST_JSON_BYTES else None


def scenario_of_link(token: str) -> Scenario:
    """Return the scenario that an address names; ScenarioError when it is damaged, too large, or breaks a rule."""
    if len(token) > MOST_LINK_CHARACTERS:
        raise _unusable(f"{len(token):,} characters long", f"{MOST_LINK_CHARACTERS:,} are allowed", "use a file")
    if not _ALLOWED.fullmatch(token):
        raise _unusable("not made of the letters of a link", "only A-Z, a-z, 0-9, '-' and '_' may stand in it")
    try:
        packed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        content = _unpacked(packed)
    except (binascii.Error, zlib.error) as error:
        raise _unusable("damaged", "a whole link is needed") from error
    if not content.startswith(b"{"):
        raise _unusable("of something else", "a scenario is needed")
    return scenario_of_bytes(content)


def _unpacked(packed: bytes) -> bytes:
    """Decompress, but never more than a scenario can need: a small link may claim to hold gigabytes."""
    reader = zlib.decompressobj()
    data = reader.decompress(packed, MOST_JSON_BYTES)
    if reader.unconsumed_tail:
        raise _unusable(
            f"larger than {MOST_JSON_BYTES // 1000} kB when unpacked", "a scenario is smaller", "use a file"
        )
    if not reader.eof or reader.unused_data:
        raise zlib.error("cut off or followed by something else")
    return data


def _unusable(value: str, allowed: str, remedy: str = "copy the whole link again") -> ScenarioError:
    return ScenarioError([Problem("The scenario link", value, allowed, remedy)])
