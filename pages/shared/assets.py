"""Files for the browser: kept under content-addressed names in the data folder and served from there."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import streamlit as st

from itnt_core.data_folder import common_path, common_root
from itnt_core.errors import ItntError
from itnt_core.installed import asset
from itnt_core.mapdata import content_name, deck_library, plotly_library
from itnt_core.recorded import FIRST_RECORDED, RECORDED

from .who import seal, serves_many

COMPONENT_FOLDER = asset("map3d") / "src"
DEMO_ID = FIRST_RECORDED
DEMO_FOLDER = RECORDED[DEMO_ID]
KEEP_S = 24 * 3600.0  # files that no page has asked for in a day are removed at start
NAME = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)?\.[a-z0-9]+")  # what a generated file may be called
_log = logging.getLogger("itnt_studio")

CODE = (".js", ".css", ".svg")  # endings of the program; all else is data: scenarios, results, cities
START = "start.js"
# Asks for all files at once: a module that imports a module that imports a module would wait for each in turn.
START_CODE = """const links = NAMES.map((name) => ["modulepreload", new URL(name, import.meta.url).href, ""]);
for (const [rel, href, as] of [...links, ["preload", new URL("DECK", location.origin).href, "script"]]) {
  document.head.append(Object.assign(document.createElement("link"), { rel, href, as }));
}
export const { mount } = await import("./main.js");
"""


class PublishError(ItntError, RuntimeError):
    """Nowhere on this machine can a file for the browser be written."""


def publish(blob: bytes, suffix: str = ".bin") -> str:
    """Keep bytes for the browser unless they are kept already; return their address (PublishError)."""
    name = content_name(blob, suffix)
    _keep({name: blob})
    return address(name)


def published_file(name: str) -> Path | None:
    """Return where a generated file of this name lies, None if there is none."""
    if not NAME.fullmatch(name):
        return None
    return next((folder / name for folder in _folders() if (folder / name).is_file()), None)


def component_files() -> dict[str, str]:
    """Publish the map component and its drawing libraries; return the addresses the component's data names.

    They are looked after once a second: every change of every page needs them.
    """
    return dict(_component_files(int(time.monotonic()), _data_folder()))


@lru_cache(maxsize=256)
def _component_files(second: int, folder: Path) -> dict[str, str]:
    del second, folder
    published = publish_component()
    return {
        "code_url": address(f"{published}/{START}"),
        "style_url": address(f"{published}/map3d.css"),
        "deck_url": _publish_library(deck_library),
        "plotly_url": _publish_library(plotly_library),
    }


def address(name: str) -> str:
    """Return the address of a generated file as the browser asks for it: of data, for who asks alone."""
    sealed = f"{seal(name)}/{name}" if serves_many() and not is_code(name) else name
    return f"{base_path()}/app/static/gen/{sealed}"


def is_code(name: str) -> bool:
    """Say whether a generated file is part of the program, the same for all, and tells nothing about anybody."""
    return name.endswith(CODE)


def live_address(token: str) -> str:
    """Return the address at which the browser asks for the live optimum of a session."""
    return f"{base_path()}/app/live/{token}"


def base_path() -> str:
    """Return what stands before every address of the app: empty, or the configured path."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


@st.cache_resource(show_spinner=False)
def remove_old_files() -> None:
    """Remove generated files of earlier days, once per server."""
    folder = _data_folder()
    oldest = time.time() - KEEP_S
    for entry in folder.iterdir() if folder.is_dir() else ():
        try:
            if _last_used(entry) < oldest:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        except OSError as problem:  # another server was quicker, or nothing may be removed here: it only takes room
            _log.info("An old file for the browser stays: %s", problem)


def _last_used(entry: Path) -> float:
    """Return when a generated file, or any file of a generated folder, was last asked for (seconds since 1970)."""
    files = [path for path in entry.iterdir() if path.is_file()] if entry.is_dir() else []
    return max(path.stat().st_mtime for path in (entry, *files))


def _data_folder() -> Path:
    """Return the folder of generated files in the data folder; neither need exist."""
    return common_path() / "browser"


@lru_cache(maxsize=1)
def _spare_folder() -> Path:
    """Make the folder that is used while nothing can be written into the data folder: private, of this server alone."""
    return Path(tempfile.mkdtemp(prefix="itnt-browser-"))


def _folders() -> list[Path]:
    """Return the folders that may hold generated files, the best first."""
    return [_data_folder(), *([_spare_folder()] if _spare_folder.cache_info().currsize else [])]


def _keep(blobs: dict[str, bytes]) -> None:
    """Write files that belong together, by name, where that is possible (PublishError)."""
    try:
        common_root()  # made private, if it is new
        _write_once(_data_folder(), blobs)
    except OSError as full:
        _log.info("Files for the browser go into a temporary folder: %s", full)
        try:
            _write_once(_spare_folder(), blobs)
        except OSError as problem:
            raise PublishError(
                "The map cannot be shown: files for the browser can be written neither into the data folder nor into "
                f"the folder for temporary files ({problem.strerror}). Make room there, or name another folder in "
                "ITNT_DATA_DIR."
            ) from problem


def _write_once(folder: Path, blobs: dict[str, bytes]) -> None:
    """Write files whole, the last one last: once it is there all are, and it alone is then marked as used."""
    last = folder / list(blobs)[-1]
    if last.exists():
        with suppress(OSError):  # where nothing may be written nothing is removed either
            os.utime(last)
        return
    for name, blob in blobs.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        temporary.write_bytes(blob)
        temporary.replace(path)


def _newest_change() -> int:
    """Return when the component's files last changed: an edit during development is seen at the next rerun."""
    return max(path.stat().st_mtime_ns for path in COMPONENT_FOLDER.iterdir())


def publish_component() -> str:
    """Publish the component's modules in one folder named after all of them, so that their imports stay relative."""
    folder, blobs = _component(_newest_change(), _publish_library(deck_library))
    _keep({f"{folder}/{name}": blob for name, blob in blobs.items()})
    return folder


@lru_cache(maxsize=4)
def _component(changed_ns: int, deck_address: str) -> tuple[str, dict[str, bytes]]:
    """Return the name of the component's folder and its files."""
    del changed_ns
    blobs = {path.name: path.read_bytes() for path in sorted(COMPONENT_FOLDER.iterdir()) if path.is_file()}
    names = [name for name in blobs if name.endswith(".js")]
    blobs[START] = START_CODE.replace("NAMES", json.dumps(names)).replace("DECK", deck_address).encode()
    return "map3d-" + content_name(b"\0".join(name.encode() + blob for name, blob in blobs.items()), ""), blobs


def _publish_library(read: Callable[[], bytes]) -> str:
    """Publish a drawing library out of an installed wheel; return its address."""
    name, blob = _library(read)
    _keep({name: blob})
    return address(name)


@lru_cache(maxsize=2)
def _library(read: Callable[[], bytes]) -> tuple[str, bytes]:
    blob = read()
    return content_name(blob, ".js"), blob
