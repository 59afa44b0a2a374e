"""The figures that a finished scheme is known by."""

from __future__ import annotations

from itnt_core.results import Figure

TWIN_FIGURES: tuple[Figure, ...] = (
    Figure(
        "mean_backlog_mbit",
        "Mean backlog",
        "Mbit",
        card_digits=1,
        is_listed=True,
        words="What has arrived and was not yet served, of all users, mean over the slots; less is better.",
    ),
    Figure("max_backlog_mbit", "Greatest backlog", "Mbit", card_digits=1, words="In the worst slot."),
    Figure("final_backlog_mbit", "Backlog at the end", "Mbit", words="At the end of the last slot."),
    Figure("served_mbit", "Served", "Mbit", words="By both systems in the whole window."),
    Figure("delay_s", "Mean waiting time (Little's law)", "s", 2, is_needed=False, words="Mean queue over throughput."),
    Figure(
        "satisfied_share",
        "Users whose mean wait is within a cycle",
        "%",
        0,
        100.0,
        words="By Little's law for each user.",
    ),
    Figure("ntn_share", "Served by satellite", "%", 0, 100.0, card_digits=0, words="Of all that both systems serve."),
    Figure("shared_subbands", "Sub-bands that both systems use, mean", words="Over the cycles, by the powers sent."),
    Figure("tn_only_subbands", "Sub-bands of base stations alone, mean", words="Over the cycles, by the powers sent."),
    Figure("ntn_only_subbands", "Sub-bands of satellites alone, mean", words="Over the cycles, by the powers sent."),
    Figure(
        "inr_at_tn_users_db",
        "Interference over noise at base stations' users",
        "dB",
        is_needed=False,
        words="From satellites, mean over the cycles.",
    ),
    Figure(
        "inr_at_ntn_users_db",
        "Interference over noise at satellites' users",
        "dB",
        is_needed=False,
        words="From base stations, mean over the cycles.",
    ),
    Figure("violations", "Constraint violations", digits=0, words="Recomputed in each cycle while the run went on."),
    Figure("plan_s", "Time of a plan", "s", 2, words="Mean over the windows."),
    Figure("refine_s_per_cycle", "Time of a correction", "s", 2, words="Mean over the cycles."),
    Figure("wall_s", "Computing time", "s", words="Of the whole roll-out."),
    Figure("seed", "Seed", digits=0, words="Of everything random."),
)
