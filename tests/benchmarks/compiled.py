"""Makes numba ready for its first compiled function: half a second of every process else, whatever it computes."""

from numba.core.registry import cpu_target

cpu_target.target_context.refresh()
