"""No element or traffic file opens a file, asks an address, takes long, or ends in a traceback."""

import json
import sys
import time
import tracemalloc

import pytest

from itnt_core.sky import ElementFileError, parse_elements, parse_sent_elements
from itnt_core.sky.element_process import APART_ABOVE_BYTES as ELEMENTS_APART_BYTES
from itnt_core.twin.traffic.files import TrafficFileError, parse_traffic
from itnt_core.twin.traffic.process import APART_ABOVE_BYTES as TRAFFIC_APART_BYTES
from itnt_core.twin.traffic.process import parse_sent_traffic
from tests.sky.element_texts import omm_fields

from .sent_tables import element_files, traffic_files
from .watching import Asked, Opened

MOST_SECONDS, MOST_BYTES = 1.0, 50_000_000
READERS = {
    "elements": (parse_sent_elements, ElementFileError),
    "traffic": (parse_sent_traffic, TrafficFileError),
}


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
@pytest.mark.parametrize("kind", READERS)
def test_hostile_tables_are_read_or_refused_within_a_second_and_fifty_megabytes(kind, tmp_path):
    reader, refusal = READERS[kind]
    secret = tmp_path / "secret"
    secret.write_text("s")
    _load(reader, refusal)
    with Asked() as asked:
        opened = Opened(tmp_path)
        made = element_files(asked.address, secret) if kind == "elements" else traffic_files()
        count = 0
        for name, content in made:
            count += 1
            assert len(content) <= 200_000, name
            tracemalloc.start()
            started = time.process_time()
            try:
                reader(content, name)
            except refusal as error:
                sentence = str(error)
                assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 600, (name, sentence)
                assert sentence.isprintable(), (name, sentence)
            spent_s, peak = time.process_time() - started, tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert spent_s < 10 * MOST_SECONDS, name  # the witness of memory makes it several times slower
            assert peak < MOST_BYTES, (name, peak)
            assert (opened.names(), asked.times) == ([], 0), name
        opened.close()
    assert count > 100


def _load(reader, refusal):
    """Load what the reader needs, so that its first import is not taken for a file's cost."""
    with pytest.raises(refusal):
        reader(b"\0", "warm up")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<ndm>" + b"<omm>" * 400_000, "cannot be read"),
        (b"[" * 3_000_000, "no plain JSON"),
        (b"MEAN_MOTION,a\n" + b"1,2\n" * 1_000_000, "EPOCH"),
        (b"x" * 41_000_000, "40 MB are allowed"),
    ],
)
def test_large_element_files_are_refused_apart(content, words, monkeypatch):
    assert len(content) > ELEMENTS_APART_BYTES
    monkeypatch.setattr("itnt_core.sky.element_process.parse_elements", None)  # never in this process
    with pytest.raises(ElementFileError, match=words) as caught:
        parse_sent_elements(content, "large")
    assert "\n" not in str(caught.value)


def test_a_large_good_file_is_the_same_read_apart():
    content = json.dumps([omm_fields(NORAD_CAT_ID=number) for number in range(1, 400)]).encode()
    assert len(content) > ELEMENTS_APART_BYTES
    assert parse_sent_elements(content, "many") == parse_elements(content, "many")


def test_a_large_table_of_traffic_is_the_same_read_apart():
    rows = [f"c{cell},{1704067200 + 600 * step},{cell + step % 7}" for step in range(200) for cell in range(60)]
    content = ("cell,time,load\n" + "\n".join(rows)).encode()
    assert len(content) > TRAFFIC_APART_BYTES
    assert parse_sent_traffic(content, "many") == parse_traffic(content, "many")
