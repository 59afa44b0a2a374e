"""Coming in: with a passphrase and a name in a classroom, or by what a login provider tells of somebody."""

from __future__ import annotations

import fnmatch
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itnt_core.person import Person, Role

from .guesses import GuessLimit
from .passphrases import role_of_passphrase
from .store import MOST_NAME, PeopleError, PeopleStore, checked_name, name_key

CLASS, LECTURER = "class", "lecturer"  # before the name in a login of a classroom
LECTURERS_VARIABLE, LOGINS_VARIABLE = "ITNT_LECTURERS", "ITNT_LOGINS"


@dataclass(frozen=True)
class Entry:
    """What came of a try: who came in with which token, or the sentence that says why nobody did."""

    person: Person | None = None
    token: str = ""
    sentence: str = ""
    wait_s: float = 0.0


def enter_class(root: Path, name: str, passphrase: str, code: str, address: str, pace: GuessLimit) -> Entry:
    """Let somebody in by name and passphrase, from a network address that wrong tries slow down (PeopleError).

    The first of a name becomes that person. Whoever comes back, without the cookie, needs the code as well: else
    everybody in the class could be anybody.
    """
    wait_s = pace.wait_s(address)
    if wait_s > 0.0:
        return Entry(sentence=f"Too many wrong tries: wait {math.ceil(wait_s)} s, then try again.", wait_s=wait_s)
    role = role_of_passphrase(root, passphrase)
    if role is None:
        pace.wrong(address)
        return Entry(sentence="This passphrase is wrong: ask your lecturer for it.")
    try:
        name = checked_name(name)
    except PeopleError as error:
        return Entry(sentence=str(error))
    people = PeopleStore(root)
    login = f"{LECTURER if role == 'lecturer' else CLASS}:{name_key(name)}"
    known = people.by_login(login)
    if known is None:
        person = people.make(name, role, login)
        return Entry(person, people.log_in(person))
    if not code or people.is_removed(known) or not people.has_code(known, code):
        pace.wrong(address)
        return Entry(
            sentence=f"There is already somebody called '{name}'. If that is you, give your code (it stands in the "
            "menu under your name); else choose another name."
        )
    return Entry(known, people.log_in(known))


def person_of_provider(root: Path, claims: Mapping[str, Any]) -> Person | None:
    """Return the person whom a login provider tells of, kept at the first time; None for who may not come in.

    ``claims`` are those of the ID token. A person is known by issuer and subject (OpenID Connect Core 1.0, section
    5.7), never by an address alone. Who may come in is listed in ITNT_LOGINS, lecturers in ITNT_LECTURERS: subjects, or
    addresses that the provider has verified, ``*`` in them standing for anything; without a list all may come in.
    """
    subject = str(claims.get("sub") or "")
    if not subject or not claims.get("is_logged_in", True):
        return None
    allowed = _listed(LOGINS_VARIABLE)
    is_lecturer = _is_in(claims, _listed(LECTURERS_VARIABLE))
    if allowed and not is_lecturer and not _is_in(claims, allowed):
        return None
    role: Role = "lecturer" if is_lecturer else "owner"
    login = f"oidc:{claims.get('iss') or claims.get('provider') or ''}|{subject}"
    people, name = PeopleStore(root), _name_of(claims)
    known = people.by_login(login)
    if known is None:
        return people.make(name, role, login)
    if people.is_removed(known):
        return None
    return known if (known.name, known.role) == (name, role) else people.renew(known, name, role)


def _listed(variable: str) -> list[str]:
    return [entry.lower() for entry in os.environ.get(variable, "").replace(",", " ").split()]


def _is_in(claims: Mapping[str, Any], entries: list[str]) -> bool:
    subject, address = str(claims.get("sub") or ""), str(claims.get("email") or "").lower()
    is_verified = claims.get("email_verified") in (True, "true")
    return any(
        entry == subject.lower() or (is_verified and "@" in entry and fnmatch.fnmatchcase(address, entry))
        for entry in entries
    )


def _name_of(claims: Mapping[str, Any]) -> str:
    """Return what somebody is called; what hides something, or is missing, gives way to the address or a plain word."""
    for key in ("name", "preferred_username", "email"):
        try:
            return checked_name(str(claims.get(key) or "")[:MOST_NAME])
        except PeopleError:
            continue
    return "Somebody"
