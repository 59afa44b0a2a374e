"""A pool of processes that needs none: for what is computed, not for where."""

from concurrent.futures import Executor, Future


class OneAfterTheOther(Executor):
    """Takes whatever a pool of processes is made with, and computes at once, in this process."""

    def __init__(self, *sizes, **context):
        pass

    def submit(self, work, /, *arguments, **named):
        """Compute now; what is raised comes out of here."""
        done = Future()
        done.set_result(work(*arguments, **named))
        return done
