"""A finished run, made up, for what lists and draws runs."""

from itnt_core.runs import Run


def a_run(number, **more):
    values = {
        "id": f"id-{number}",
        "title": f"Run {number}",
        "kind": "data service",
        "method": "planner",
        "state": "done",
        "progress": 1.0,
        "message": "",
        "created": 0.0,
        "started": 1.0,
        "finished": 3.5,
        "kpis": None,
        "scenario_hash": "",
    }
    return Run(**values | more)
