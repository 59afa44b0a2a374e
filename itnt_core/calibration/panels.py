"""The panels of the exam: what this program finds beside what the companies found, and whether that is a pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.errors import ItntError
from itnt_core.network import best_servers, build_world
from itnt_core.scenario import Scenario
from itnt_core.units import to_db

from .aerial import aerial_drop, echo_losses_db
from .cases import CASES, DOWNTILT_DEG, Case
from .drop import copies_m, drop
from .reference import Reference, reference
from .wrap import wrapped_gains

DROPS = 10  # of a network: their users make one distribution
AERIAL_DROPS = 200  # of targets: the shadowing of one drop is much alike
METRICS = ("coupling_loss", "wideband_sir", "geometry_sinr")  # by their names in the companies' table
MOST_DROPS = 1000  # of a case: how far apart two seeds are
MOST_SEEDS = 2**32 // MOST_DROPS  # a scenario's seed has 32 bits
AERIAL, AERIAL_REFERENCE = "uma-av-6ghz", "TRPmo(t)-6GHz"


class CalibrationError(ItntError, ValueError):
    """An exam that cannot be taken, or that gave no panel."""


@dataclass(frozen=True)
class Mark:
    """What a panel must reach: deviations from the median of the companies in dB, and the share within their range."""

    measure: str  # "rms" over the percentiles, or "greatest"
    most_db: float
    least_inside: float


NETWORK_MARK, AERIAL_MARK = Mark("rms", 1.0, 0.95), Mark("greatest", 1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Panel:
    """A metric of a case: the companies' percentiles and ours (91,), and the mark that it is held to."""

    case: str
    metric: str
    seed: int
    samples: int
    mark: Mark
    theirs: Reference
    ours: Array

    @property
    def deviation_db(self) -> Array:
        """Return ours less the companies' median in dB, of the shape of the percentiles."""
        return self.ours - self.theirs.median

    @property
    def rms_db(self) -> float:
        """Return the root mean square of the deviations, 5th to 95th percentile."""
        return float(np.sqrt((self.deviation_db**2).mean()))

    @property
    def greatest_db(self) -> float:
        """Return the greatest deviation without its sign."""
        return float(np.abs(self.deviation_db).max())

    @property
    def inside(self) -> float:
        """Return the share of percentiles that lie between the lowest and the highest company."""
        return float(((self.ours >= self.theirs.lowest) & (self.ours <= self.theirs.highest)).mean())

    @property
    def passed(self) -> bool:
        """Say whether both marks are reached."""
        deviation = self.rms_db if self.mark.measure == "rms" else self.greatest_db
        return deviation <= self.mark.most_db and self.inside >= self.mark.least_inside


def sit(
    case: str, seed: int = 1, downtilt_deg: float = DOWNTILT_DEG, drops: int | None = None
) -> Iterator[float | Panel]:
    """Take the exam in one case: yield which share of it is done, again and again, and last its panels.

    ``downtilt_deg`` other than the companies' makes it wrong on purpose; over one round site it has no meaning.
    KeyError for a case that is not there, CalibrationError for a seed that cannot be.
    """
    if not 0 <= seed < MOST_SEEDS:
        raise CalibrationError(f"The seed is {seed}, but 0 to {MOST_SEEDS - 1} is allowed: choose another.")
    samples: dict[str, list[Array]] = {}
    drops = drops or (AERIAL_DROPS if case == AERIAL else DROPS)
    for number in range(drops):
        for metric, values in _sampled(case, _drop_seed(seed, number), downtilt_deg).items():
            samples.setdefault(metric, []).append(values)
        yield (number + 1) / drops
    for metric, parts in samples.items():
        together = np.concatenate(parts)
        ours = np.percentile(together, reference(reference_of(case), metric).percentiles)
        yield panel_of(case, metric, seed, len(together), ours)


def take_exam(
    case: str, seed: int = 1, downtilt_deg: float = DOWNTILT_DEG, drops: int | None = None
) -> tuple[Panel, ...]:
    """Return the panels of one case (KeyError for one that is not there), as :func:`sit` finds them."""
    return tuple(found for found in sit(case, seed, downtilt_deg, drops) if isinstance(found, Panel))


def network_samples(scenario: Scenario, case: Case) -> dict[str, Array]:
    """Return the metrics (J,) of a drop in dB: what its users meet with every sector at full power."""
    world = build_world(scenario)
    gains = wrapped_gains(world, copies_m(case))
    received_w = gains * world.equal_share_w[0]
    best, sinr = best_servers(received_w, world.noise_w)
    _, sir = best_servers(received_w, 0.0)
    found = (to_db(gains[np.arange(len(gains)), best]), to_db(sir), to_db(sinr))
    return dict(zip(METRICS, found, strict=True))


def _sampled(case: str, seed: int, downtilt_deg: float) -> dict[str, Array]:
    if case == AERIAL:
        return {METRICS[0]: echo_losses_db(aerial_drop(seed))}
    return network_samples(drop(CASES[case], seed, downtilt_deg=downtilt_deg), CASES[case])


def panel_of(case: str, metric: str, seed: int, samples: int, ours: Array) -> Panel:
    """Return a panel from our percentiles (n,) in dB of so many samples (KeyError for an unknown case or metric)."""
    mark = AERIAL_MARK if case == AERIAL else NETWORK_MARK
    return Panel(case, metric, seed, samples, mark, reference(reference_of(case), metric), ours)


def reference_of(case: str) -> str:
    """Return the name of a case in the companies' table (KeyError for an unknown one)."""
    return AERIAL_REFERENCE if case == AERIAL else CASES[case].reference


def _drop_seed(seed: int, number: int) -> int:
    """Return the seed of a drop: no two drops of two seeds of the exam are the same."""
    return seed * MOST_DROPS + number
