"""No file that is handed to the city import opens another one, asks an address, or ends in a traceback."""

import sys
import time
import zipfile

import pytest

from itnt_core.apart import Limits
from itnt_core.city import CityError, list_cities
from itnt_core.city.files.import_process import import_apart
from itnt_core.city.files.importing import import_city
from itnt_core.city.files.survey import ImportOptions
from tests.city.made_files import box, features

from .city_files import good_files, odd_files, referring_files, spoilt_files
from .watching import Asked, Opened, left_in

# How a format names something outside itself must not matter even where the walls of the process are missing, so all
# files are read here, inside this process; that the walls stand is tested in tests/apart.
linux = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
KINDS = {
    "spoilt": lambda address, secret: spoilt_files(),
    "referring": referring_files,
    "odd": lambda address, secret: odd_files(secret),
}


@pytest.fixture
def secret(tmp_path):
    """Return a file beside the input that is worth reading: a whole city."""
    folder = tmp_path / "not for you"
    folder.mkdir()
    path = folder / "secret.geojson"
    path.write_text(features((box(0.01), {"height": 77})))
    return path


def outcome(path):
    """Return the sentence that refuses a file, or its city; anything else is the failure of the test."""
    try:
        return import_city(path, ImportOptions())[0]
    except CityError as error:
        return str(error)


@linux
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_maps_are_read_or_refused_and_open_nothing_else(kind, secret, tmp_path):
    with Asked() as asked:
        opened = Opened(secret.parent)
        for number, (name, content) in enumerate(KINDS[kind](asked.address, secret)):
            folder = tmp_path / str(number)
            folder.mkdir()
            path = folder / name.replace("/", "_")
            path.write_bytes(content)
            started = time.process_time()
            found = outcome(path)
            spent_s = time.process_time() - started
            if isinstance(found, str):
                assert found.endswith((".", ")")) and "\n" not in found and "Traceback" not in found, name
                assert str(tmp_path) not in found.replace(str(secret), ""), name
                assert spent_s < 1.0, name
            else:
                assert 77.0 not in found.roof_heights_m.tolist(), name
            assert (opened.names(), asked.times, left_in(folder)) == ([], 0, [path.name]), name
        opened.close()


def test_there_are_three_hundred_and_every_good_one_is_read(secret, tmp_path):
    made = [name for kind in KINDS.values() for name, _ in kind("http://127.0.0.1:9", secret)]
    assert len(made) > 280
    for name, content in good_files().items():
        (tmp_path / name).write_bytes(content)
        assert outcome(tmp_path / name).building_count >= 1, name


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("vrt.osm", b"<OGRVRTDataSource><!-- <osm --></OGRVRTDataSource>", "list of other files"),
        ("deep.json", b'{"a":' + b"[" * 400_000, "nested too deeply"),
        ("half.geojson", features((box(), {"name": "Caf\xe9"})).encode("latin-1")[:-9], "damaged JSON"),
        ("cut.fgb", good_files()["houses.fgb"][:200], "cannot be read"),
    ],
)
def test_the_import_of_the_product_refuses_apart_and_keeps_nothing(name, content, words, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CityError, match=words):
        list(import_apart(tmp_path / name, ImportOptions(), tmp_path / "cities"))
    assert list_cities(tmp_path / "cities") == [] and left_in(tmp_path) == [name]


def test_a_flood_of_memory_and_endless_work_end_with_the_reason(tmp_path):
    path = tmp_path / "large.geojson"
    houses = [(box(0.0005 * (n % 100), 0.0005 * (n // 100)), {"height": n % 50}) for n in range(4000)]
    path.write_text(features(*houses))
    with pytest.raises(CityError, match=r"was not imported. .* more than (the )?150 MB of memory"):
        list(import_apart(path, ImportOptions(), tmp_path / "cities", Limits(memory_mb=150)))
    with pytest.raises(CityError, match=r"was not imported. .* longer than 0\.2 s"):
        list(import_apart(path, ImportOptions(), tmp_path / "cities", Limits(seconds=0.2)))
    assert list_cities(tmp_path / "cities") == []


def test_a_city_file_whose_members_are_links_is_not_followed(secret, tmp_path):
    path = tmp_path / "linked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("city.npz", "city.json", "report.json"):
            link = zipfile.ZipInfo(name)
            link.external_attr = 0o120777 << 16
            archive.writestr(link, str(secret))
    assert "damaged" in outcome(path)
