"""Which definition of a figure a stored result used: its manifest's version tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Raise it whenever a figure or an array gets another definition, and say below what changed.
# 2: results are sealed; idle subchannels radiate what is left of a station's power under the always-on convention.
# 3: an answer at its bounds is optimal, and of all methods the reference alone has an optimal association.
MANIFEST_VERSION = 3


@dataclass(frozen=True)
class Change:
    """A definition that changed: results of a version below ``since`` may hold ``names`` by the older one."""

    since: int
    names: frozenset[str]
    words: str


CHANGES = (
    Change(
        2,
        frozenset(
            {
                "data_service_always_on_mbit",
                "outage_always_on",
                "sinr_always_on_db",
                "rate_always_on_mbit_s",
            }
        ),
        "Its always-on figures follow an older definition, by which idle subchannels radiated what the method had left "
        "on them (the planner nothing); today they radiate what is left of the station's power.",
    ),
)


def version_of(manifest: Mapping[str, Any]) -> int:
    """Return the version of a manifest, 1 where it says none."""
    version = manifest.get("version")
    return version if isinstance(version, int) and not isinstance(version, bool) else 1


def split_by_definition(manifest: Mapping[str, Any], mismatches: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return mismatches as sentences, and what is explained by a definition that was another one then."""
    left, notes = dict(mismatches), []
    for change in CHANGES:
        names = change.names & left.keys()
        if version_of(manifest) < change.since and names:
            notes.append(f"{change.words} {_both(left, names)}")
            left = {name: sentence for name, sentence in left.items() if name not in names}
    return list(left.values()), notes


def _both(mismatches: Mapping[str, str], names: frozenset[str]) -> str:
    """Return the sentences about figures; those about arrays add nothing to them."""
    return " ".join(mismatches[name] for name in sorted(names) if " variable " not in mismatches[name])
