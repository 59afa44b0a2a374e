"""The one registry of kinds of study, in the order in which users see them."""

from __future__ import annotations

from itnt_core import extensions
from itnt_core.errors import ItntError
from itnt_core.extensions import Registry

from .base import Study
from .data_service import DataService
from .dispatching import Dispatching
from .spectrum_sharing import SpectrumSharing

_BUILT_IN: tuple[Study, ...] = (DataService(), SpectrumSharing(), Dispatching())
STUDIES: Registry[Study] = Registry(
    extensions.STUDIES, {study.name: study for study in _BUILT_IN}, Study, named_by="name"
)


class StudyError(ItntError, ValueError):
    """A kind of study that is not known here."""


def register_study(study: Study) -> None:
    """Add a kind of study for this process (ExtensionError); one that is to stay is a plug-in: docs/extending.md."""
    STUDIES.register(study.name, study)


def find_study(name: str) -> Study:
    """Return a kind of study by its name (StudyError names the known ones)."""
    if name not in STUDIES:
        remedy = STUDIES.why_not(name) or "Install the plug-in that it came with."
        raise StudyError(f"The kind of study '{name:.60}' is not known here, but {', '.join(STUDIES)} are. {remedy}")
    return STUDIES[name]


def known_study(name: str) -> Study | None:
    """Return a kind of study by its name, None where it is not known here: its runs are listed all the same."""
    return STUDIES.get(name)


def study_of(question: object) -> Study:
    """Return the kind of study that a question is of (StudyError)."""
    for study in STUDIES.values():
        if isinstance(question, study.question_type):
            return study
    raise StudyError(f"A {type(question).__name__} is no question of a known kind of study: give a scenario.")
