"""What comes from outside the package: entry points of installed distributions, and what a notebook registers.

A distribution offers a thing under a name in one of the :data:`GROUPS` of entry points. The names are read from its
metadata; its code is imported when somebody asks for the thing itself. An offer that cannot be loaded, or whose name is
taken, is left out, costs nothing else, and is told in one sentence. Each kind of thing has one :class:`Registry`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Any, Generic, TypeVar

from itnt_core.errors import ItntError
from itnt_core.texts import cleaned

CHANNEL_MODELS = "itnt_studio.channel_models"
CITY_FORMATS = "itnt_studio.city_formats"
EXPORT_FORMATS = "itnt_studio.export_formats"
METHODS = "itnt_studio.methods"
STUDIES = "itnt_studio.studies"
GROUPS = {  # group of entry points: what one of its things is called
    CHANNEL_MODELS: "channel model",
    CITY_FORMATS: "city format",
    EXPORT_FORMATS: "export format",
    METHODS: "method",
    STUDIES: "kind of study",
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 _.-]{0,39}")
_MARK = "itnt_studio."  # what the groups have in common: distributions without it are not looked at further
_NOTEBOOK = "this session"  # where what a notebook registers comes from
_LONGEST_REASON = 200  # characters of an error of somebody else's code

Thing = TypeVar("Thing")


class ExtensionError(ItntError, ValueError):
    """Something from outside the package that cannot be used; ``reason`` and ``remedy`` are parts of its sentence."""

    def __init__(self, sentence: str, reason: str = "", remedy: str = ""):
        super().__init__(sentence)
        self.reason, self.remedy = reason, remedy


@dataclass(frozen=True)
class Offer:
    """A thing that somebody offers, not loaded yet; ``origin`` is the distribution with its version."""

    group: str
    name: str
    origin: str
    target: str  # module:attribute
    load: Callable[[], Any]

    def left_out(self, why: str, remedy: str) -> str:
        """Say that it is not used, why, and what to do."""
        return (
            f"{self.origin} offers the {GROUPS[self.group]} '{self.name}' ({self.target}), which is left out since it "
            f"{why}: {remedy}."
        )


_REGISTERED: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
_REGISTRIES: dict[str, Registry[Any]] = {}


class Registry(Mapping[str, Thing], Generic[Thing]):
    """All things of one kind by name: the built-in ones, those registered here, those of installed distributions.

    As a mapping it holds what can be used, in this order. ``protocol`` is the class whose members a thing has,
    ``named_by`` the member that holds its name, where there is one.
    """

    def __init__(self, group: str, built_in: Mapping[str, Thing], protocol: type, named_by: str | None = None):
        self._group, self._built_in, self._named_by = group, dict(built_in), named_by
        members = [*getattr(protocol, "__annotations__", ()), *vars(protocol)]
        self._members = [name for name in dict.fromkeys(members) if not name.startswith("_")]
        self._loaded: dict[str, Thing] = {}
        self._left_out: dict[tuple[str, str], str] = {}  # (name, origin): the sentence
        _REGISTRIES[group] = self

    def __getitem__(self, name: str) -> Thing:
        """Return a thing; KeyError for one that is not known or cannot be used, :meth:`why_not` says which."""
        for known in (self._built_in, _REGISTERED[self._group], self._loaded):
            if name in known:
                return known[name]
        offer = self._offers().get(name)
        if offer is None or (name, offer.origin) in self._left_out:
            raise KeyError(name)
        return self._load(offer)

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all things that can be used; whatever is installed is loaded."""
        yield from self._built_in
        more = dict.fromkeys((*_REGISTERED[self._group], *sorted(self._offers())))
        yield from (name for name in more if name in self)

    def __len__(self) -> int:
        """Return how many things can be used."""
        return sum(1 for _ in self)

    @property
    def noun(self) -> str:
        """Return what one of its things is called."""
        return GROUPS[self._group]

    def is_built_in(self, name: str) -> bool:
        """Say whether a thing comes with the program."""
        return name in self._built_in

    def origin(self, name: str) -> str | None:
        """Return where a thing comes from: its distribution with the version, None for a built-in or unknown one."""
        if name in self._built_in:
            return None
        if name in _REGISTERED[self._group]:
            return _NOTEBOOK
        offer = self._offers().get(name)
        return offer.origin if offer else None

    def register(self, name: str, thing: Thing) -> None:
        """Add a thing for this process, or replace one that was registered here (ExtensionError)."""
        wrong, remedy = self._wrong(name, thing)
        if name in self._built_in or name in self._offers():
            wrong, remedy = "has a name that is taken", "choose another name"
        if wrong:
            raise ExtensionError(f"The {self.noun} '{name:.60}' cannot be registered, since it {wrong}: {remedy}.")
        _REGISTERED[self._group][name] = thing

    def why_not(self, name: str) -> str:
        """Say in a sentence why a thing that somebody offers cannot be used; '' where nobody offers it."""
        return next((sentence for (known, _), sentence in self._all_left_out().items() if known == name), "")

    def problems(self) -> list[str]:
        """Return a sentence for everything that is offered and cannot be used; whatever is installed is loaded."""
        for name in self._offers():
            _ = name in self
        return list(self._all_left_out().values())

    @contextmanager
    def blamed(self, name: str) -> Iterator[None]:
        """Tell an unforeseen error of a thing that is not built in as the fault of whom it comes from."""
        try:
            yield
        except (ItntError, MemoryError, OSError):
            raise
        except Exception as error:
            origin = self.origin(name)
            if origin is None:
                raise
            reason = f"it failed ({_reason(error)})"
            remedy = f"tell the authors of {origin}, or choose another {self.noun}"
            raise ExtensionError(
                f"The {self.noun} '{name}' of {origin}: {reason}; {remedy}.", reason, remedy
            ) from error

    def _offers(self) -> dict[str, Offer]:
        """Return the offer that counts for each name: a free one, of the first distribution by name."""
        found: dict[str, Offer] = {}
        for offer in _installed().get(self._group, ()):
            if _NAME.fullmatch(offer.name) and offer.name not in self._built_in:
                found.setdefault(offer.name, offer)
        return found

    def _all_left_out(self) -> dict[tuple[str, str], str]:
        """Return what is known to be left out: by its name alone, or since it was loaded."""
        counting, left_out = self._offers(), dict(self._left_out)
        for offer in _installed().get(self._group, ()):
            first = counting.get(offer.name)
            if offer.name in self._built_in:
                words = f"has the name of a built-in {self.noun}", "its authors must rename it"
            elif first is None:
                words = "has a name that is none", "its authors must rename it"
            elif first is not offer:
                words = f"has the name of one of {first.origin}", "uninstall one of the two"
            else:
                continue
            left_out[offer.name, offer.origin] = offer.left_out(*words)
        return left_out

    def _load(self, offer: Offer) -> Thing:
        had_torch = "torch" in sys.modules
        try:
            thing = offer.load()
            words = self._wrong(offer.name, thing)
        except (Exception, SystemExit) as error:  # the code is somebody else's: whatever is wrong with it is told
            words = f"cannot be loaded ({_reason(error)})", "update or uninstall it"
        else:
            if "torch" in sys.modules and not had_torch:  # the dashboard's own process stays without it
                words = "imports torch while it is loaded", "its authors must import it where it is used"
        if words[0]:
            self._left_out[offer.name, offer.origin] = offer.left_out(*words)
            raise KeyError(offer.name)
        self._loaded[offer.name] = thing
        return thing

    def _wrong(self, name: str, thing: Any) -> tuple[str, str]:
        """Return what keeps a thing from being used, and what to do; two empty texts for a thing that is right."""
        missing = [member for member in self._members if not hasattr(thing, member)]
        if missing:
            return f"has no {', '.join(missing)}", f"give it what docs/extending.md says of a {self.noun}"
        if not _NAME.fullmatch(name):
            return "has a name that is none", "letters, digits, '.', '_', '-' and blanks make up to 40 characters"
        own = getattr(thing, self._named_by) if self._named_by else name
        return ("", "") if own == name else (f"calls itself '{own}'", "both names must be the same")


def offered_names(group: str) -> tuple[str, ...]:
    """Return the names that are registered here or offered by installed distributions, without loading anything."""
    installed = (offer.name for offer in _installed().get(group, ()) if _NAME.fullmatch(offer.name))
    return tuple(dict.fromkeys((*_REGISTERED[group], *installed)))


def code_places(group: str) -> tuple[Path, ...]:
    """Return the files and folders in which the code of a group's offers lies, found without importing it.

    A confined process may read only what is named; an editable installation lies outside of Python's own folders.
    """
    places: set[Path] = set()
    for offer in _installed().get(group, ()):
        try:
            found = util.find_spec(offer.target.partition(":")[0].partition(".")[0])
        except (ImportError, ValueError):  # loading it tells what is wrong
            continue
        if found is not None:
            folders = list(found.submodule_search_locations or ())
            found_at = folders or ([found.origin] if found.origin and found.has_location else [])
            places |= {Path(place).resolve() for place in found_at}
    return tuple(sorted(places))


def look_again() -> None:
    """Forget what was found and loaded, as after an installation in a running session; what is registered stays."""
    _installed.cache_clear()
    for registry in _REGISTRIES.values():
        registry._loaded.clear()
        registry._left_out.clear()


@cache
def _installed() -> dict[str, tuple[Offer, ...]]:
    """Return the offers of each group by name, then by distribution; of a distribution found twice the first counts."""
    found: dict[str, dict[str, list[Offer]]] = {}
    for distribution in metadata.distributions():
        text = distribution.read_text("entry_points.txt") or ""
        if _MARK not in text or distribution.name in found:
            continue
        found[distribution.name] = {}
        for entry in _entries(distribution):
            if entry.group in GROUPS:
                origin = f"{distribution.name} {distribution.version}"
                offer = Offer(entry.group, entry.name, origin, entry.value, entry.load)
                found[distribution.name].setdefault(entry.group, []).append(offer)
    listed = {group: [offer for one in found.values() for offer in one.get(group, ())] for group in GROUPS}
    return {group: tuple(sorted(some, key=lambda one: (one.name, one.origin))) for group, some in listed.items()}


def _entries(distribution: metadata.Distribution) -> list[metadata.EntryPoint]:
    """Return the entry points of a distribution, none where its list is damaged: it costs only itself."""
    try:
        return list(distribution.entry_points)
    except Exception:  # importlib.metadata raises what its parser meets
        return []


def _reason(error: BaseException) -> str:
    return cleaned(f"{type(error).__name__}: {error}", _LONGEST_REASON)
