"""Calibration: 3GPP's exam for channel models, taken by this program's radio while one looks on."""

from __future__ import annotations

from pages.calibrating.exam import show_exam
from pages.calibrating.limits import show_limits
from pages.calibrating.satellites import show_satellites
from pages.shared.frame import page

PURPOSE = (
    "3GPP's own exam for channel models, taken live by the radio that all plans here rest on: what dropped users meet, "
    "beside what the companies found that took part."
)

with page("Calibration", PURPOSE):
    show_exam()
    show_satellites()
    show_limits()
