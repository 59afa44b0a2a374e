from .drawing import JUDGED, MOST_WORLDS, USUAL_WORLDS, PromiseError, draw_promise
from .drawing_apart import promise_apart
from .kept import PROMISE_FILE, SHARE, DamagedPromiseError, Promise, read_promise, write_promise
from .order import CONFIDENCE, Level, least_draws, promised, worst_tenth

__all__ = [
    "CONFIDENCE",
    "JUDGED",
    "MOST_WORLDS",
    "PROMISE_FILE",
    "SHARE",
    "USUAL_WORLDS",
    "DamagedPromiseError",
    "Level",
    "Promise",
    "PromiseError",
    "draw_promise",
    "least_draws",
    "promise_apart",
    "promised",
    "read_promise",
    "worst_tenth",
    "write_promise",
]
