"""A copy of the program, and folders into which nothing can be written."""

import os
import shlex
import shutil
import stat
import subprocess
from pathlib import Path

from serving import ROOT

PARTS = ("dashboard.py", "pages", "itnt_core", "assets", ".streamlit")
# What a wheel is built from besides.
PACKAGING = (
    "itnt_studio",
    "pyproject.toml",
    "setup.py",
    "requirements.txt",
    "requirements-torch.txt",
    "README.md",
    "LICENSE",
    "NOTICE",
)
UNSHARE = ["unshare", "--mount", "--map-root-user"]


def copied_tree(target, parts=PARTS):
    """Copy what is needed to serve the program, what is compiled of it too; return the copy's folder."""
    target.mkdir()
    for name in parts:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("node_modules"))
        else:
            shutil.copy2(source, target / name)
    return target


def read_only(*folders):
    """Return a command that runs the command after it with these folders read-only; None where that is impossible.

    As root, permissions bind nobody, so the folders are mounted read-only in a name space of the process.
    """
    mounts = [f"mount --bind {place} {place} && mount -o remount,ro,bind {place}" for place in map(_quoted, folders)]
    before = [*UNSHARE, "sh", "-c", f'{" && ".join(mounts)} && cd "$PWD" && exec "$@"', "sh"]
    try:
        touch = [*before, "touch", str(folders[0] / "may-not-be")]
        tried = subprocess.run([*before, "true"], capture_output=True, timeout=30, check=False)
        written = subprocess.run(touch, capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return before if tried.returncode == 0 and written.returncode != 0 else None


def _quoted(folder):
    return shlex.quote(str(folder))


def files_of(folder):
    """Return every file of a folder with its size and time, but for what Python compiles."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            if Path(place).name != "__pycache__":
                facts = (Path(place) / name).lstat()
                found[f"{place}/{name}"] = (facts.st_size, facts.st_mtime_ns, stat.S_IFMT(facts.st_mode))
    return found
