"""Plug-ins for tests: laid out as an installed distribution is, or installed by pip, and known for a while."""

import importlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from itnt_core import extensions

EXAMPLE = Path(__file__).parent / "example_plugin"


def lay_out(folder, name, entries, modules=None, version="0.1"):
    """Write a distribution into a folder of packages: ``entries`` are targets by group and name, ``modules`` texts."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = [
        line
        for group, offered in entries.items()
        for line in (f"[{group}]", *(f"{entry} = {target}" for entry, target in offered.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    for module, text in (modules or {}).items():
        (folder / f"{module}.py").write_text(text)
    return folder


def install_example(folder):
    """Install the plug-in of docs/extending.md into a folder of its own with pip, offline."""
    source = folder / "source"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__"))
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(folder / "site"), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "site"


@contextmanager
def known(*folders):
    """Let this process and those that it starts find the packages of folders; all is forgotten afterwards."""
    paths, modules = list(sys.path), set(sys.modules)
    registered = {group: dict(things) for group, things in extensions._REGISTERED.items()}
    named = os.environ.get("PYTHONPATH")
    sys.path[:0] = map(str, folders)
    os.environ["PYTHONPATH"] = os.pathsep.join([*map(str, folders), *([named] if named else [])])
    _look()
    try:
        yield
    finally:
        sys.path[:] = paths
        os.environ.pop("PYTHONPATH") if named is None else os.environ.update(PYTHONPATH=named)
        extensions._REGISTERED.clear()
        extensions._REGISTERED.update(registered)
        for name in set(sys.modules) - modules:
            if any(str(folder) in str(getattr(sys.modules[name], "__file__", "")) for folder in folders):
                del sys.modules[name]
        _look()


def _look():
    importlib.invalidate_caches()
    extensions.look_again()
