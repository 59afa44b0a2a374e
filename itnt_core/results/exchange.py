"""One result in a folder, exchanged as a whole: whatever ends a save, a reader finds the old result or the new one.

``manifest.json`` is the only pointer: it names the SHA-256 of the scenario and of the arrays that belong to it. A save
first writes both under names made of their hashes, then renames the new manifest over the old one - that is the
exchange - and then gives the files their plain names. What a killed save leaves behind is finished or removed by the
next one (:func:`settle`). Results from before manifests named hashes are read by their plain names.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itnt_core.disk import disk_sentence, open_regular, shown_path

from .atomic import sync_folder, write_bytes
from .errors import ResultError

SCENARIO_FILE, RESULT_FILE, MANIFEST_FILE = "scenario.json", "result.nc", "manifest.json"
FILES = "files"  # the manifest's key: plain name to SHA-256
MOST_MANIFEST_BYTES, MOST_BYTES = 50_000_000, 4_000_000_000
_LOOKS, _PATIENT_LOOKS, _PAUSE_S = 100, 4, 0.02  # while another process exchanges the result: two seconds in all
_HASHED = r"\.(?:scenario|result)-[0-9a-f]{16}\.(?:json|nc)"
_LEFTOVER = re.compile(rf"{_HASHED}|\.(?:{_HASHED}|manifest\.json|scenario\.json|result\.nc)\.[0-9a-f]+\.tmp")


@dataclass(frozen=True)
class Stored:
    """The bytes of one result; ``is_own`` where the arrays are those that the manifest was written with."""

    scenario: bytes
    arrays: bytes
    manifest: dict[str, Any]
    is_own: bool


def digest(content: bytes | memoryview) -> str:
    """Return the SHA-256 of some bytes, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def exchange(folder: Path, scenario: bytes, arrays: bytes, manifest: Mapping[str, Any]) -> None:
    """Put a result into a folder in place of the one that may be there.

    Raises :class:`ResultError` when the disk refuses it; the old result is whole then.
    """
    new = {SCENARIO_FILE: scenario, RESULT_FILE: arrays}
    hashes = {name: digest(content) for name, content in new.items()}
    text = json.dumps({**manifest, FILES: hashes}, indent=2, allow_nan=False) + "\n"
    fresh: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        settle(folder)
        for name, content in new.items():
            target = _hashed(folder, name, hashes[name])
            fresh += [] if target.exists() else [target]
            write_bytes(target, content)
        sync_folder(folder)
        write_bytes(folder / MANIFEST_FILE, text.encode("utf-8"))
    except OSError as error:
        for target in fresh:
            with suppress(OSError):  # the disk refuses this, too: the next save removes it
                target.unlink(missing_ok=True)
        raise ResultError(f"The result cannot be saved, and what was there is kept: {disk_sentence(error)}") from error
    settle(folder)


def settle(folder: Path) -> None:
    """Finish or take back a save that was cut off. Nobody else may be saving into the folder."""
    hashes = _named_hashes(folder)
    arrays = _hashed(folder, RESULT_FILE, hashes.get(RESULT_FILE, ""))
    if hashes and arrays.exists():  # the exchange was made, the names not yet; the arrays come last
        with suppress(OSError):  # a reader finds them under these names, too
            scenario = _hashed(folder, SCENARIO_FILE, hashes.get(SCENARIO_FILE, ""))
            if scenario.exists():
                scenario.replace(folder / SCENARIO_FILE)
            arrays.replace(folder / RESULT_FILE)
    _remove_leftovers(folder)


def keep_scenario(folder: Path) -> None:
    """Set the scenario of a folder's result aside before another question takes its name (OSError).

    The old result stays readable until a new one is exchanged for it.
    """
    with suppress(ResultError):  # there is none, or none that can be read
        manifest = read_manifest(folder)
        content = (folder / SCENARIO_FILE).read_bytes()
        hashes = dict(_hashes_of(manifest))
        if hashes.setdefault(SCENARIO_FILE, digest(content)) != digest(content):
            return  # set aside already
        write_bytes(_hashed(folder, SCENARIO_FILE, hashes[SCENARIO_FILE]), content)
        if hashes != _hashes_of(manifest):
            text = json.dumps({**manifest, FILES: hashes}, indent=2) + "\n"
            write_bytes(folder / MANIFEST_FILE, text.encode("utf-8"))


def read_stored(folder: Path) -> Stored:
    """Read one whole result, old or new, also while it is exchanged (ResultError)."""
    try:
        for look in range(_LOOKS):
            before = _manifest_bytes(folder)
            manifest = _parsed(before, folder.name)
            hashes = _hashes_of(manifest)
            scenario, is_question = _content(folder, SCENARIO_FILE, hashes)
            arrays, is_own = _content(folder, RESULT_FILE, hashes)
            if is_question and is_own:
                break
            is_settled = _manifest_bytes(folder) == before
            if is_settled and (look >= _PATIENT_LOOKS or RESULT_FILE not in hashes):
                break  # an older result, or one that somebody has changed
            time.sleep(_PAUSE_S)
    except (OSError, ValueError) as error:
        raise _unreadable(folder, error) from error
    return Stored(scenario, arrays, manifest, is_own)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a result, with its figures (ResultError)."""
    try:
        return _parsed(_manifest_bytes(folder), folder.name)
    except (OSError, ValueError) as error:
        raise _unreadable(folder, error) from error


def _unreadable(folder: Path, error: OSError | ValueError) -> ResultError:
    if isinstance(error, ResultError):
        return error
    return ResultError(
        f"The result '{shown_path(folder.name)}' is not complete or not readable: {disk_sentence(error)}"
    )


def has_result(folder: Path) -> bool:
    """Say whether a folder holds a result; whether it can be read is another question."""
    try:
        return (folder / MANIFEST_FILE).is_file()
    except ValueError:  # a NUL in the name
        return False


def result_files(folder: Path) -> dict[str, Path]:
    """Return where the files of a result lie, by their plain names: also while it is exchanged (ResultError)."""
    hashes = _hashes_of(read_manifest(folder))
    found = {MANIFEST_FILE: folder / MANIFEST_FILE}
    for name in (SCENARIO_FILE, RESULT_FILE):
        hashed = _hashed(folder, name, hashes.get(name, ""))
        found[name] = hashed if hashed.exists() else folder / name
    return found


def _manifest_bytes(folder: Path) -> bytes:
    return _bounded(folder / MANIFEST_FILE, MOST_MANIFEST_BYTES)


def _bounded(path: Path, most: int) -> bytes:
    """Return a file's content, asked of the opened file alone: between two looks at a path it may be renamed."""
    try:
        with open_regular(path) as file:
            content = file.read(most + 1)
    except OSError as error:
        if error.errno not in (errno.EISDIR, errno.ENXIO):
            raise
        raise ResultError(
            f"The result's '{path.name}' is a folder or a device, but a file is needed: remove it."
        ) from error
    if len(content) > most:
        raise ResultError(f"The file '{path.name}' of a result is over {most / 1e6:,.0f} MB, which is the limit.")
    return content


def _parsed(content: bytes, name: str) -> dict[str, Any]:
    try:
        manifest = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ResultError(f"The manifest of the result '{shown_path(name)}' is not JSON: compute it again.") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("kpis"), dict):
        raise ResultError(f"The manifest of the result '{shown_path(name)}' holds no figures: compute it again.")
    return manifest


def _hashes_of(manifest: Mapping[str, Any]) -> Mapping[str, str]:
    hashes = manifest.get(FILES)
    known = hashes.items() if isinstance(hashes, dict) else ()
    return {name: value for name, value in known if isinstance(value, str)}


def _named_hashes(folder: Path) -> Mapping[str, str]:
    try:
        return _hashes_of(read_manifest(folder))
    except ResultError:
        return {}


def _content(folder: Path, name: str, hashes: Mapping[str, str]) -> tuple[bytes, bool]:
    """Return a file's content, and whether it is the one that the manifest names."""
    wanted = hashes.get(name)
    if wanted is not None:
        with suppress(FileNotFoundError):  # it has its plain name
            content = _bounded(_hashed(folder, name, wanted), MOST_BYTES)
            if digest(content) == wanted:
                return content, True
    content = _bounded(folder / name, MOST_BYTES)
    return content, wanted is not None and digest(content) == wanted


def _hashed(folder: Path, name: str, sha256: str) -> Path:
    """Return the name of a file while its manifest is not yet, or no longer, the one of the plain name."""
    stem, _, ending = name.partition(".")
    key = sha256[:16] if re.fullmatch(r"[0-9a-f]{64}", sha256) else "0" * 16
    return folder / f".{stem}-{key}.{ending}"


def _remove_leftovers(folder: Path) -> None:
    """Remove what killed saves have left, but nothing that the manifest names."""
    with suppress(OSError):  # a folder that cannot be written keeps them until it can
        hashes = _named_hashes(folder)
        named = {_hashed(folder, name, value).name for name, value in hashes.items()}
        for file in folder.iterdir():
            if _LEFTOVER.fullmatch(file.name) and file.name not in named:
                file.unlink(missing_ok=True)
