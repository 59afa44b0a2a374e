"""The satellites of a run in its report: delay, Doppler, timing, and the power flux density that they bring."""

from __future__ import annotations

from itnt_core.network import Motion
from itnt_core.results import decision_of
from itnt_core.words import satellite_rows

from .blocks import Block, Cell, Heading, Table, Text
from .judged import JudgedRun
from .words import NONE, figures

MOST_SATELLITES = 20  # with a row of their own
WORDS = (
    "Of all links of all users while a satellite serves: delay one way, Doppler shift at the carrier (above 0 while "
    "both approach), timing advance (twice the delay, without feeder links) and how fast it drifts. Power flux density "
    "is that of the densest subchannel, in free space, in the middle of the area, where the beams point."
)


def satellite_blocks(run: JudgedRun) -> list[Block]:
    """Return the part on satellites, nothing where none serves."""
    if not run.world.sky.station_ids:
        return []
    decision = decision_of(run.result.dataset)
    rows = satellite_rows(run.world, decision, Motion.of(run.world, decision.positions_m))[:MOST_SATELLITES]
    cells = tuple(tuple(_cell(run, row["Satellite"], name, value) for name, value in row.items()) for row in rows)
    return [Heading("Satellites"), Table("Satellites over the window.", tuple(rows[0]), cells), Text(WORDS, "note")]


def _cell(run: JudgedRun, satellite: str, name: str, value: object) -> Cell:
    if isinstance(value, float):
        return figures(f"{run.name}.satellites.{satellite}.{name}", value)
    return NONE if value is None else str(value)
