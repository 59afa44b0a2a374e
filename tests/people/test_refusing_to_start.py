"""A server for many people does not listen beyond its machine without a login; commands that make one."""

import io
import os
import subprocess
import sys

import pytest

from itnt_core.cli import main
from itnt_core.people import PeopleStore, has_passphrase
from itnt_core.person import FIRST
from pages.shared import who
from tests.browser.serving import ROOT, free_port


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("127.8.8.8", True),
        ("unix:/run/x", True),
    ]
    + [(one, False) for one in ("", "0.0.0.0", "::", "10.0.0.5", "studio.example", "127.0.0.1.evil", "localhost.evil")],
)
def test_only_this_machine_reaches_a_loopback_address(address, is_own):
    assert who.is_loopback(address) is is_own


@pytest.mark.parametrize("profile", ["server", "sever"])
def test_a_server_without_a_login_ends_with_one_sentence(tmp_path, profile):
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.address", "0.0.0.0"]
    environment = {**os.environ, "ITNT_PROFILE": profile, "ITNT_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(
        [*command, "--server.port", str(free_port())],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 2
    (sentence,) = answer.stderr.strip().splitlines()
    assert ("without a login" if profile == "server" else "'sever'") in sentence and sentence.endswith((").", "it."))


def test_a_passphrase_is_made_by_a_command_and_people_are_named_shut_out_and_helped(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path))
    for typed, code, words in (("short\n", 1, "5 characters"), ("london bridge is falling\n", 0, "Kept.")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        assert main(["people", "passphrase"]) == code
        told = capsys.readouterr()
        assert words in told.out + told.err and "london bridge" not in told.out + told.err
        assert has_passphrase(tmp_path) is (code == 0)
    assert main(["people", "first", "Grace", "--lecturer"]) == 0
    assert "belongs to Grace" in capsys.readouterr().out
    people = PeopleStore(tmp_path)
    assert people.person(FIRST.id).is_lecturer and people.by_login("lecturer:grace").id == FIRST.id
    assert main(["people", "code", "nobody"]) == 1 and main(["people", "remove", "nobody"]) == 1
    capsys.readouterr()
    ada = people.make("Ada", "owner", "class:ada")
    assert main(["people", "code", ada.id]) == 0
    assert people.has_code(ada, capsys.readouterr().out.strip())
    assert main(["people", "list"]) == 0 and "Ada" in capsys.readouterr().out
    assert main(["people", "remove", ada.id]) == 0 and people.person(ada.id) is None
