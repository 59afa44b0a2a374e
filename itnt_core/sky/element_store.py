"""Element sets on disk, each once, under the hash of its content."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from itnt_core.disk import open_regular
from itnt_core.texts import cleaned

from .element_fields import ElementFileError
from .elements import ElementSet

MOST_NAME_BYTES = 10_000
_HASH = re.compile(r"[0-9a-f]{64}")
MAX_STORED = 200  # files in the data folder


@dataclass(frozen=True)
class StoredElements:
    """One stored element set: its hash, name, and when it was stored (seconds since 1970)."""

    content_hash: str
    name: str
    stored_s: float


def elements_folder(root: Path) -> Path:
    """Return the folder of element sets under a data root."""
    return root / "elements"


def keep_elements(folder: Path, elements: ElementSet) -> str:
    """Write an element set unless its content is there already, and return its hash; the newest name counts."""
    content_hash = elements.content_hash()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{content_hash}.json"
    if path.exists():
        os.utime(path)
    else:
        if len(list(folder.glob("*.json"))) >= MAX_STORED:
            raise ElementFileError(
                f"There are {MAX_STORED} element sets in the data folder already: delete some of its 'elements'."
            )
        _write(path, elements.model_dump_json())
    _write(folder / f"{content_hash}.name", elements.name)
    return content_hash


def stored_elements(folder: Path) -> list[StoredElements]:
    """Return the stored element sets, newest first."""
    found = []
    for path in folder.glob("*.name") if folder.is_dir() else ():
        data = path.with_suffix(".json")
        if _HASH.fullmatch(path.stem) and data.exists():
            with suppress(OSError), open_regular(path) as file:
                name = cleaned(file.read(MOST_NAME_BYTES).decode("utf-8", "replace"), 120)
                found.append(StoredElements(path.stem, name, data.stat().st_mtime))
    return sorted(found, key=lambda item: -item.stored_s)


def read_elements(folder: Path, content_hash: str) -> ElementSet:
    """Read a stored element set by its hash (ElementFileError when it is missing or is not what its name says)."""
    if not _HASH.fullmatch(content_hash):
        raise ElementFileError("This is not the hash of an element set: 64 hexadecimal digits are needed.")
    try:
        with open_regular(folder / f"{content_hash}.json") as file:
            content = file.read()
    except OSError as error:
        raise ElementFileError(
            f"The element set {content_hash[:12]} is not in the data folder: upload its file again."
        ) from error
    try:
        elements = ElementSet.model_validate_json(content)
    except ValidationError as error:
        raise ElementFileError(f"The element set {content_hash[:12]} is damaged: upload its file again.") from error
    if elements.content_hash() != content_hash:
        raise ElementFileError(f"The element set {content_hash[:12]} was changed: upload its file again.")
    return elements


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
