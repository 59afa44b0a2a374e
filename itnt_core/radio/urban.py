"""The urban channel: line of sight from the city's buildings, 3GPP path loss, correlated shadowing."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from itnt_core.arrays import BoolArray
from itnt_core.city import City, ways_out_m
from itnt_core.scenario import Scenario, first_of_site
from itnt_core.sky import SkyTrack
from itnt_core.units import from_db

from . import laws, satellite
from .atmosphere import slant_loss
from .laws import Array
from .links import LinkGeometry, Transmitters, elevation_at_user_deg
from .random_fields import Field, SharedField, SpatialField, named_generator

LOWEST_HIGH_USER_M = 13.0  # from here on the surroundings count: TR 38.901 table 7.4.1-1 note 1


class UrbanChannel:
    """TR 38.901 (ground users), TR 36.777 (aerial users) and TR 38.811 (satellites) over the city's own geometry.

    Where the city has no buildings, line of sight falls back on the standards' probabilities, drawn as a seeded
    spatially correlated field. A satellite link of an aerial user is line of sight unless a building blocks it. Left
    out: what buildings take from users indoors, which is none of a place's (:mod:`itnt_core.radio.indoors`); Doppler;
    rain and gas unless the scenario asks for them.
    """

    def __init__(self, scenario: Scenario, city: City, sky: SkyTrack):
        self.scenario = scenario
        self.city = city
        self.transmitters = Transmitters(scenario, sky)
        self._air = slant_loss(scenario)
        correlation_m = scenario.channel.shadow_correlation_m
        # The sectors of a site see the same buildings: they share line of sight and shadowing.
        self._site = np.array(first_of_site(scenario.ground_stations), dtype=np.int64)
        gbs_ids = tuple(scenario.ground_stations[index].id for index in self._site)

        def fields(use: str, ids: tuple[str, ...], share: float = 0.0) -> list[Field]:
            def field(*names: str) -> SpatialField:
                return SpatialField(named_generator(scenario.seed, use, *names), correlation_m)

            named: dict[str, Field] = {}
            common = field() if share else None
            for name in dict.fromkeys(ids):  # each once, however many sectors a site has
                own = field(name)
                named[name] = SharedField(common, own, share) if common else own
            return [named[name] for name in ids]

        # of the GBSs in scenario order; empty without shadowing, so that a bound sees what the gains use
        alike = scenario.channel.site_correlation
        self.gbs_shadow = fields("shadow", gbs_ids, alike) if scenario.channel.shadowing else []
        self._leo_shadow = fields("shadow", sky.station_ids)
        self._gbs_sight = fields("sight", gbs_ids)
        self._gbs_surroundings = fields("surroundings", gbs_ids)
        self._leo_sight = fields("sight", sky.station_ids)

    def gbs_gain(self, points_m: Array, aerial: bool, sight: BoolArray | None = None) -> Array:
        """Return the gains (n, GBSs): path loss by sight, shadowing, antenna."""
        los = self.gbs_sight(points_m, aerial) if sight is None else sight
        sigma_db = laws.shadow_sigma_db(los, points_m[:, 2:], aerial, self.scenario.channel.deployment)
        return self._gbs_gain(points_m, aerial, los, sigma_db)

    def gbs_gain_from_indoors(self, points_m: Array, sight: BoolArray) -> Array:
        """Return the gains (n, GBSs) of users in buildings: their shadowing spreads as that of no user outside does."""
        return self._gbs_gain(points_m, False, sight, laws.INDOOR_SIGMA_DB)

    def _gbs_gain(self, points_m: Array, aerial: bool, los: BoolArray, sigma_db: Array | float) -> Array:
        geometry = LinkGeometry.between(points_m, self.transmitters.gbs_m)
        loss_db = self._path_loss_db(geometry, points_m, los, aerial)
        if self.gbs_shadow:
            loss_db = loss_db + sigma_db * _evaluate(self.gbs_shadow, points_m)
        return from_db(self.transmitters.gbs_antenna_db(geometry) - loss_db)

    def _environment_m(self, geometry: LinkGeometry, points_m: Array) -> Array | float:
        """Return the height of the surroundings of ground users' links (n, GBSs): drawn where users are high up."""
        heights_m = points_m[:, 2:]
        if heights_m.max(initial=0.0) < LOWEST_HIGH_USER_M:
            return 1.0
        drawn = ndtr(_evaluate(self._gbs_surroundings, points_m))
        return laws.environment_height_m(geometry.d2d_m, heights_m, drawn)

    def _path_loss_db(self, geometry: LinkGeometry, points_m: Array, los: BoolArray, aerial: bool) -> Array:
        heights_m = points_m[:, 2:]
        carrier, uma = self.scenario.radio.carrier_ghz, self.scenario.channel.deployment == "uma"
        d3d = geometry.d3d_m
        if aerial:
            clear = laws.uma_av_los_db(d3d, carrier) if uma else laws.umi_av_los_db(d3d, heights_m, carrier)
            blocked = (laws.uma_av_nlos_db if uma else laws.umi_av_nlos_db)(d3d, heights_m, carrier)
        else:
            arguments = (geometry.d2d_m, d3d, self.transmitters.gbs_m[:, 2], heights_m, carrier)
            around = (self._environment_m(geometry, points_m),) if uma else ()
            clear = (laws.uma_los_db if uma else laws.umi_los_db)(*arguments, *around)
            blocked = (laws.uma_nlos_db if uma else laws.umi_nlos_db)(*arguments, *around)
        return np.where(los, clear, blocked)

    def gbs_sight(self, points_m: Array, aerial: bool) -> BoolArray:
        """Say which GBSs (n, GBSs) have line of sight to points (n, 3)."""
        stations_m = self.transmitters.gbs_m
        if self.city.building_count:
            places, place = np.unique(self._site, return_inverse=True)
            ends_m = np.broadcast_to(stations_m[places], (len(points_m), len(places), 3))
            return _pairwise_sight(self.city, points_m, ends_m)[:, place]
        d2d = LinkGeometry.between(points_m, stations_m).d2d_m
        deployment = self.scenario.channel.deployment
        if aerial:
            probability = laws.aerial_los_probability(d2d, points_m[:, 2:], deployment)
        else:
            probability = laws.ground_los_probability(d2d, deployment, points_m[:, 2:])
        return ndtr(_evaluate(self._gbs_sight, points_m)) < probability

    def leo_sight(self, points_m: Array, satellites_m: Array, aerial: bool) -> BoolArray:
        """Say which satellites (n, L) are in line of sight of points (n, 3); false below the horizon."""
        elevation = elevation_at_user_deg(points_m, satellites_m)
        if self.city.building_count:
            return (elevation > 0.0) & _pairwise_sight(self.city, points_m, satellites_m)
        if aerial:
            return elevation > 0.0
        probability = satellite.LOS_PROBABILITY[self.scenario.channel.clutter][satellite.table_row(elevation)]
        return (elevation > 0.0) & (ndtr(_evaluate_repeated(self._leo_sight, points_m)) < probability)

    def gbs_sight_from_indoors(self, points_m: Array) -> BoolArray:
        """Say which GBSs (n, GBSs) see where the way to points (n, 3) in buildings enters these."""
        if not self.city.building_count:
            return self.gbs_sight(points_m, aerial=False)
        stations_m = self.transmitters.gbs_m
        return _sight_out(self.city, points_m, np.broadcast_to(stations_m, (len(points_m), *stations_m.shape)))

    def leo_sight_from_indoors(self, points_m: Array, satellites_m: Array) -> BoolArray:
        """Say the same of satellites (n, L, 3): (n, L); false below the horizon."""
        if not self.city.building_count:
            return self.leo_sight(points_m, satellites_m, aerial=False)
        above = elevation_at_user_deg(points_m, satellites_m) > 0.0
        return above & _sight_out(self.city, points_m, satellites_m)

    def leo_gain(self, points_m: Array, satellites_m: Array, aerial: bool, sight: BoolArray | None = None) -> Array:
        """Return the gains (n, L): free space, scintillation, air, clutter where blocked, shadowing (GUs), beam."""
        carrier, clutter = self.scenario.radio.carrier_ghz, self.scenario.channel.clutter
        elevation = elevation_at_user_deg(points_m, satellites_m)
        row = satellite.table_row(elevation)
        los = self.leo_sight(points_m, satellites_m, aerial) if sight is None else sight
        distance = LinkGeometry.between(points_m, satellites_m).d3d_m
        loss_db = laws.free_space_db(distance, carrier) + satellite.scintillation_db(carrier)
        loss_db = loss_db + self._air(elevation)
        loss_db = loss_db + np.where(los, 0.0, satellite.CLUTTER_LOSS_DB[clutter][row])
        if self.scenario.channel.shadowing and not aerial:
            sigma_db = np.where(los, satellite.SIGMA_LOS_DB[clutter][row], satellite.SIGMA_NLOS_DB[clutter][row])
            loss_db = loss_db + sigma_db * _evaluate_repeated(self._leo_shadow, points_m)
        gain = from_db(self.transmitters.leo_antenna_db(points_m, satellites_m) - loss_db)
        return np.where(elevation > 0.0, gain, 0.0)

    def fades(self, points_m: Array) -> BoolArray:
        """Return true where a ground user's GBS link (n, GBSs) is blocked: Rayleigh applies without line of sight."""
        return ~self.gbs_sight(points_m, aerial=False)


def _evaluate(fields: list[Field], points_m: Array) -> Array:
    """Return the fields (n, fields) at points (n, 3), each distinct field evaluated once."""
    parts = {part: part(points_m) for field in dict.fromkeys(fields) for _, part in field.parts}
    values = {field: _weighted(field, parts) for field in dict.fromkeys(fields)}
    columns = [values[field] for field in fields]
    return np.stack(columns, axis=1) if columns else np.zeros((len(points_m), 0))


def _evaluate_repeated(fields: list[Field], points_m: Array) -> Array:
    """Return the same where the points are a few that come again and again, as users do who stand still."""
    if not fields:
        return _evaluate(fields, points_m)
    distinct, back = np.unique(points_m, axis=0, return_inverse=True)
    return _evaluate(fields, distinct)[back]


def _weighted(field: Field, values: dict[SpatialField, Array]) -> Array:
    """Return a field from the values of its parts."""
    weighted = [values[part] if weight == 1.0 else weight * values[part] for weight, part in field.parts]
    return weighted[0] if len(weighted) == 1 else np.add(*weighted)


def _sight_out(city: City, points_m: Array, ends_m: Array) -> BoolArray:
    """Return the sight (n, m) between the outside of the buildings around points (n, 3) and ends (n, m, 3)."""
    starts = ways_out_m(city, points_m, ends_m).reshape(-1, 3)
    return city.line_of_sight(starts, ends_m.reshape(-1, 3)).reshape(ends_m.shape[:2])


def _pairwise_sight(city: City, points_m: Array, ends_m: Array) -> BoolArray:
    """Return the sight (n, m) between points (n, 3) and ends (n, m, 3)."""
    count, ends = ends_m.shape[:2]
    starts = np.repeat(points_m, ends, axis=0)
    return city.line_of_sight(starts, ends_m.reshape(-1, 3)).reshape(count, ends)
