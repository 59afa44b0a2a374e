"""Results: labelled arrays with units, a manifest with provenance, files, and their verification."""

from .dataset import decision_of, to_dataset
from .files import (
    MANIFEST_FILE,
    RESULT_FILE,
    SCENARIO_FILE,
    Result,
    ResultError,
    load_result,
    save_result,
    write_bytes,
    write_text,
)
from .manifest import build_manifest, headline
from .verify import Verification, verify_result

__all__ = [
    "MANIFEST_FILE",
    "RESULT_FILE",
    "SCENARIO_FILE",
    "Result",
    "ResultError",
    "Verification",
    "build_manifest",
    "decision_of",
    "headline",
    "load_result",
    "save_result",
    "to_dataset",
    "verify_result",
    "write_bytes",
    "write_text",
]
