"""The walls around a reading process: files, network, resources, its words and its end."""

import hashlib
import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from itnt_core.apart import ApartError, Limits, Refused, apart_scratch, ask, ask_apart, child, run_apart
from itnt_core.apart.spoken import MEMORY
from itnt_core.apart.tasks import TASKS, find_task
from itnt_core.city import CityError
from tests.hostile.watching import Asked

ROOT = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="namespaces and Landlock are Linux's")
CONFINED = """
import json, os, socket, sys
from pathlib import Path
from itnt_core.apart.confine import confine
from itnt_core.apart.limits import Limits
given = json.loads(sys.argv[1])
confine(Limits(memory_mb=400), [Path(given["reads"])], Path(given["writes"]))
def tried(what):
    try:
        what()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return "done"
print(json.dumps({
    "reads": tried(lambda: Path(given["reads"], "a").read_text()),
    "secret": tried(lambda: Path(given["secret"]).read_text()),
    "passwd": tried(lambda: Path("/etc/passwd").read_text()),
    "environment": tried(lambda: Path("/proc/1/environ").read_bytes()),
    "writes": tried(lambda: Path(given["writes"], "b").write_text("b")),
    "elsewhere": tried(lambda: Path(given["reads"], "c").write_text("c")),
    "network": tried(lambda: socket.create_connection(("127.0.0.1", given["port"]), 2)),
    "memory": tried(lambda: bytearray(900_000_000)),
    "library": tried(lambda: __import__("shapely")),
}))
"""


@linux
def test_a_confined_process_has_its_input_its_folder_and_nothing_else(tmp_path):
    for name in ("reads", "writes"):
        (tmp_path / name).mkdir()
    (tmp_path / "reads" / "a").write_text("a")
    (tmp_path / "secret").write_text("s")
    with Asked() as asked:
        given = {
            "reads": str(tmp_path / "reads"),
            "writes": str(tmp_path / "writes"),
            "secret": str(tmp_path / "secret"),
        }
        given["port"] = asked.server.getsockname()[1]
        answer = subprocess.run(
            [sys.executable, "-c", CONFINED, json.dumps(given)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        found = json.loads(answer.stdout)
        assert asked.times == 0
    allowed = {name for name, end in found.items() if end == "done"}
    if found["secret"] == "done":
        pytest.skip("this kernel has no Landlock: files are not walled off here")
    assert allowed == {"reads", "writes", "library"}, found


def test_only_named_tasks_can_be_ordered():
    assert all(callable(find_task(name)) for name in TASKS)
    with pytest.raises(KeyError):
        find_task("os:system")
    with pytest.raises(ApartError, match="KeyError"):
        ask_apart("os:system", {"a": 1})


def test_an_answer_comes_back_and_a_refusal_keeps_its_sentences():
    with pytest.raises(Refused, match="holds no satellite") as caught:
        ask_apart("elements", {"name": "a", "strict": False}, content=b"# nothing\n")
    assert len(caught.value.sentences) == 1


def test_the_folder_goes_with_the_reading():
    with apart_scratch() as scratch:
        (scratch / "a").write_text("a")
    assert not scratch.exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnicodeDecodeError("utf-8", b"\xfc", 0, 1, "invalid start byte"), "UnicodeDecodeError: 'utf-8' codec"),
        (ValueError("zero-size array to reduction operation"), "ValueError: zero-size array"),
        (KeyError("boundaries"), "KeyError: 'boundaries'"),
        (MemoryError(), MEMORY),
        (RuntimeError("bad allocation"), MEMORY),
        (CityError("It is empty."), ["It is empty."]),
    ],
)
def test_memory_is_named_where_it_was_the_cause_and_nowhere_else(error, words, tmp_path, monkeypatch):
    def task(*_):
        raise error

    monkeypatch.setattr(child, "find_task", lambda _: task)
    monkeypatch.setattr(child, "memory_in_use_mb", lambda: 900.0)
    order = {"task": "city", "question": {}, "limits": asdict(Limits(memory_mb=1000))}
    ((what, answer),) = child._done(order, tmp_path, None).items()
    assert answer == words if what != "doubted" else answer.startswith(words)
    monkeypatch.setattr(child, "memory_in_use_mb", lambda: 100.0)
    assert (
        what == "refused" or isinstance(error, MemoryError) or child._done(order, tmp_path, None).keys() == {"failed"}
    )


LIARS = {
    "doubtful": ('print(\'{"doubted": "ValueError: a"}\')', r"\(ValueError: a\); or it needs more than the 1,500 MB"),
    "killed": ("import os; os.kill(os.getpid(), 9)", "signal 9"),
    "silent": ("pass", "code 0"),
    "garbage": ("print('hello')", "an answer that is none"),
    "wrong json": ("print('[1]')", "an answer that is none"),
    "two answers": ('print(\'{"answer": 1, "tell": {}}\')', "an answer that is none"),
    "deep": ("print('[' * 100000)", "an answer that is none"),
    "failed list": ("print('{\"failed\": [1]}')", "an answer that is none"),
    "own words": ('print(\'{"failed": "\\\\u001b[2J a"}\')', r"\(  ?\[2J a\)"),
}


@pytest.mark.parametrize("case", LIARS)
def test_whatever_the_process_says_is_told_in_one_sentence(case, tmp_path, monkeypatch):
    code, words = LIARS[case]
    python = tmp_path / "python"
    python.write_text(f"#!{sys.executable}\nimport sys\nsys.stdin.readline()\n{code}\n")
    python.chmod(0o700)
    monkeypatch.setattr(ask.sys, "executable", str(python))
    with pytest.raises(ApartError, match=words) as caught:
        ask_apart("elements", {})
    assert "\n" not in str(caught.value) and str(caught.value).isprintable()


def test_a_process_that_never_ends_is_ended_and_so_is_one_nobody_listens_to(tmp_path, monkeypatch):
    python = tmp_path / "python"
    note = tmp_path / "pid"
    code = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid()))"
    python.write_text(f"#!{sys.executable}\n{code}\nprint('{{\"tell\": {{}}}}', flush=True)\ntime.sleep(600)\n")
    python.chmod(0o700)
    monkeypatch.setattr(ask.sys, "executable", str(python))
    with pytest.raises(ApartError, match=r"longer than 0\.5 s"):
        ask_apart("elements", {}, Limits(seconds=0.5))
    assert _is_gone(note)
    events = run_apart("elements", {})
    assert next(events) == {}
    events.close()
    assert _is_gone(note)


def _is_gone(note):
    """Wait until the process whose pid a file holds has ended."""
    process = Path("/proc") / note.read_text()
    for _ in range(200):
        if not process.exists() or "Z" in (process / "stat").read_text().rpartition(")")[2][:3]:
            return True
        time.sleep(0.05)
    return False


def test_keys_and_proxies_do_not_travel(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert {"SECRET_TOKEN", "https_proxy"}.isdisjoint(ask._environment(tmp_path))


COMPILED = """
import json, sys
from pathlib import Path
from itnt_core.apart.confine import confine
from itnt_core.apart.limits import Limits
folder = Path(sys.argv[1])
confine(Limits(), [], folder)
(folder / "theirs.py").write_text("from numba import njit\\n@njit(cache=True)\\ndef twice(x):\\n    return 2 * x\\n")
sys.path.insert(0, str(folder))
from itnt_core.city.sight import clear_rays
from theirs import twice
print(json.dumps([clear_rays.stats.cache_path, twice(3), [str(path) for path in folder.rglob("*.nb?")]]))
"""


KEPT_ELSEWHERE = """
import json, sys
from pathlib import Path
own = Path(sys.argv[1])
if sys.argv[2:]:
    from itnt_core.apart import ask
    from itnt_core.apart.confine import confine
    from itnt_core.apart.limits import Limits
    confine(Limits(), ask._compiled_elsewhere(), own)
sys.path.insert(0, str(own))
from theirs import twice
print(json.dumps([twice(3), sum(twice.stats.cache_hits.values())]))
"""


def test_what_is_compiled_in_a_folder_of_its_own_is_used_too(tmp_path, monkeypatch):
    """As in the container, whose program lies where nobody may write."""
    own, kept = tmp_path / "own", tmp_path / "kept"
    own.mkdir()
    (own / "theirs.py").write_text("from numba import njit\n@njit(cache=True)\ndef twice(x):\n    return 2 * x\n")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(kept))
    command = [sys.executable, "-c", KEPT_ELSEWHERE, str(own)]
    before = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(before.stdout) == [6, 0] and (files := sorted(kept.rglob("*.nb?")))
    confined = {"cwd": ROOT, "env": ask._environment(own), "capture_output": True, "text": True, "check": True}
    assert json.loads(subprocess.run([*command, "confined"], **confined).stdout) == [6, 1]
    assert sorted(kept.rglob("*.nb?")) == files and not list(own.rglob("*.nb?"))


def test_of_the_folder_for_compiled_code_nothing_else_is_opened(tmp_path, monkeypatch):
    """It may be one with people's data in it, or not there yet."""
    ours = tmp_path / f"radio_{hashlib.sha1(b'/opt/radio', usedforsecurity=False).hexdigest()}"
    ours.mkdir()
    (tmp_path / "people_1").mkdir()
    monkeypatch.chdir(tmp_path.parent)
    for named in (str(tmp_path), tmp_path.name):
        monkeypatch.setenv("NUMBA_CACHE_DIR", named)
        assert ask._compiled_elsewhere() == [ours]
        assert ask._environment(tmp_path)["NUMBA_CACHE_DIR"] == str(tmp_path)
    for nothing in ("", str(tmp_path / "not there")):
        monkeypatch.setenv("NUMBA_CACHE_DIR", nothing)
        assert ask._compiled_elsewhere() == []


def test_what_lies_compiled_beside_the_program_is_used_and_nothing_is_added(tmp_path):
    """Compiling anew took seconds of every promise that a page asked for."""
    answer = subprocess.run(
        [sys.executable, "-c", COMPILED, str(tmp_path)],
        cwd=ROOT,
        env=ask._environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(answer.stdout) == [str(ROOT / "itnt_core" / "city" / "__pycache__"), 6, []]
