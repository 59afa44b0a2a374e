"""Files for the browser: published under content-addressed names in the app's static folder."""

from __future__ import annotations

import json
import os
import time
from functools import lru_cache
from pathlib import Path

import streamlit as st

from itnt_core.views import content_name
from itnt_core.views.libraries import deck_library

ROOT = Path(__file__).resolve().parents[2]
COMPONENT_FOLDER = ROOT / "assets" / "map3d"
DEMO_ID = "demo"
DEMO_FOLDER = ROOT / "assets" / "demo"
GENERATED = ROOT / "static" / "gen"
KEEP_S = 24 * 3600.0  # files that no page has asked for in a day are removed at start


START = "start.js"
# Asks for all files at once: a module that imports a module that imports a module would wait for each in turn.
START_CODE = """const links = NAMES.map((name) => ["modulepreload", new URL(name, import.meta.url).href, ""]);
for (const [rel, href, as] of [...links, ["preload", new URL("DECK", location.origin).href, "script"]]) {
  document.head.append(Object.assign(document.createElement("link"), { rel, href, as }));
}
export const { mount } = await import("./main.js");
"""


def publish(blob: bytes, suffix: str = ".bin") -> str:
    """Write bytes into the static folder unless they are there already; return their address."""
    name = content_name(blob, suffix)
    _write_once(GENERATED / name, blob)
    return address(name)


def component_files() -> dict[str, str]:
    """Publish the map component and its drawing library; return the addresses the component's data names."""
    folder = _publish_component(_newest_change())
    return {
        "code_url": address(f"{folder}/{START}"),
        "style_url": address(f"{folder}/map3d.css"),
        "deck_url": _publish_deck(),
    }


def address(name: str) -> str:
    """Return the address of a generated file as the browser asks for it."""
    return f"{base_path()}/app/static/gen/{name}"


def base_path() -> str:
    """Return what stands before every address of the app: empty, or the configured path."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


@st.cache_resource(show_spinner=False)
def prepare_static_folder() -> None:
    """Remove generated files of earlier days, once per server."""
    GENERATED.mkdir(parents=True, exist_ok=True)
    oldest = time.time() - KEEP_S
    for path in sorted(GENERATED.rglob("*"), reverse=True):
        if path.is_file() and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _write_once(path: Path, blob: bytes) -> None:
    """Write a file whole or not at all; mark it as used when it exists."""
    if path.exists():
        os.utime(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(blob)
    temporary.replace(path)


def _newest_change() -> int:
    """Return when the component's files last changed: an edit during development is seen at the next rerun."""
    return max(path.stat().st_mtime_ns for path in COMPONENT_FOLDER.iterdir())


@lru_cache(maxsize=4)
def _publish_component(changed_ns: int) -> str:
    """Copy the component's modules into one folder named after all of them, so that their imports stay relative."""
    del changed_ns
    blobs = {path.name: path.read_bytes() for path in sorted(COMPONENT_FOLDER.iterdir()) if path.is_file()}
    names = [name for name in blobs if name.endswith(".js")]
    blobs[START] = START_CODE.replace("NAMES", json.dumps(names)).replace("DECK", _publish_deck()).encode()
    folder = "map3d-" + content_name(b"\0".join(name.encode() + blob for name, blob in blobs.items()), "")
    for name, blob in blobs.items():
        _write_once(GENERATED / folder / name, blob)
    return folder


@lru_cache(maxsize=1)
def _publish_deck() -> str:
    """Copy deck.gl out of the installed pydeck wheel, without importing pydeck."""
    return publish(deck_library(), ".js")
