"""The figures that a finished scheme is known by."""

from __future__ import annotations

from itnt_core.results import Figure

TWIN_FIGURES: tuple[Figure, ...] = (
    Figure(
        "mean_backlog_mbit",
        "Mean backlog",
        "Mbit",
        is_on_card=True,
        is_listed=True,
        words="What has arrived and was not yet served, of all users, mean over the slots; less is better.",
    ),
    Figure(
        "objective_mbit",
        "Weighted backlog",
        "Mbit",
        is_needed=False,
        words="What every plan minimises: the mean backlog weighted by the users' priorities, and power's price.",
    ),
    Figure(
        "bound_mbit",
        "Certified bound",
        "Mbit",
        is_needed=False,
        words="No scheme that keeps the limits leaves less than this weighted backlog, whatever it knows: proved from "
        "the actual gains and arrivals. Empty where no bound holds or is in reach.",
    ),
    Figure(
        "gap",
        "Gap to the bound",
        "%",
        1,
        100.0,
        is_needed=False,
        words="By what part of itself the weighted backlog lies above the certified bound: it could fall by so much at "
        "most. Empty where there is no bound, and where next to nothing waits.",
    ),
    Figure("max_backlog_mbit", "Greatest backlog", "Mbit", is_on_card=True, words="In the worst slot."),
    Figure("final_backlog_mbit", "Backlog at the end", "Mbit", words="At the end of the last slot."),
    Figure("served_mbit", "Served", "Mbit", words="By both systems in the whole window."),
    Figure("delay_s", "Mean wait", "s", 2, is_needed=False, words="Mean queue over throughput (Little's law)."),
    Figure(
        "satisfied_share",
        "Satisfied users",
        "%",
        1,
        100.0,
        words="Users whose mean wait is within a cycle, by Little's law for each.",
    ),
    Figure("ntn_share", "Served by satellite", "%", 1, 100.0, is_on_card=True, words="Of all that both systems serve."),
    Figure("shared_subbands", "Sub-bands that both systems use", words="Mean over the cycles, by the powers sent."),
    Figure("tn_only_subbands", "Sub-bands of base stations alone", words="Mean over the cycles, by the powers sent."),
    Figure("ntn_only_subbands", "Sub-bands of satellites alone", words="Mean over the cycles, by the powers sent."),
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
    Figure(
        "reports",
        "Reports that the twin learned from",
        digits=0,
        is_needed=False,
        words="Of users that were served, before each window was planned.",
    ),
    Figure(
        "reports_within",
        "Reports where the twin expected them",
        "%",
        1,
        100.0,
        is_needed=False,
        words="Within the interval that was to hold nine tenths of them.",
    ),
    Figure("violations", "Violations", digits=0, words="Recomputed in each cycle while the run went on."),
    Figure("plan_s", "Time of a plan", "s", 3, words="Mean over the windows."),
    Figure("refine_s_per_cycle", "Time of a correction", "s", 3, words="Mean over the cycles."),
    Figure("wall_s", "Computing time", "s", words="Of the whole roll-out."),
    Figure("seed", "Seed", digits=0, is_asked=True, words="Of everything random."),
)
