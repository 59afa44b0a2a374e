from .base import Prepared, Question, Study, StudyResult
from .reading import read_any_result, read_question, read_stored_question
from .registry import STUDIES, StudyError, find_study, known_study, register_study, study_of
from .reports import report_bytes, report_document
from .spectrum_sharing import SpectrumSharing

__all__ = [
    "STUDIES",
    "Prepared",
    "Question",
    "SpectrumSharing",
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
    "study_of",
]
