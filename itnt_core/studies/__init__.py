"""Kinds of study: what each can be asked, how it is computed, kept, judged and shown; one registry of them.

Nothing outside this room and a study's own pages asks which kind it has before it: it finds the study by its name, and
asks that.
"""

from .base import Prepared, Question, Study, StudyResult
from .reading import read_any_result, read_question, read_stored_question
from .registry import StudyError, find_study, known_study, register_study, studies, study_of
from .reports import report_bytes, report_document

__all__ = [
    "Prepared",
    "Question",
    "Study",
    "StudyError",
    "StudyResult",
    "find_study",
    "known_study",
    "read_any_result",
    "read_question",
    "read_stored_question",
    "register_study",
    "report_bytes",
    "report_document",
    "studies",
    "study_of",
]
