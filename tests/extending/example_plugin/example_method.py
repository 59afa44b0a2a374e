"""A method: fly straight, share power evenly, and serve on every subchannel whom the strongest link reaches."""

from pydantic import Field

from itnt_core.association import MaxSinrAssociator, make_problem
from itnt_core.flight import reference_flight
from itnt_core.methods import MethodSettings, ProgressEvent
from itnt_core.network import Decision
from itnt_core.power import equal_power


class StrongestSettings(MethodSettings):
    """What can be set; the page makes its form from this, the command line takes ``--set power_share=0.5``."""

    power_share: float = Field(1.0, gt=0.0, le=1.0, description="Share of the stations' power that is used")


class StrongestFirst:
    """The strongest link first, at a share of equal power."""

    key = "strongest_first"
    title = "Strongest first"
    summary = "Straight flights, a share of equal power, the strongest link first."
    settings_type = StrongestSettings

    def solve(self, world, settings, seed, notify):
        """Return a decision for the world."""
        positions_m = reference_flight(world)  # (slots + 1, aerial users, 3)
        power_w = settings.power_share * equal_power(world)  # (slots, stations, subchannels)
        notify(ProgressEvent(phase="association", fraction=0.5, message="Strongest first"))
        association = MaxSinrAssociator().solve(make_problem(world, world.gains(positions_m), power_w))
        return Decision(association.station, association.subchannel, positions_m, power_w)


STRONGEST_FIRST = StrongestFirst()
