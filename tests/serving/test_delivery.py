"""What many visitors share: files compressed once, garbage collected for all at once, numbers that wait for nobody."""

import asyncio
import gc
import gzip
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from itnt_core.cached import cached_property
from pages.shared import assets, delivery, housekeeping

CONTENT = bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("ITNT_PROFILE", raising=False)


def ask(name, **headers):
    pairs = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    scope = {"type": "http", "method": "GET", "headers": pairs, "path_params": {"name": name}}
    # in a thread of its own: a browser test before it may have left a loop running in this one
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(lambda: asyncio.run(delivery.generated(Request(scope)))).result()


def published(content):
    return assets.publish(content).removeprefix(f"{assets.base_path()}/app/static/gen/")


def test_a_file_is_compressed_for_who_can_read_that_and_once_for_all():
    name = published(CONTENT)
    plain = ask(name)
    assert plain.body == CONTENT and "content-encoding" not in plain.headers
    one, two = (ask(name, accept_encoding="gzip, br") for _ in range(2))
    assert one.headers["content-encoding"] == "gzip" and gzip.decompress(one.body) == CONTENT
    assert one.body is two.body, "the same bytes out of memory"
    for answer in (plain, one):
        assert "immutable" in answer.headers["cache-control"] and answer.headers["vary"] == "Accept-Encoding"


def test_what_is_small_is_sent_as_it_is_and_what_is_not_there_is_told():
    assert ask(published(b"small"), accept_encoding="gzip").body == b"small"
    for name in ("none.bin", "../secret", ""):
        with pytest.raises(HTTPException, match="reload the page"):
            ask(name)


class Knot:
    """An object that only a collection can free."""

    def __init__(self):
        self.me = self


def test_tidying_frees_what_nobody_holds_also_what_was_set_apart_before():
    try:
        knot = Knot()
        gone = weakref.ref(knot)
        housekeeping.tidy()
        assert gc.get_freeze_count() > 0 and gone() is not None
        del knot
        gc.collect()
        assert gone() is not None  # it was set apart
        housekeeping.tidy()
        assert gone() is None
    finally:
        gc.unfreeze()


def test_the_garbage_is_not_collected_after_every_rerun():
    import tomllib

    settings = tomllib.loads((assets.COMPONENT_FOLDER.parents[2] / ".streamlit" / "config.toml").read_text())
    assert settings["runner"]["postScriptGC"] is False


def test_a_computed_property_of_one_object_waits_for_no_other_object():
    both = threading.Barrier(2, timeout=20.0)

    class Slow:
        @cached_property
        def value(self):
            both.wait()  # is passed only if two objects compute at the same time
            return object()

    first, second = Slow(), Slow()
    threads = [threading.Thread(target=lambda one=one: one.value) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not both.broken
    assert first.value is first.value is not second.value and Slow.value is Slow.__dict__["value"]
