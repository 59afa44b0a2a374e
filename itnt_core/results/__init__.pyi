from .atomic import TEMPORARY, write_bytes, write_text
from .checking import check_sizes, need_variable
from .comparing import RELATIVE_TOLERANCE, array_mismatches, figure_mismatches
from .dataset import decision_of, served_users, to_dataset
from .definitions import split_by_definition
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
from .figures import DATA_FIGURES, DATA_SERVICE, KIND_KEY, Figure, card_rows, is_number, list_row, study_name
from .files import Result, read_drawable, read_parts, read_result, write_parts, write_result
from .manifest import (
    FEASIBLE,
    INFEASIBLE,
    STOPPED_EARLY,
    build_manifest,
    code_version,
    headline,
    infeasible_sentence,
    package_versions,
    provenance,
    status_of,
)
from .seal import is_sealed, sealed
from .verify import ONLY_SEALED, Verification, seal_findings, verify_result

__all__ = [
    "DATA_FIGURES",
    "DATA_SERVICE",
    "FEASIBLE",
    "INFEASIBLE",
    "KIND_KEY",
    "MANIFEST_FILE",
    "ONLY_SEALED",
    "RELATIVE_TOLERANCE",
    "RESULT_FILE",
    "SCENARIO_FILE",
    "STOPPED_EARLY",
    "TEMPORARY",
    "Figure",
    "Result",
    "ResultError",
    "Verification",
    "array_mismatches",
    "build_manifest",
    "card_rows",
    "check_sizes",
    "code_version",
    "decision_of",
    "figure_mismatches",
    "has_result",
    "headline",
    "infeasible_sentence",
    "is_number",
    "is_sealed",
    "keep_scenario",
    "list_row",
    "need_variable",
    "package_versions",
    "provenance",
    "read_drawable",
    "read_manifest",
    "read_parts",
    "read_result",
    "result_files",
    "seal_findings",
    "sealed",
    "served_users",
    "settle",
    "split_by_definition",
    "status_of",
    "study_name",
    "to_dataset",
    "verify_result",
    "write_bytes",
    "write_parts",
    "write_result",
    "write_text",
]
