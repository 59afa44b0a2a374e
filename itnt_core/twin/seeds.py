"""One question under another seed: other traffic, shadowing and walks and, where it is asked for, other places."""

from __future__ import annotations

from pathlib import Path

from .scenario import TwinScenario


def with_seed(
    question: TwinScenario, seed: int, places_anew: bool = False, cache_dir: Path | None = None
) -> TwinScenario:
    """Return a question with another seed; ``places_anew`` puts its users where that seed's people are by day.

    So does :func:`itnt_core.twin.twin_preset`: a preset of that seed is the same question. Users keep their names and
    heights. Raises :class:`~itnt_core.city.CityError` where the city has no free ground.
    """
    network = question.network.model_copy(update={"seed": seed})
    if places_anew:
        from itnt_core.city import city_of_scenario, daytime_points  # slow to import

        city = city_of_scenario(network, cache_dir)
        points = daytime_points(city, len(network.ground_users), seed)
        users = tuple(
            user.model_copy(update={"east_m": float(east), "north_m": float(north)})
            for user, (east, north) in zip(network.ground_users, points, strict=True)
        )
        network = network.model_copy(update={"ground_users": users})
    return question.model_copy(update={"network": network})
