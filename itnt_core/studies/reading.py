"""Questions and results of whatever kind of study, read from files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from itnt_core.results import DATA_SERVICE, KIND_KEY, read_manifest, study_name
from itnt_core.scenario import SCENARIO_LIMITS, Problem, ScenarioError, check_limits, plain_data, read_file, shown

from .base import Question, Study, StudyResult
from .registry import STUDIES, find_study


def read_question(path: Path) -> tuple[Study, Question]:
    """Read a question file; its key ``kind`` says of which study, without one it is a scenario of data service.

    Raises ScenarioError when it is missing, no text, or wrong.
    """
    known = STUDIES
    loosest = replace(SCENARIO_LIMITS, values=max(study.limits.values for study in known.values()))
    data = plain_data(read_file(path), loosest, path.name)
    name = data.get(KIND_KEY, DATA_SERVICE) if isinstance(data, dict) else DATA_SERVICE
    study = known.get(name) if isinstance(name, str) else None
    if study is None:
        remedy = "correct it, or leave it out for data service"
        raise ScenarioError([Problem("The field kind", shown(name), f"known are {', '.join(known)}", remedy)])
    check_limits(data, study.limits)
    return study, study.parse(data)


def read_stored_question(path: Path, study: Study) -> Question:
    """Read a question of a known study from a file that this program wrote (ScenarioError)."""
    return study.parse(plain_data(read_file(path), study.limits, path.name), stored=True)


def read_any_result(folder: Path) -> tuple[Study, StudyResult]:
    """Read a result folder of any kind of study (ResultError; StudyError where the study is not known here)."""
    study = find_study(study_name(read_manifest(folder)))
    return study, study.load(folder)
