"""Results: labelled arrays with units, a manifest with provenance, files, and their verification."""

from .atomic import write_bytes, write_text
from .dataset import decision_of, served_users, to_dataset
from .errors import ResultError
from .exchange import (
    MANIFEST_FILE,
    RESULT_FILE,
    SCENARIO_FILE,
    has_result,
    keep_scenario,
    read_manifest,
    result_files,
    settle,
)
from .figures import DATA_FIGURES, DATA_SERVICE, KIND_KEY, Figure, card_rows, list_row, study_name
from .files import Result, read_drawable, read_parts, read_result, write_parts, write_result
from .manifest import FEASIBLE, INFEASIBLE, STOPPED_EARLY, build_manifest, headline, infeasible_sentence, provenance
from .seal import sealed
from .verify import Verification, verify_result

__all__ = [
    "DATA_FIGURES",
    "DATA_SERVICE",
    "FEASIBLE",
    "INFEASIBLE",
    "KIND_KEY",
    "MANIFEST_FILE",
    "RESULT_FILE",
    "SCENARIO_FILE",
    "STOPPED_EARLY",
    "Figure",
    "Result",
    "ResultError",
    "Verification",
    "build_manifest",
    "card_rows",
    "decision_of",
    "has_result",
    "headline",
    "infeasible_sentence",
    "keep_scenario",
    "list_row",
    "provenance",
    "read_drawable",
    "read_manifest",
    "read_parts",
    "read_result",
    "result_files",
    "sealed",
    "served_users",
    "settle",
    "study_name",
    "to_dataset",
    "verify_result",
    "write_bytes",
    "write_parts",
    "write_result",
    "write_text",
]
