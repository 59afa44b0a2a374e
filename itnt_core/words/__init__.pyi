from .ages import age_words
from .amounts import count_of
from .calibration import (
    CASE_TITLES,
    EXAM_BASIS,
    NOT_CALIBRATED,
    budget_line_rows,
    budget_sentence,
    direct_to_cell_sentences,
    drawn_words,
    exam_sentence,
    panel_rows,
    panel_sentence,
    panel_title,
    panel_words,
)
from .changes import label_and_unit, method_changes, scenario_changes, step_words
from .city_reports import (
    city_line,
    counts_sentence,
    glance_figures,
    reading_rows,
    reason_rows,
    report_lines,
    report_rows,
)
from .comparison import (
    LETTERS,
    MOST_RUNS,
    best_sentence,
    comparison_figures,
    comparison_notes,
    kpi_rows,
    kpi_table,
    user_data_mbit,
)
from .differences import scenario_differences
from .explanations import explanation_rows
from .fields import CHOICES, Field, field_value, fields_of, fields_that_count
from .handover import handover_kpis, handover_rows, handover_sentence, user_changes
from .live import HEADLINE_KEYS, WORTH_KEYS, live_figures, live_headline, run_headline
from .optional_parts import optional_parts
from .placed_changes import PlacedChange, placed_changes
from .promise import promise_rows, promise_sentence, promise_sentences
from .quick import quick_figures, sinr_rows, worst_rows
from .ranking import best_of_methods, result_sentence
from .satellites import densest_flux_dbw_m2_mhz, flux_cost_rows, flux_sentences, link_rows, satellite_rows
from .short_changes import change_count, object_count, short_changes
from .summaries import first_figures, headline_figures, replay_sentence, result_figures, user_kinds, user_rows
from .tables import TABLES, edited_members, table_rows, with_members
from .twin import (
    bound_sentence,
    change_sentences,
    least_backlog_sentence,
    twin_headline,
    twin_sentence,
    user_backlog_rows,
)
from .why import why_rows, why_sentence

__all__ = [
    "CASE_TITLES",
    "CHOICES",
    "EXAM_BASIS",
    "HEADLINE_KEYS",
    "LETTERS",
    "MOST_RUNS",
    "NOT_CALIBRATED",
    "TABLES",
    "WORTH_KEYS",
    "Field",
    "PlacedChange",
    "age_words",
    "best_of_methods",
    "best_sentence",
    "bound_sentence",
    "budget_line_rows",
    "budget_sentence",
    "change_count",
    "change_sentences",
    "city_line",
    "comparison_figures",
    "comparison_notes",
    "count_of",
    "counts_sentence",
    "densest_flux_dbw_m2_mhz",
    "direct_to_cell_sentences",
    "drawn_words",
    "edited_members",
    "exam_sentence",
    "explanation_rows",
    "field_value",
    "fields_of",
    "fields_that_count",
    "first_figures",
    "flux_cost_rows",
    "flux_sentences",
    "glance_figures",
    "handover_kpis",
    "handover_rows",
    "handover_sentence",
    "headline_figures",
    "kpi_rows",
    "kpi_table",
    "label_and_unit",
    "least_backlog_sentence",
    "link_rows",
    "live_figures",
    "live_headline",
    "method_changes",
    "object_count",
    "optional_parts",
    "panel_rows",
    "panel_sentence",
    "panel_title",
    "panel_words",
    "placed_changes",
    "promise_rows",
    "promise_sentence",
    "promise_sentences",
    "quick_figures",
    "reading_rows",
    "reason_rows",
    "replay_sentence",
    "report_lines",
    "report_rows",
    "result_figures",
    "result_sentence",
    "run_headline",
    "satellite_rows",
    "scenario_changes",
    "scenario_differences",
    "short_changes",
    "sinr_rows",
    "step_words",
    "table_rows",
    "twin_headline",
    "twin_sentence",
    "user_backlog_rows",
    "user_changes",
    "user_data_mbit",
    "user_kinds",
    "user_rows",
    "why_rows",
    "why_sentence",
    "with_members",
    "worst_rows",
]
