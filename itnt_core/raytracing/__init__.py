"""Ray tracing: a deterministic channel from a process of its own, and our urban model compared with it.

Sionna RT is optional and never imported here; see :func:`traced_gains_db`.
"""

from .comparison import (
    SHIPPED_FILE,
    Agreement,
    Comparison,
    agreement,
    agreements,
    compare,
    own_file,
    read_comparison,
    same_sight,
    stored_comparison,
    write_comparison,
)
from .scene import write_scene
from .trace import RayTracingError, TracedGains, TraceSettings, traced_gains_db

__all__ = [
    "SHIPPED_FILE",
    "Agreement",
    "Comparison",
    "RayTracingError",
    "TraceSettings",
    "TracedGains",
    "agreement",
    "agreements",
    "compare",
    "own_file",
    "read_comparison",
    "same_sight",
    "stored_comparison",
    "traced_gains_db",
    "write_comparison",
    "write_scene",
]
