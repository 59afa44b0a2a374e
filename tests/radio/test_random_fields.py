"""The channel's randomness: a correlated standard normal field, Rayleigh power of mean 1, and generators by name."""

import numpy as np
import pytest

from itnt_core.radio import SharedField, SpatialField, named_generator, rayleigh_power

CORRELATION_M = 50.0
SEEDS = 400
statistical = 0.05  # four standard errors of the estimates below, which average over hundreds of independent fields


def fields_at(points_m):
    """Return the values (seeds, n) of independent fields."""
    generators = (named_generator(seed, "a test") for seed in range(SEEDS))
    return np.array([SpatialField(generator, CORRELATION_M)(points_m) for generator in generators])


@pytest.fixture(scope="module")
def pairs():
    """Values (seeds, pairs) at both ends of pairs of points, and the pairs' distances: 40 pairs a distance."""
    draw = np.random.default_rng(7)
    distances = np.repeat([0.0, 10.0, 25.0, 50.0, 100.0, 200.0], 40)
    starts = draw.uniform(-2000.0, 2000.0, (distances.size, 3))
    directions = draw.standard_normal(starts.shape)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    ends = starts + distances[:, None] * directions
    values = fields_at(np.vstack([starts, ends]))
    return distances, values[:, : distances.size], values[:, distances.size :]


def test_the_field_is_standard_normal(pairs):
    _, start, _ = pairs
    assert start.mean() == pytest.approx(0.0, abs=statistical)
    assert start.var() == pytest.approx(1.0, abs=statistical)
    assert np.mean(np.abs(start) < 1.0) == pytest.approx(0.6827, abs=statistical)
    assert np.mean(np.abs(start) > 2.0) == pytest.approx(0.0455, abs=statistical / 5.0)


@pytest.mark.parametrize("distance_m", [0.0, 10.0, 25.0, 50.0, 100.0, 200.0])
def test_the_fields_correlation_is_exponential(pairs, distance_m):
    distances, start, end = pairs
    chosen = distances == distance_m
    covariance = (start[:, chosen] * end[:, chosen]).mean()
    assert covariance == pytest.approx(np.exp(-distance_m / CORRELATION_M), abs=statistical)


def test_one_field_alone_varies_over_space_as_it_should():
    rough = 0.25  # one field of 256 features, not an ensemble
    values = SpatialField(named_generator(3, "one"), CORRELATION_M)(
        np.random.default_rng(1).uniform(-5e3, 5e3, (4000, 3))
    )
    assert values.mean() == pytest.approx(0.0, abs=rough)
    assert values.var() == pytest.approx(1.0, abs=rough)


def test_the_field_is_the_sum_of_its_waves():
    field = SpatialField(named_generator(5, "waves"), CORRELATION_M)
    points = np.random.default_rng(2).uniform(-20_000.0, 20_000.0, (50, 3))
    waves = np.cos(points @ field.wave_vectors.T + field.phases)
    assert field(points) == pytest.approx(waves.sum(axis=1) * np.sqrt(2.0 / len(field.phases)), abs=1e-6)


def test_the_field_takes_any_array_of_points():
    field = SpatialField(named_generator(5, "waves"), CORRELATION_M)
    points = np.random.default_rng(2).uniform(-500.0, 500.0, (6, 3))
    assert field(points[::2]) == pytest.approx(field(points)[::2])
    assert field(np.asfortranarray(points)) == pytest.approx(field(points))
    assert field(np.zeros((0, 3))).shape == (0,)


def test_a_longer_correlation_stretches_the_field():
    points = np.random.default_rng(4).uniform(-500.0, 500.0, (20, 3))
    short, long = (SpatialField(named_generator(9, "stretch"), length) for length in (50.0, 100.0))
    assert long(2.0 * points) == pytest.approx(short(points), abs=1e-6)


def test_rayleigh_power_is_exponential_with_mean_1():
    draws = np.concatenate([rayleigh_power(1, "gbs-1", f"gu-{user}", 10, 50).ravel() for user in range(100)])
    assert draws.min() > 0.0
    assert draws.mean() == pytest.approx(1.0, abs=statistical)
    assert draws.var() == pytest.approx(1.0, abs=2 * statistical)
    assert np.mean(draws > np.log(2.0)) == pytest.approx(0.5, abs=statistical / 2.0)  # the median of Exp(1)


def test_rayleigh_power_is_a_function_of_seed_station_and_user_alone():
    first = rayleigh_power(1, "gbs-1", "gu-1", 4, 6)
    assert first.shape == (6, 4)
    assert (rayleigh_power(1, "gbs-1", "gu-1", 4, 6) == first).all()
    for other in ((2, "gbs-1", "gu-1"), (1, "gbs-2", "gu-1"), (1, "gbs-1", "gu-2"), (1, "gu-1", "gbs-1")):
        assert np.abs(rayleigh_power(*other, 4, 6) - first).max() > 0.1
    assert (rayleigh_power(1, "gbs-1", "gu-1", 4, 9)[:6] == first).all()  # a longer window draws the same past


def test_generators_are_the_same_for_the_same_names_and_unlike_for_others():
    def draw(*names):
        return named_generator(*names).random(3).tolist()

    assert draw(1, "shadow", "gbs-1") == draw(1, "shadow", "gbs-1")
    different = [
        draw(1, "shadow", "gbs-1"),
        draw(2, "shadow", "gbs-1"),
        draw(1, "sight", "gbs-1"),
        draw(1, "shadow", "gbs-2"),
        draw(1, "gbs-1", "shadow"),
        draw(1, "shadow"),
    ]
    assert len({tuple(numbers) for numbers in different}) == len(different)


def test_fields_that_share_a_part_are_alike_by_their_share():
    """Over many draws at one place: unit variance each, and a correlation of the share."""
    place = np.zeros((1, 3))
    pairs = []
    for number in range(1500):
        common, one, other = (SpatialField(named_generator(number, name), CORRELATION_M) for name in "abc")
        pairs.append([float(SharedField(common, own, 0.5)(place)[0]) for own in (one, other)])
    first, second = np.array(pairs).T
    assert first.std() == pytest.approx(1.0, abs=0.06) and first.mean() == pytest.approx(0.0, abs=0.08)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0.5, abs=0.07)
