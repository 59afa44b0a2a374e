"""Every SINR and rate that a lesson says is the judge's on the same slot, with imported satellites that hand over."""

import numpy as np
import pytest

from itnt_core.association import ExactAssociator
from itnt_core.city import city_of_scenario
from itnt_core.flight import straight_flight
from itnt_core.lessons import STEPS, Example, accepted_values
from itnt_core.lessons.budget import gbs_budget
from itnt_core.lessons.choosing import small_problem, telling_moment
from itnt_core.lessons.example import manageable
from itnt_core.lessons.flying import Field, way_of
from itnt_core.lessons.missing import LACKS
from itnt_core.lessons.satellite import sky_link
from itnt_core.lessons.sharing_power import three_links
from itnt_core.network import Decision, evaluate
from itnt_core.power import equal_power
from itnt_core.presets import preset
from itnt_core.scenario import NoFlyZone
from itnt_core.units import to_db
from tests.lessons.conftest import example_of
from tests.network.handing_over import handing_over

STEP = {step.key: step for step in STEPS}


@pytest.fixture(scope="module")
def changing(tiny_scenario, city_cache):
    example = example_of(handing_over(tiny_scenario), city_cache)
    assert not example.world.sky.serves.all()
    return example


def judged(example, links, power_w, slot=0, gains=None):
    """Return the evaluation of links {user: (station, subchannel)} in one slot, or in every slot where it is None."""
    world = example.world
    station = np.full((world.slots, world.user_count), -1, dtype=np.int64)
    subchannel = station.copy()
    rows = slice(None) if slot is None else slot
    for user, (own, band) in links.items():
        station[rows, user], subchannel[rows, user] = own, band
    decision = Decision(station, subchannel, straight_flight(example.scenario), power_w)
    return evaluate(world, decision, example.straight_gains if gains is None else gains)


def facts_of(lesson):
    return {key: value for sentence in lesson.sentences for key, value in sentence.values.items()}


def test_interference_is_broken_down_as_the_judge_does(changing):
    step, world, ids = STEP["interference"], changing.world, changing.scenario.user_ids
    seen = 0
    for row, user in enumerate(ids):
        for knob in step.knobs(changing, {"user": user})[1].choices:
            values = accepted_values(step, changing, {"user": user, "station": knob})
            lesson, names = facts_of(step.teach(changing, values)), world.station_ids
            own, other = names.index(values["station"]), names.index(values["other"])
            power = np.zeros((world.slots, world.station_count, world.subchannels))
            power[0, own, 0], power[0, other, 0] = changing.share_w[own], values["power"]
            both = judged(changing, {row: (own, 0), (row + 1) % len(ids): (other, 0)}, power).active
            alone = judged(changing, {row: (own, 0)}, power).active
            everyone = judged(changing, {row: (own, 0)}, equal_power(world)).always_on
            assert lesson["sinr_db"] == pytest.approx(to_db(both.sinr[0, row]))
            assert lesson["rate"] == pytest.approx(both.rate_bit_s[0, row] / 1e6)
            assert lesson["snr_db"] == pytest.approx(to_db(alone.sinr[0, row]))
            assert lesson["alone"] == pytest.approx(alone.rate_bit_s[0, row] / 1e6)
            assert lesson["all_db"] == pytest.approx(to_db(everyone.sinr[0, row]))
            seen += 1
    assert seen >= 2 * len(ids)


def test_a_station_that_is_not_heard_cannot_serve_in_the_lesson(changing):
    silent = {
        name
        for name, serves in zip(changing.world.sky.station_ids, changing.world.sky.serves[0], strict=True)
        if not serves
    }
    assert silent
    for user in changing.scenario.user_ids:
        assert not silent & set(STEP["interference"].knobs(changing, {"user": user})[1].choices)


def test_a_satellite_is_heard_as_the_judge_hears_it_and_only_while_it_serves(changing):
    world = changing.world
    for column in range(len(world.sky.station_ids)):
        own = world.gbs_count + column
        for row, user in enumerate(changing.scenario.user_ids):
            truth = judged(changing, {row: (own, 0)}, equal_power(world), slot=None).active.sinr[:, row]
            link = sky_link(changing, user, column)
            assert link.snr_db == pytest.approx(to_db(truth, 1e-12), abs=1e-9)
            assert not link.sees[~link.serves].any()


def test_the_lesson_on_satellites_says_when_one_does_not_serve(changing):
    step, sky = STEP["satellite"], changing.world.sky
    column = next(column for column in range(len(sky.station_ids)) if not sky.serves[:, column].all())
    values = accepted_values(step, changing, {"station": sky.station_ids[column]})
    now = int(np.abs(sky.time_s - values["time"]).argmin())
    assert sky.serves[now, column]  # it opens at a moment that has something to show
    idle = int(np.flatnonzero(~sky.serves[:, column] & (sky.elevation_deg[:, column] > 5.0))[0])
    text = step.teach(changing, {**values, "time": float(sky.time_s[idle])}).idea[-1].text
    serving = sky.time_s[sky.serves[:, column]]
    assert "does not serve" in text and f"{serving[0]:.0f} s to {serving[-1]:.0f} s" in text


def test_an_imported_satellites_gain_can_be_turned(changing):
    step = STEP["satellite"]
    station = next(name for name in changing.world.sky.station_ids if name.startswith("sky-1-"))
    values = accepted_values(step, changing, {"station": station})
    before, after = (facts_of(step.teach(changing, {**values, "gain": gain})) for gain in (20.0, 30.0))
    assert after["received_dbm"] - before["received_dbm"] == pytest.approx(10.0, abs=1e-9)


def test_rates_of_the_chosen_links_are_the_judges_under_both_conventions(changing):
    step, world = STEP["association"], changing.world
    for slot in range(1, world.slots + 1):
        values = accepted_values(step, changing, {"slot": slot})
        facts = facts_of(step.teach(changing, values))
        problem, users, stations = small_problem(changing, values)
        found = ExactAssociator().solve(problem)
        links = {
            int(users[n]): (int(stations[found.station[0, n]]), int(found.subchannel[0, n]))
            for n in np.flatnonzero(found.station[0] >= 0)
        }
        power = np.zeros((world.slots, world.station_count, world.subchannels))
        power[:, stations, : problem.gain.shape[3]] = equal_power(world)[:, stations, : problem.gain.shape[3]]
        # the lesson's small network holds its own stations only: under always-on the others would radiate, too
        alone = np.zeros_like(changing.straight_gains)
        alone[:, :, stations] = changing.straight_gains[:, :, stations]
        found_worth = judged(changing, links, power, slot - 1, alone)
        rows = list(links)
        always, active = (one.rate_bit_s[slot - 1, rows] / 1e6 for one in (found_worth.always_on, found_worth.active))
        served = to_db(found_worth.active.sinr[slot - 1, rows]) >= changing.scenario.qos.min_sinr_active_db
        assert facts["exact"] == pytest.approx(always.sum()) and facts["exact_served"] == len(rows)
        assert facts["same"] == pytest.approx(active[served].sum()) and facts["same_served"] == served.sum()
        # The best choice of all is never worse than the same links: more served, or as many with as much rate.
        assert (facts["active_served"], facts["active"] + 1e-9) >= (facts["same_served"], facts["same"])
        assert (facts["active_served"], facts["active"] + 1e-9) >= (facts["search_served"], facts["search"])


def test_the_lesson_on_choosing_opens_where_strongest_first_loses(city_cache):
    for name in ("tiny", "london-2km", "paper-free-space"):
        scenario, _ = manageable(preset(name, cache_dir=city_cache))
        example = Example(scenario, city_of_scenario(scenario, city_cache))
        lesson = STEP["association"].teach(example, accepted_values(STEP["association"], example, {}))
        facts = facts_of(lesson)
        assert telling_moment(example) is not None
        assert (facts["exact_served"], facts["exact"]) > (facts["greedy_served"], facts["greedy"] + 5e-4)
        assert any("would have given" in sentence.text for sentence in lesson.idea)


def test_a_way_collects_what_the_judge_gives_its_best_station(changing):
    world, user = changing.world, changing.scenario.aerial_users[0]
    way = way_of(changing, straight_flight(changing.scenario)[:, 0])
    gains = changing.straight_gains[:, 0, :, 0] * changing.share_w
    power = equal_power(world)
    station = np.full((world.slots, world.user_count), -1, dtype=np.int64)
    subchannel = station.copy()
    station[:, 0], subchannel[:, 0] = gains.argmax(axis=1), 0
    decision = Decision(station, subchannel, straight_flight(changing.scenario), power)
    truth = evaluate(world, decision, changing.straight_gains).always_on.rate_bit_s[:, 0] / 1e6
    assert user.id == changing.scenario.user_ids[0]
    assert way.rate_mbit_s == pytest.approx(truth)
    assert way.data_mbit == pytest.approx(truth.sum() * changing.scenario.time.slot_s)


def test_both_ways_of_the_lesson_on_flying_keep_out_of_a_zone(tiny_scenario, city_cache):
    (user,) = tiny_scenario.aerial_users
    east, north = ((getattr(user.start, axis) + getattr(user.destination, axis)) / 2 for axis in ("east_m", "north_m"))
    corners = tuple((east + 20.0 * a, north + 20.0 * b) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)))
    zone = NoFlyZone(id="zone-1", corners_m=corners)
    example = example_of(tiny_scenario.model_copy(update={"no_fly_zones": (zone,)}), city_cache)
    lesson = STEP["trajectory"].teach(example, accepted_values(STEP["trajectory"], example, {}))
    assert facts_of(lesson)["around_m"] > 1.0
    planned = Field(example, user).planned(user.max_speed_m_s, 0.0).places_m
    for way in (example.way("au-1")[0], planned):
        assert example.world.obstacles.are_clear(way[:-1], way[1:]).all()


def test_one_link_without_fast_fading_is_the_judges(tiny_scenario, city_cache):
    still = tiny_scenario.channel.model_copy(update={"fading": False})
    at_rest = tuple(user.model_copy(update={"destination": user.start}) for user in tiny_scenario.aerial_users)
    example = example_of(handing_over(tiny_scenario, channel=still, aerial_users=at_rest), city_cache)
    step, world = STEP["noise-and-rate"], example.world
    for row, user in enumerate(example.scenario.user_ids):
        for own, station in enumerate(example.gbs_ids):
            values = accepted_values(step, example, {"user": user, "station": station})
            facts = facts_of(step.teach(example, values))
            truth = judged(example, {row: (own, 0)}, equal_power(world)).active
            assert facts["snr_db"] == pytest.approx(to_db(truth.sinr[0, row]))
            assert facts["rate"] == pytest.approx(truth.rate_bit_s[0, row] / 1e6)
            place, aerial = example.place(user)
            budget = gbs_budget(example, station, place, aerial, float(example.share_w[own]))
            assert budget.received_dbm == pytest.approx(facts["received_dbm"])


def test_the_powers_of_three_links_are_judged_as_the_judge_does(changing):
    trio = three_links(changing, 0.7, 0.0)
    world, links = trio.example.world, len(trio.users)
    power = np.random.default_rng(1).uniform(0.05, 0.7, links)
    sent = np.zeros((1, world.station_count, 1))
    sent[0, trio.decision.station[0], 0] = power
    decision = Decision(
        trio.decision.station, trio.decision.subchannel, trio.decision.positions_m, sent, trio.decision.convention
    )
    truth = evaluate(world, decision, trio.gains).active
    assert trio.sinr(power) == pytest.approx(truth.sinr[0])
    width_mhz = world.bandwidth_hz / 1e6
    assert width_mhz * trio.efficiencies(power) == pytest.approx(truth.rate_bit_s[0] / 1e6)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_imported_satellites_are_satellites_to_every_lesson(tiny_scenario, city_cache, step):
    scenario = handing_over(tiny_scenario, passes=())
    assert step.missing(scenario) is None
    example = example_of(scenario, city_cache)
    lesson = step.teach(example, accepted_values(step, example, {}))
    assert all("nan" not in sentence.text for sentence in lesson.sentences)


def test_satellites_that_never_rise_are_missing(tiny_scenario):
    far = handing_over(tiny_scenario, passes=())
    group = far.orbits[0].model_copy(update={"min_elevation_deg": 89.0})
    sunk = far.model_copy(update={"orbits": (group,)})
    for key in ("satellite", "twin"):
        assert STEP[key].missing(sunk) == LACKS.sentence("rising satellite")
