"""Seeded randomness of the channel: fields over space and fading per link, each a fixed function of its name."""

from __future__ import annotations

import zlib

import numpy as np

from .laws import Array

FEATURES = 256


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

    def __call__(self, points_m: Array) -> Array:
        """Return the field at points (n, 3): (n,)."""
        values = np.empty(len(points_m))
        for start in range(0, len(points_m), 8192):  # bounds the (n, features) temporary
            part = slice(start, start + 8192)
            values[part] = np.cos(points_m[part] @ self.wave_vectors.T + self.phases).sum(axis=1)
        return values * np.sqrt(2.0 / FEATURES)


def rayleigh_power(seed: int, station_id: str, user_id: str, subchannels: int, blocks: int) -> Array:
    """Return xi ~ Exp(1), the power of Rayleigh fading per coherence block and subchannel: (blocks, subchannels)."""
    return named_generator(seed, "rayleigh", station_id, user_id).standard_exponential((blocks, subchannels))
