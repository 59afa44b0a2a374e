"""Starts a Streamlit server of this very code."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def served(app, data_folder, **environment):
    """Serve an app on a free port with this data folder; yield its address and stop it at the end."""
    process, address = serving(app, data_folder, **environment)
    try:
        yield address
    finally:
        stop(process)


def serving(app, data_folder, *, root=ROOT, before=(), options=(), port=None, **environment):
    """Start a server on a free port; return its process and its address once it answers.

    ``root`` is the folder of the code, ``before`` a command that ends in running what follows it, ``port`` that of a
    server that has ended: what a browser has kept of that one serves again. The live optimum is off at first: it would
    compute beside whatever is tested.
    """
    command = [*before, sys.executable, "-m", "streamlit", "run", str(app), *options]
    own = {"ITNT_DATA_DIR": str(data_folder), "PYTHONPATH": str(root), "ITNT_LIVE": "off", **environment}
    return started(command, root, {**os.environ, **own}, log_of(data_folder), port)


def started(command, folder, environment, log, port=None):
    """Start a server's command in a folder, on a free port; return its process and its address once it answers."""
    port = port or free_port()
    with log.open("w") as sink:
        process = subprocess.Popen(
            [*command, "--server.port", str(port)], cwd=folder, env=environment, stdout=sink, stderr=subprocess.STDOUT
        )
    wait_until_healthy(f"http://127.0.0.1:{port}", process, log)
    return process, f"http://127.0.0.1:{port}"


def log_of(data_folder):
    """Return where a server with this data folder says what it does."""
    return data_folder.with_name(f"{data_folder.name}-server.log")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stop(process):
    """End a server that may have ended."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until_healthy(address, process, log):
    for _ in range(480):
        if process.poll() is not None:
            pytest.fail(f"The server ended: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"The server did not answer: {log.read_text()[-2000:]}")
