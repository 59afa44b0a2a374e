"""What the schemes are called: light to import, for lists of runs."""

from __future__ import annotations

from itnt_core.errors import ItntError

SCHEME_TITLES = {
    "genie": "Perfect forecasts",
    "joint_refine": "DT-JointRA + RT-Refine",
    "joint": "DT-JointRA",
    "orthogonal_refine": "Orthogonal + RT-Refine",
    "tn_only_refine": "TN only + RT-Refine",
    "greedy": "Greedy full reuse",
    "reactive": "Reactive, no twin",
    "lite": "DT-JointRA + RT lite",
}
SCHEME_WORDS = {
    "genie": "one plan of the whole run, as far as its size allows, from the actual gains and arrivals: what perfect "
    "knowledge reaches by this algorithm. The certified bound is another line: nothing falls below that one",
    "joint_refine": "a plan from the twin, its terrestrial part corrected each cycle with what is then known",
    "joint": "a plan from the twin, carried out as it is",
    "orthogonal_refine": "the band split between the systems, no sub-band shared; corrected each cycle",
    "tn_only_refine": "base stations alone, corrected each cycle",
    "greedy": "every sub-band at equal power everywhere, the strongest station, shares by what waits and what the twin "
    "expects to arrive; ignores Z_max, so the certified bound does not hold for it",
    "reactive": "each cycle planned with the data of the one before",
    "lite": "the plan's powers; each cycle one linear program corrects shares and steering",
}

IGNORES_SHARED_MOST = frozenset({"greedy"})  # every sub-band is shared, whatever Z_max says

WITHOUT_TWIN = frozenset({"genie", "greedy", "reactive"})  # the first knows the truth, the others go by the past


class SchemeError(ItntError, ValueError):
    """A scheme that does not exist."""


def find_scheme(key: str) -> str:
    """Return a scheme's key if there is one (SchemeError)."""
    if key not in SCHEME_TITLES:
        raise SchemeError(f"The scheme '{key}' is unknown: choose one of {', '.join(SCHEME_TITLES)}.")
    return key
