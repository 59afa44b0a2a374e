from .copying import copy_draft, copy_run, seen_draft, seen_drafts, seen_runs
from .entering import CLASS, LECTURER, LECTURERS_VARIABLE, LOGINS_VARIABLE, Entry, enter_class, person_of_provider
from .guesses import GuessLimit
from .passphrases import (
    LEAST_CHARACTERS,
    PASSPHRASE_FILE,
    PassphraseError,
    has_passphrase,
    keep_passphrase,
    role_of_passphrase,
)
from .shares import Share, ShareError, Shares
from .store import LOGIN_DAYS, MOST_NAME, Known, PeopleError, PeopleStore, name_key

__all__ = [
    "CLASS",
    "LEAST_CHARACTERS",
    "LECTURER",
    "LECTURERS_VARIABLE",
    "LOGINS_VARIABLE",
    "LOGIN_DAYS",
    "MOST_NAME",
    "PASSPHRASE_FILE",
    "Entry",
    "GuessLimit",
    "Known",
    "PassphraseError",
    "PeopleError",
    "PeopleStore",
    "Share",
    "ShareError",
    "Shares",
    "copy_draft",
    "copy_run",
    "enter_class",
    "has_passphrase",
    "keep_passphrase",
    "name_key",
    "person_of_provider",
    "role_of_passphrase",
    "seen_draft",
    "seen_drafts",
    "seen_runs",
]
