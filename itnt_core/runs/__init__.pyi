from .axes import NAMED, POWER, axis_label, axis_words, first_values
from .best import BestSoFar, best_version, read_best
from .cleanup import delete_older, purge, size_mb
from .copies import take_copy
from .costs import CostEstimate, estimate_cost, sentence, spoken_time
from .executing import execute
from .exports import MIME, SUFFIX, Format, export_run, row_words, table_bytes, zip_runs
from .folder import LOG_FILE, RunRequest, read_asked, read_events, read_request, write_request
from .launchers import LauncherError, check_scheduler, checked_address, default_launcher, most_parallel_runs
from .listing import (
    COMPUTING,
    RECORDED_STATE,
    WHOLE_RUN,
    column_names,
    figures_line,
    filtered,
    main_figure,
    method_title,
    picker_names,
    run_rows,
    state_word,
)
from .paths import RunStateError, UnknownRunError, cache_folder, data_root
from .processes import exit_with_parent, stop_group
from .recorded import recorded_runs, run_folder
from .run import HERE, RESUMABLE, STATE_WORDS, Run, RunState, of_study
from .schema import StoreError
from .starting import pinned_environment
from .store import RunStore
from .sweeps import (
    SweepSpec,
    cost_of_works,
    make_sweep,
    numeric_fields,
    parse_values,
    read_sweep,
    stored_sweeps,
    submit_sweep,
    sweep_cost,
    sweep_table,
    works,
)

__all__ = [
    "COMPUTING",
    "HERE",
    "LOG_FILE",
    "MIME",
    "NAMED",
    "POWER",
    "RECORDED_STATE",
    "RESUMABLE",
    "STATE_WORDS",
    "SUFFIX",
    "WHOLE_RUN",
    "BestSoFar",
    "CostEstimate",
    "Format",
    "LauncherError",
    "Run",
    "RunRequest",
    "RunState",
    "RunStateError",
    "RunStore",
    "StoreError",
    "SweepSpec",
    "UnknownRunError",
    "axis_label",
    "axis_words",
    "best_version",
    "cache_folder",
    "check_scheduler",
    "checked_address",
    "column_names",
    "cost_of_works",
    "data_root",
    "default_launcher",
    "delete_older",
    "estimate_cost",
    "execute",
    "exit_with_parent",
    "export_run",
    "figures_line",
    "filtered",
    "first_values",
    "main_figure",
    "make_sweep",
    "method_title",
    "most_parallel_runs",
    "numeric_fields",
    "of_study",
    "parse_values",
    "picker_names",
    "pinned_environment",
    "purge",
    "read_asked",
    "read_best",
    "read_events",
    "read_request",
    "read_sweep",
    "recorded_runs",
    "row_words",
    "run_folder",
    "run_rows",
    "sentence",
    "size_mb",
    "spoken_time",
    "state_word",
    "stop_group",
    "stored_sweeps",
    "submit_sweep",
    "sweep_cost",
    "sweep_table",
    "table_bytes",
    "take_copy",
    "works",
    "write_request",
    "zip_runs",
]
