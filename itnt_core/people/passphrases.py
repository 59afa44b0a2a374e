"""The passphrases of a classroom: one for all, one for lecturers, kept as argon2 hashes in a private file."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from itnt_core.disk import disk_sentence, open_regular, shown_path
from itnt_core.errors import ItntError
from itnt_core.person import Role
from itnt_core.results import write_text

PASSPHRASE_FILE = "passphrases.json"  # noqa: S105 - the name of a file
LEAST_CHARACTERS, MOST_CHARACTERS = 12, 200  # of a passphrase
MOST_BYTES = 10_000
_one_at_a_time = threading.Lock()  # a check takes 64 MB and a tenth of a second: strangers must not add them up


class PassphraseError(ItntError, ValueError):
    """A passphrase that cannot be kept, or the file of them that cannot be read; its text is one sentence."""


def has_passphrase(root: Path) -> bool:
    """Say whether a passphrase for the class is kept in a data root (PassphraseError where the file is damaged)."""
    return "owner" in _kept(root)


def keep_passphrase(root: Path, passphrase: str, role: Role = "owner") -> None:
    """Keep the hash of a passphrase in a data root, in place of the one before (PassphraseError)."""
    from argon2 import PasswordHasher

    if not LEAST_CHARACTERS <= len(passphrase) <= MOST_CHARACTERS:
        raise PassphraseError(
            f"The passphrase has {len(passphrase)} characters, but {LEAST_CHARACTERS} to {MOST_CHARACTERS} are needed: "
            "take four words or more."
        )
    hashes = {**_kept(root)}
    hashes.pop(role, None)
    if any(_fits(kept, passphrase) for kept in hashes.values()):
        raise PassphraseError("This passphrase is that of the others already: lecturers need one of their own.")
    hashes[role] = PasswordHasher().hash(passphrase)
    path = root / PASSPHRASE_FILE
    before = os.umask(0o077)
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_text(path, json.dumps(hashes, indent=2) + "\n")
    except OSError as error:
        raise PassphraseError(f"The passphrase cannot be kept: {disk_sentence(error, path)}") from error
    finally:
        os.umask(before)


def role_of_passphrase(root: Path, passphrase: str) -> Role | None:
    """Return as whom a passphrase lets in, None where it is wrong (PassphraseError where the file is damaged)."""
    hashes = _kept(root)
    if len(passphrase) > MOST_CHARACTERS:
        return None
    roles: tuple[Role, ...] = ("owner", "lecturer")
    return next((role for role in roles if role in hashes and _fits(hashes[role], passphrase)), None)


def _fits(kept: str, passphrase: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    with _one_at_a_time:
        try:
            return PasswordHasher().verify(kept, passphrase)
        except (VerificationError, InvalidHashError):
            return False


def _kept(root: Path) -> dict[str, str]:
    """Return the hashes by role."""
    path = root / PASSPHRASE_FILE
    try:
        with open_regular(path) as file:
            found = json.loads(file.read(MOST_BYTES))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise PassphraseError(
            f"The passphrases in '{shown_path(path)}' cannot be read: make them anew with `people passphrase`."
        ) from error
    if not isinstance(found, dict):
        raise PassphraseError(f"The file '{shown_path(path)}' holds no passphrases: make them anew.")
    return {role: kept for role, kept in found.items() if role in ("owner", "lecturer") and isinstance(kept, str)}
