"""Who asks, for the web server: the person of a cookie, of a session, of a file; told to the core, which asks here."""

from __future__ import annotations

import hmac
import ipaddress
import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, Literal

import streamlit as st
from streamlit.auth_util import get_secrets_auth_section
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from itnt_core.data_folder import common_path
from itnt_core.people import PeopleStore, has_passphrase, person_of_provider
from itnt_core.person import FIRST, NobodyError, Person, acting_for, ask_also, is_server, who_asks

COOKIE = "itnt_login"
KNOWN_FOR_S = 5.0  # after so long it is looked up again whether a login still holds
MOST_KNOWN, MOST_FILES = 2000, 20_000  # logins, and addresses of files, remembered at once
Login = Literal["class", "provider"]
_known: OrderedDict[str, tuple[float, Person | None]] = OrderedDict()
_sessions: dict[str, str] = {}  # whose each session is, for good: by its id
_files: OrderedDict[str, set[str]] = OrderedDict()  # for whom each file of a page was made: by its id
_seal_key = secrets.token_bytes(32)
_alone: list[bool] = []  # holds something once it is sure that only this machine reaches a server without a login
_lock = threading.Lock()


@lru_cache(maxsize=1)
def logins() -> tuple[Login, ...]:
    """Return how people log in here, nothing where nobody does: found out once, at the start (PassphraseError)."""
    if not is_server():
        return ()
    found: list[Login] = ["class"] if has_passphrase(common_path()) else []
    section = get_secrets_auth_section()
    return (*found, "provider") if section and section.get("client_id") and section.get("cookie_secret") else (*found,)


def serves_many() -> bool:
    """Say whether people log in here; else everything is the first person's and nothing is asked."""
    return bool(logins())


def refuse_open_doors() -> str:
    """Return why this server must not start: it would be reached from elsewhere, and everybody would be let in."""
    address = str(st.get_option("server.address") or "")
    if not is_server() or serves_many():
        return ""
    if is_loopback(address):
        _alone.append(True)
        return ""
    return (
        f"This server would listen on {address or 'all addresses'} without a login: make a passphrase for your class "
        "with 'python -m itnt_core people passphrase', or name a login provider in secrets.toml (docs/serving.md)."
    )


def is_loopback(address: str) -> bool:
    """Say whether only this machine reaches an address that a server is bound to."""
    if address == "localhost" or address.startswith("unix:"):
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:  # a name may mean anything; none means all interfaces
        return False


def person_of(cookies: Mapping[str, str]) -> Person | None:
    """Return whose cookies these are, None for a stranger (PeopleError)."""
    ours = "\0".join(f"{name}={cookies[name]}" for name in sorted(cookies) if _is_ours(name))
    key = sha256(ours.encode("utf-8", "replace")).hexdigest()
    with _lock:
        found = _known.get(key)
    if found is not None and time.monotonic() - found[0] < KNOWN_FOR_S:
        return found[1]
    person = _looked_up(cookies)
    with _lock:
        _known[key] = time.monotonic(), person
        while len(_known) > MOST_KNOWN:
            _known.popitem(last=False)
    return person


def _is_ours(name: str) -> bool:
    return name == COOKIE or name.startswith(USER_COOKIE_NAME)


def _looked_up(cookies: Mapping[str, str]) -> Person | None:
    if "class" in logins() and cookies.get(COOKIE):
        person = PeopleStore(common_path()).logged_in(cookies[COOKIE])
        if person is not None:
            return person
    if "provider" not in logins() or USER_COOKIE_NAME not in cookies:
        return None
    signed = _get_signed_cookie_with_chunks(dict(cookies), USER_COOKIE_NAME)  # its signature is checked there
    try:
        claims = json.loads(signed) if signed else None
    except ValueError:
        return None
    if not isinstance(claims, dict) or not claims.get("is_logged_in"):
        return None
    return person_of_provider(common_path(), claims)


def forget_logins() -> None:
    """Look everybody up anew: somebody has logged out or was shut out."""
    with _lock:
        _known.clear()


def person_of_session() -> Person | None:
    """Return whose session the page is that this thread runs; None outside of pages (NobodyError for a stranger's).

    A session stays its person's: a browser in which somebody else has logged in meanwhile gets a new one.
    """
    if not serves_many():
        return FIRST if _alone else None
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return None
    person = person_of(st.context.cookies.to_dict())
    if person is None or _sessions.setdefault(context.session_id, person.id) != person.id:
        raise NobodyError("You are not logged in any more, or as somebody else: load the page anew.")
    watch_files()
    return person


def is_session_of(session_id: str, person: Person) -> bool:
    """Say whether a session is a person's, or of nobody yet."""
    return _sessions.get(session_id, person.id) == person.id


def has_session(session_id: str, person: Person) -> bool:
    """Say whether a session is known and a person's."""
    return _sessions.get(session_id) == person.id


def seal(name: str) -> str:
    """Return what proves that the address of a generated file was made for who asks: nobody else's opens it."""
    return _sealed(name, who_asks())


def is_sealed(name: str, given: str, person: Person) -> bool:
    """Say whether a seal is that of a file's name for a person."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), _sealed(name, person).encode())


def _sealed(name: str, person: Person) -> str:
    return hmac.new(_seal_key, f"{person.id}/{name}".encode(), sha256).hexdigest()[:32]


def is_file_of(path: str, person: Person) -> bool:
    """Say whether a file that pages hand out, as in ``/media/ab12.png``, was made for a page of a person."""
    return person.id in _files.get(PurePosixPath(path).stem, ())


@lru_cache(maxsize=1)
def watch_files() -> None:
    """Take note for whom the files of pages are made: Streamlit itself gives each to whoever names it."""
    manager = get_instance().media_file_mgr
    add, execute = manager.add, manager.execute_deferred

    @wraps(add)
    def add_and_note(*arguments: Any, **options: Any) -> str:
        url: str = add(*arguments, **options)
        context = get_script_run_ctx(suppress_warning=True)
        if context is not None:
            _note_file(url, _sessions.get(context.session_id))
        return url

    @wraps(execute)
    def execute_and_note(file_id: str) -> str:
        with manager._lock:
            entry = manager._deferred_callables.get(file_id)
        owner = _sessions.get(entry["session_id"]) if entry else None
        if owner is None:
            return execute(file_id)  # which refuses what it does not know
        with acting_for(Person(owner)):
            url: str = execute(file_id)
        _note_file(url, owner)
        return url

    _replace(manager, "add", add_and_note)
    _replace(manager, "execute_deferred", execute_and_note)


def _replace(manager: Any, name: str, function: Callable[..., str]) -> None:
    setattr(manager, name, function)


def _note_file(url: str, owner: str | None) -> None:
    if owner is None:
        return
    with _lock:
        _files.setdefault(PurePosixPath(url).stem, set()).add(owner)
        while len(_files) > MOST_FILES:
            _files.popitem(last=False)


ask_also(person_of_session)
