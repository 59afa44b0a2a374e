"""Spectrum twin: base stations and satellites share one band, planned from what a digital twin predicts."""

from __future__ import annotations

from pages.spectrum.studio import spectrum_studio

spectrum_studio()
