"""Seeded randomness of the channel: fields over space and fading per link, each a fixed function of its name."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numba
import numpy as np

from .laws import Array

FEATURES = 256  # cosines of a field: the sample deviates from a Gaussian one by about 1 / sqrt(256)


def named_generator(seed: int, *names: str) -> np.random.Generator:
    """Return a generator for a named use: the same seed and names give the same numbers, whatever else exists."""
    return np.random.default_rng(np.random.SeedSequence([seed, *(zlib.crc32(name.encode()) for name in names)]))


class SpatialField:
    """A standard normal field over 3-D space with correlation exp(-distance / correlation length).

    Random Fourier features: the spectral density of the exponential kernel in three dimensions is a multivariate
    Cauchy law. The field is smooth, defined everywhere, and needs no grid; with 256 features its covariance is off by
    about 0.06.
    """

    def __init__(self, generator: np.random.Generator, correlation_m: float):
        normal = generator.standard_normal((FEATURES, 3))
        scale = np.abs(generator.standard_normal((FEATURES, 1)))
        self.wave_vectors = normal / np.maximum(scale, 1e-6) / correlation_m  # (features, 3) rad/m
        self.phases = generator.uniform(0.0, 2.0 * np.pi, FEATURES)
        self.amplitude = float(np.sqrt(2.0 / FEATURES))  # of each cosine; unit variance together

    @property
    def parts(self) -> tuple[tuple[float, SpatialField], ...]:
        """Return the fields whose weighted sum this is: itself."""
        return ((1.0, self),)

    def __call__(self, points_m: Array) -> Array:
        """Return the field at points (n, 3): (n,)."""
        points = np.ascontiguousarray(points_m, dtype=float)
        sums = _sum_of_cosines(points, self.wave_vectors / (2.0 * np.pi), self.phases / (2.0 * np.pi))
        return sums * self.amplitude


@dataclass(frozen=True, eq=False)
class SharedField:
    """A standard normal field, part of which another field shares: sqrt(share) common + sqrt(1 - share) own."""

    common: SpatialField
    own: SpatialField
    share: float

    @property
    def parts(self) -> tuple[tuple[float, SpatialField], ...]:
        """Return the fields whose weighted sum this is."""
        return (float(np.sqrt(self.share)), self.common), (float(np.sqrt(1.0 - self.share)), self.own)

    def __call__(self, points_m: Array) -> Array:
        """Return the field at points (n, 3): (n,)."""
        return sum((weight * field(points_m) for weight, field in self.parts), np.zeros(len(points_m)))


Field = SpatialField | SharedField


@numba.njit(cache=True, nogil=True, fastmath=True)
def _cosine(turns: float) -> float:  # pragma: no cover - compiled
    """Return cos(2 pi turns).

    A Taylor polynomial of the sine after folding to a quarter turn (error below 1e-11): that vectorises, where the
    library's cosine spends its time on reducing large arguments.
    """
    folded = 0.25 - abs(turns - np.floor(turns + 0.5))
    angle = 2.0 * np.pi * folded
    q = angle * angle
    series = -1.0 / 1307674368000.0
    series = series * q + 1.0 / 6227020800.0
    series = series * q - 1.0 / 39916800.0
    series = series * q + 1.0 / 362880.0
    series = series * q - 1.0 / 5040.0
    series = series * q + 1.0 / 120.0
    series = series * q - 1.0 / 6.0
    return angle + angle * q * series


@numba.njit(cache=True, fastmath=True)
def _sum_of_cosines(points: Array, waves: Array, phases: Array) -> Array:  # pragma: no cover - compiled
    """Return sum_f cos(2 pi (waves_f . point + phase_f)) per point; waves (features, 3) and phases in turns."""
    sums = np.zeros(len(points))
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        total = 0.0
        for f in range(len(phases)):
            total += _cosine(waves[f, 0] * x + waves[f, 1] * y + waves[f, 2] * z + phases[f])
        sums[i] = total
    return sums


@numba.njit(cache=True, nogil=True, fastmath=True)
def sum_of_rows(points: Array, waves: Array, phases: Array) -> Array:  # pragma: no cover - compiled
    """Return the same for waves (3, features), an axis a row: six times as fast, and other by the last bits."""
    sums = np.zeros(len(points))
    east, north, up = waves[0], waves[1], waves[2]
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        total = 0.0
        for f in range(len(phases)):
            total += _cosine(east[f] * x + north[f] * y + up[f] * z + phases[f])
        sums[i] = total
    return sums


def rayleigh_power(seed: int, station_id: str, user_id: str, subchannels: int, blocks: int) -> Array:
    """Return xi ~ Exp(1), the power of Rayleigh fading per coherence block and subchannel: (blocks, subchannels)."""
    return named_generator(seed, "rayleigh", station_id, user_id).standard_exponential((blocks, subchannels))
