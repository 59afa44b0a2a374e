"""A small made-up result and city: enough for every view, without computing anything."""

from types import SimpleNamespace

import numpy as np
import pytest
import shapely
import xarray as xr

from itnt_core.city import City, pack_polygons
from itnt_core.scenario import AerialUser, Area, GroundStation, GroundUser, Pass, Point, Scenario, TimeGrid

SLOTS, AERIAL, GROUND = 5, 2, 3


@pytest.fixture
def scenario():
    return Scenario(
        name="<b>small</b> & *odd*",
        area=Area(size_m=1000.0),
        time=TimeGrid(slots=SLOTS, slot_s=2.0),
        ground_stations=(
            GroundStation(id="gbs-1", east_m=-100.0, north_m=50.0, height_m=30.0),
            GroundStation(id="gbs-2", name="<img src=x>", east_m=200.0, north_m=0.0),
        ),
        passes=(Pass(id="leo-1", culmination_s=5.0),),
        aerial_users=tuple(
            AerialUser(
                id=f"au-{number}",
                start=Point(east_m=0.0, north_m=100.0 * number),
                destination=Point(east_m=150.0, north_m=100.0 * number),
            )
            for number in range(AERIAL)
        ),
        ground_users=tuple(
            GroundUser(id=f"gu-{number}", east_m=30.0 * number, north_m=-40.0) for number in range(GROUND)
        ),
    )


@pytest.fixture
def result(scenario):
    users = AERIAL + GROUND
    serving = np.zeros((SLOTS, users), dtype=np.int16)
    serving[:, -1] = -1
    serving[:, 0] = 2
    rate = np.where(serving >= 0, 0.5, 0.0)
    position = np.zeros((SLOTS + 1, AERIAL, 3))
    position[:, :, 0] = 30.0 * np.arange(SLOTS + 1)[:, None]
    position[:, :, 2] = 100.0
    station = np.broadcast_to([[-100.0, 50.0, 30.0], [200.0, 0.0, 25.0], [1e5, 1e5, 4e5]], (SLOTS, 3, 3))
    angle = np.full((SLOTS, 3), np.nan)
    azimuth, elevation = angle.copy(), angle.copy()
    azimuth[:, 2], elevation[:, 2] = 90.0, np.linspace(40.0, 80.0, SLOTS)
    sinr = np.where(serving >= 0, 12.0, np.nan)
    heard = np.zeros((SLOTS, users, 3))  # GBS 1 and 2 disturb one another's users
    heard[:, 1, 1], heard[:, 0, 1], heard[:, 0, 0] = 1e-13, 3e-13, 5e-13
    data = xr.Dataset(
        {
            "position_m": (("waypoint", "aerial_user", "axis"), position),
            "ground_position_m": (("ground_user", "axis"), np.ones((GROUND, 3))),
            "station_position_m": (("slot", "station", "axis"), station),
            "station_kind": ("station", ["gbs", "gbs", "leo"]),
            "azimuth_deg": (("slot", "station"), azimuth),
            "elevation_deg": (("slot", "station"), elevation),
            "serving_station": (("slot", "user"), serving),
            "sinr_active_db": (("slot", "user"), sinr),
            "rate_active_mbit_s": (("slot", "user"), rate),
            "rate_always_on_mbit_s": (("slot", "user"), 0.5 * rate),
            "signal_w": (("slot", "user"), np.where(serving >= 0, 2e-12, 0.0)),
            "interference_w": (("slot", "user", "station"), heard),
            "energy_j": (("slot", "aerial_user"), np.full((SLOTS, AERIAL), 500.0)),
        },
        coords={
            "user": [f"user-{number}" for number in range(users)],
            "aerial_user": [f"user-{number}" for number in range(AERIAL)],
            "ground_user": [f"user-{number}" for number in range(AERIAL, users)],
            "station": ["gbs-1", "gbs-2", "leo-1"],
        },
        attrs={"noise_w": 4e-15},
    )
    kpis = {
        "data_service_mbit": 20.0,
        "data_service_always_on_mbit": 10.0,
        "outage": 0.2,
        "energy_kj": 5.0,
        "violations": 0,
        "wall_s": 0.1,
    }
    return SimpleNamespace(scenario=scenario, dataset=data, manifest={"kpis": kpis})


@pytest.fixture
def city():
    blocks = [shapely.box(0, 0, 20, 10), shapely.box(50, 50, 90, 90), shapely.box(55, 55, 80, 80)]
    vertices, starts = pack_polygons(blocks)
    lake = shapely.box(-400, -200, 400, -100).difference(shapely.box(-10, -160, 10, -140))
    street = shapely.LineString([(-500, 0), (0, 5), (500, 0)])
    bridge = shapely.LineString([(0, -210), (0, -90)])
    return City(
        "Testville",
        -0.09,
        51.508,
        1000.0,
        vertices,
        starts,
        np.array([10.0, 90.0, 200.0]),
        ((2, "High Tower (Nickname)"),),
        (lake,),
        (shapely.box(200, 200, 300, 300),),
        (("Street", street, 12.0),),
        (("Bridge", bridge, 20.0),),
        (("Old Town / East", 1.0, 2.0),),
        "notice",
    )
