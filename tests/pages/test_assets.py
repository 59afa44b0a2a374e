"""Files for the browser: kept whole under names of their content, removed when old, elsewhere when they must."""

import os
import tempfile
import time

import pytest

from pages.shared import assets

OLD_S = 2 * assets.KEEP_S


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assets._spare_folder.cache_clear()
    yield
    assets._spare_folder.cache_clear()


def name_of(address):
    return address.removeprefix("/app/static/gen/")


def make_old(path):
    os.utime(path, (time.time() - OLD_S,) * 2)


def test_the_same_bytes_have_one_address_and_lie_in_the_data_folder(tmp_path):
    address = assets.publish(b"bytes")
    assert assets.publish(b"bytes") == address != assets.publish(b"other bytes")
    path = assets.published_file(name_of(address))
    assert path.parent == tmp_path / "data" / "browser" and path.read_bytes() == b"bytes"


def test_a_file_that_was_removed_is_written_again():
    address = assets.publish(b"bytes")
    assets.published_file(name_of(address)).unlink()
    assert assets.published_file(name_of(assets.publish(b"bytes"))).read_bytes() == b"bytes"


def test_old_files_go_and_what_is_in_use_stays_whole(tmp_path):
    old, used = (assets.published_file(name_of(assets.publish(blob))) for blob in (b"old", b"used"))
    component = tmp_path / "data" / "browser" / assets.publish_component()
    left = tmp_path / "data" / "browser" / "map3d-old"
    left.mkdir()
    (left / "main.js").write_text("old")
    for path in (old, used, *component.iterdir(), component, left / "main.js", left):
        make_old(path)
    assets.publish(b"used")
    assets.publish_component()  # touches one of its files
    assets.remove_old_files.clear()
    assets.remove_old_files()
    assert not old.exists() and not left.exists() and used.exists()
    assert len(list(component.iterdir())) == len(list(assets.COMPONENT_FOLDER.iterdir())) + 1


def test_tests_and_tools_of_the_component_are_not_served(tmp_path):
    folder = tmp_path / "data" / "browser" / assets.publish_component()
    served = {path.name for path in folder.iterdir()}
    assert {"main.js", "map3d.css", "start.js"} <= served
    assert all(name.endswith((".js", ".css", ".svg")) and ".test." not in name for name in served)


def test_where_the_data_folder_cannot_be_written_a_private_temporary_folder_serves(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path / "file" / "data"))
    path = assets.published_file(name_of(assets.publish(b"bytes")))
    assert path.read_bytes() == b"bytes" and path.parent.parent == tmp_path
    assert path.parent.stat().st_mode & 0o077 == 0


def test_where_nothing_can_be_written_a_sentence_names_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path / "file" / "data"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    with pytest.raises(assets.PublishError, match="name another folder in ITNT_DATA_DIR"):
        assets.publish(b"bytes")


def test_only_names_that_were_given_lead_to_a_file(tmp_path):
    assets.publish(b"bytes")
    (tmp_path / "data" / "secret.txt").write_text("secret")
    whole = str(tmp_path / "data" / "secret.txt")
    for name in ("../secret.txt", "/etc/passwd", "", ".", "a/b/c.js", "none.bin", whole):
        assert assets.published_file(name) is None
