"""The one registry of kinds of study, in the order in which users see them.

A study of somebody else's is registered by :func:`register_study`. Runs are computed in processes of their own, which
know it when the variable ITNT_STUDIES names the module that does so: ``ITNT_STUDIES=my_package.slicing``.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from functools import cache

from itnt_core.errors import ItntError

from .base import Study
from .data_service import DataService
from .spectrum_sharing import SpectrumSharing

MODULES_VARIABLE = "ITNT_STUDIES"  # modules that register studies when they are imported, with commas between
_STUDIES: dict[str, Study] = {study.name: study for study in (DataService(), SpectrumSharing())}


class StudyError(ItntError, ValueError):
    """A kind of study that is not known here, or cannot be."""


def register_study(study: Study) -> None:
    """Add a kind of study, for this process (StudyError when its name is taken, or it has none)."""
    if not study.name or _STUDIES.get(study.name, study) is not study:
        raise StudyError(f"The kind of study '{study.name}' is known already, or its name is empty: choose another.")
    _STUDIES[study.name] = study


def studies() -> Mapping[str, Study]:
    """Return all kinds of study by name (StudyError when a module that ITNT_STUDIES names cannot be imported)."""
    for module in filter(None, os.environ.get(MODULES_VARIABLE, "").split(",")):
        _import_once(module.strip())
    return dict(_STUDIES)


@cache
def _import_once(module: str) -> None:
    try:
        importlib.import_module(module)
    except Exception as error:  # the code is somebody else's: whatever is wrong with it is told as that
        raise StudyError(
            f"The module '{module}' of {MODULES_VARIABLE} cannot be imported ({type(error).__name__}: {error}): "
            "install or mend it, or take it out of there."
        ) from error


def find_study(name: str) -> Study:
    """Return a kind of study by its name (StudyError names the known ones)."""
    known = studies()
    if name not in known:
        raise StudyError(
            f"The kind of study '{name:.60}' is not known here, but {', '.join(known)} are: install what it came "
            f"with, and name its module in {MODULES_VARIABLE}."
        )
    return known[name]


def known_study(name: str) -> Study | None:
    """Return a kind of study by its name, None where it is not known here: its runs are listed all the same."""
    return studies().get(name)


def study_of(question: object) -> Study:
    """Return the kind of study that a question is of (StudyError)."""
    for study in studies().values():
        if isinstance(question, study.question_type):
            return study
    raise StudyError(f"A {type(question).__name__} is no question of a known kind of study: give a scenario.")
