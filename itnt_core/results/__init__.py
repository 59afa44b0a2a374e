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
from .files import Result, read_drawable, read_result, write_result
from .manifest import FEASIBLE, INFEASIBLE, STOPPED_EARLY, build_manifest, headline, infeasible_sentence
from .seal import sealed
from .verify import Verification, verify_result

__all__ = [
    "FEASIBLE",
    "INFEASIBLE",
    "MANIFEST_FILE",
    "RESULT_FILE",
    "SCENARIO_FILE",
    "STOPPED_EARLY",
    "Result",
    "ResultError",
    "Verification",
    "build_manifest",
    "decision_of",
    "has_result",
    "headline",
    "infeasible_sentence",
    "keep_scenario",
    "read_drawable",
    "read_manifest",
    "read_result",
    "result_files",
    "sealed",
    "served_users",
    "settle",
    "to_dataset",
    "verify_result",
    "write_bytes",
    "write_result",
    "write_text",
]
