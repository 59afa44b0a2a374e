"""The container files: what the image is made by runs in a clean folder, what serves in it needs no more than it may.

There need not be a container engine here. The instructions of the Dockerfile are read and done one after another: its
paths lie in a folder of the test, and what it would fetch is what this suite runs on.
"""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
INSTRUCTION = re.compile(r"^([A-Z]+)\s+(.*)$", re.DOTALL)
ELSEWHERE = ("/opt/studio", "/src", "/data", "/tmp")
PATIENCE_S = 120.0


def instructions(text):
    """Return (instruction, rest) of a Dockerfile, lines that go on joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [INSTRUCTION.match(line.strip()).groups() for line in joined.splitlines() if line.strip()]


def stages(text):
    """Return the instructions of each stage."""
    found = []
    for name, rest in instructions(text):
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest))
    return found


@pytest.fixture(scope="module")
def image():
    return stages((ROOT / "Dockerfile").read_text())


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def rest_of(stage, name):
    return [rest for found, rest in stage if found == name]


def settings_of(stage):
    """Return what the ENV instructions of a stage set."""
    return dict(word.partition("=")[::2] for rest in rest_of(stage, "ENV") for word in shlex.split(rest))


def test_the_image_runs_as_nobody_in_particular_and_is_looked_after(image):
    build, final = image
    assert all(":" in rest and not rest.split()[0].endswith(":latest") for rest in rest_of(build + final, "FROM"))
    assert rest_of(final, "USER")[-1] == "10001:10001"
    names = [name for name, _ in final]
    assert names.index("USER") < names.index("CMD") and "ADD" not in names and not rest_of(final, "ARG")
    assert json.loads(rest_of(final, "VOLUME")[0]) == [settings_of(final)["ITNT_DATA_DIR"]] == ["/data"]
    (health,) = rest_of(final, "HEALTHCHECK")
    assert "_stcore/health" in health and json.loads(health[health.index("[") :])[0] == "python"
    assert json.loads(rest_of(final, "CMD")[-1]) == ["itnt-studio"]
    assert settings_of(final)["ITNT_PROFILE"] == "server"  # it refuses to serve without a login
    assert not any("pip install" in rest and "pip install ." not in rest for rest in rest_of(final, "RUN"))


def test_a_linter_for_dockerfiles_finds_nothing():
    hadolint = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if hadolint is None:
        pytest.skip("hadolint is not installed here; the other tests look at the same file")
    found = subprocess.run([hadolint, "Dockerfile"], cwd=ROOT, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (0, "")


def test_only_what_the_image_needs_is_sent_to_the_builder():
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    sent = [line[1:] for line in lines if line.startswith("!")]
    assert all((ROOT / name).exists() for name in sent)
    assert not {".git", ".venv", ".itnt", "tests", "benchmarks"} & set(sent)


def test_compose_has_an_app_workers_and_a_scheduler_and_gives_none_more_than_it_needs(compose):
    assert set(compose["services"]) == {"app", "scheduler", "worker"}
    for service in compose["services"].values():
        assert service["user"] == "10001:10001" and service["read_only"] is True
        assert service["cap_drop"] == ["ALL"] and "no-new-privileges:true" in service["security_opt"]
        assert service["volumes"] == ["data:/data"] and service["tmpfs"] == ["/tmp"]
        assert (not service.get("privileged") and "healthcheck" in service) or service is compose["services"]["app"]
    app, scheduler, worker = (compose["services"][name] for name in ("app", "scheduler", "worker"))
    assert all(port.startswith("127.0.0.1:") for port in app["ports"]), "a proxy stands before it"
    assert "ports" not in scheduler and "ports" not in worker
    for service in (scheduler, worker):  # whoever reaches a scheduler can have it run anything
        assert service["networks"] == ["inside"] and compose["networks"]["inside"] == {"internal": True}
    assert app["environment"]["ITNT_DASK_SCHEDULER"] == worker["command"][2] == "tcp://scheduler:8786"


@pytest.mark.parametrize("service", ["scheduler", "worker"])
def test_the_options_of_dask_s_commands_are_known_to_it(compose, service):
    command = compose["services"][service]["command"]
    said = subprocess.run(
        [sys.executable, "-c", f"from {_cli(command[1])} import main; main()", "--help"], capture_output=True, text=True
    ).stdout
    options = [word for word in command[2:] if word.startswith("--")]
    assert options and all(option in said for option in options)


def _cli(name):
    return f"distributed.cli.dask_{name}"


def test_compose_follows_the_schema_of_its_files(compose):
    """The part of the Compose specification that this file uses, so that a misspelt key is found."""
    known = {
        *("image", "build", "user", "read_only", "tmpfs", "cap_drop", "security_opt", "restart", "volumes"),
        *("environment", "ports", "networks", "depends_on", "deploy", "command", "healthcheck"),
    }
    top = {name for name in compose if not name.startswith("x-")}
    assert top == {"name", "services", "networks", "volumes"}
    for service in compose["services"].values():
        assert set(service) <= known
        assert all(name in compose["networks"] for name in service["networks"])
        assert all(volume.split(":")[0] in compose["volumes"] for volume in service["volumes"])
        for other, how in service.get("depends_on", {}).items():
            assert other in compose["services"] and how == {"condition": "service_healthy"}
            assert "test" in compose["services"][other]["healthcheck"]
        assert set(service.get("deploy", {"resources": 0})) == {"resources"}
        assert all(isinstance(value, str) for value in service.get("environment", {}).values())


@pytest.fixture(scope="module")
def made(image, tmp_path_factory):
    """Do the build stage in a clean folder; return the folder that stands for the image's root, and its size before."""
    root = tmp_path_factory.mktemp("image")
    build, _ = image
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("ITNT", "STREAM", "PY"))}
    surroundings |= settings_of(build) | {"PIP_NO_INDEX": "1", "TORCH_INDEX": ""}
    folder = root
    for name, rest in build:
        if name == "WORKDIR":
            folder = inside(root, rest)
            folder.mkdir(parents=True)
        elif name == "COPY":
            *sources, target = rest.split()
            for source in sources:
                copy_in(source, folder / target)
        elif name == "RUN":
            for command in rest.split(" && "):
                done = subprocess.run(
                    ["sh", "-ec", moved(root, command).replace("python -m venv", f"{sys.executable} -m venv")],
                    cwd=folder,
                    env=surroundings,
                    capture_output=True,
                    text=True,
                )
                assert done.returncode == 0, f"{command}\n{done.stderr[-3000:]}"
                if "-m venv" in command:
                    take_packages_of_this_suite(packages(root))
    return root


def take_packages_of_this_suite(folder):
    """Let an environment find what the image would fetch; what it came with goes, from 3.12 on that is pip alone."""
    for brought in ("setuptools", "pkg_resources", "_distutils_hack"):
        shutil.rmtree(folder / brought, ignore_errors=True)
    for left in folder.glob("setuptools-*"):
        shutil.rmtree(left)
    (folder / "distutils-precedence.pth").unlink(missing_ok=True)
    (folder / "suite.pth").write_text(sysconfig.get_paths()["purelib"])


def inside(root, path):
    return root / path.lstrip("/")


def moved(root, text):
    """Return a command or setting with the image's paths leading into the folder that stands for its root."""
    return re.sub(rf"(?<![\w/])({'|'.join(ELSEWHERE)})(?!\w)", lambda found: str(inside(root, found[1])), text)


def packages(root):
    (found,) = (root / "opt" / "studio" / "lib").glob("python*/site-packages")
    return found


def copy_in(source, target):
    """Do a COPY out of the project, of what .dockerignore lets through."""
    names = [source]
    if source == ".":
        names = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for name in names:
        place = target / name
        if (ROOT / name).is_dir():
            left_out = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(ROOT / name, place, ignore=left_out, dirs_exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place)


def test_the_image_s_steps_run_in_a_clean_folder_and_what_they_make_serves(made, image):
    """As the image says: its settings, its command, its check of health; first without a login, which it refuses."""
    _, final = image
    (made / "data").mkdir(mode=0o700)
    (made / "tmp").mkdir()
    port = free_port()
    own = {name: moved(made, value) for name, value in settings_of(final).items() if name != "PATH"}
    own |= {"STREAMLIT_SERVER_PORT": str(port), "PATH": f"{made / 'opt/studio/bin'}:{os.environ['PATH']}"}
    before = set((made / "opt").rglob("*"))
    command = json.loads(rest_of(final, "CMD")[-1])
    refused = subprocess.run(command, cwd=made / "data", env=own, capture_output=True, text=True, timeout=PATIENCE_S)
    assert refused.returncode == 2 and "login" in refused.stderr
    entered = subprocess.run(
        ["itnt", "people", "passphrase"], cwd=made / "data", env=own, input="correct horse battery\n", text=True
    )
    assert entered.returncode == 0
    health = rest_of(final, "HEALTHCHECK")[0]
    check = json.loads(health[health.index("[") :])
    server = subprocess.Popen(command, cwd=made / "data", env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE_S
        while subprocess.run(check, env=own, capture_output=True).returncode:
            assert server.poll() is None and time.monotonic() < end
            time.sleep(0.5)
        with pytest.raises(urllib.error.HTTPError) as stranger:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/")
        assert stranger.value.code == 401 and b"Log in first" in stranger.value.read()
    finally:
        server.terminate()
        server.wait(timeout=60.0)
    assert set((made / "opt").rglob("*")) == before, "nothing is written but into /data and /tmp"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
