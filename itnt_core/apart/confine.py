"""Confine this process: resources, network, files. Each wall stands where the system has it; none is required.

Linux only: resource limits anywhere, a network namespace of its own where that is allowed (user_namespaces(7)), file
access by Landlock where the kernel has it (landlock(7), 5.13 and later). To be called before other threads start.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import signal
import struct
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from itnt_core.installed import PACKAGE, checkout

from .limits import Limits

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000  # sched.h of Linux
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38  # prctl.h of Linux
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
_VERSION_FLAG, _RULE_PATH_BENEATH = 1, 1  # landlock.h of Linux, as the rights below
_READ_FILE, _READ_DIR, _EXECUTE = 1 << 2, 1 << 3, 1 << 0  # bits of landlock's access_fs
_ON_FILES = _EXECUTE | (1 << 1) | _READ_FILE | (1 << 14)  # execute, write, read, truncate
# How many access rights a version of Landlock knows (landlock(7)), and from which one on it knows TCP.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
# Of versions that are newer than the table; version 4 is the first that rules networks.
_MOST_RIGHTS, _KNOWS_TCP = 16, 4
# What libraries look at while they load: the machine's time zone, its processors, random numbers.
_SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/timezone",
    "/dev/null",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self/status",
    "/sys/devices/system/cpu",
)


def confine(limits: Limits, reads: Sequence[Path], writes: Path) -> None:
    """Give this process its limits, take the network away, and leave it only the files it needs.

    It may read the Python installation, this package and ``reads``, and write into ``writes``.
    """
    _end_with_parent()
    _limit_resources(limits)
    _leave_network()
    _limit_files([*_installation(), *reads], [writes, Path("/dev/null")])


def memory_in_use_mb() -> float:
    """Return the most memory this process has had at once, in megabytes; 0 where the system does not say.

    Not by getrusage(2): its peak holds that of the process that started this one.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM:")), 0.0)


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if platform.system() == "Linux" else None


def _end_with_parent() -> None:
    libc = _libc()
    if libc is not None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _limit_resources(limits: Limits) -> None:
    try:
        import resource
    except ImportError:  # not on this system: the parent's time limit is left
        return
    megabyte = 1_000_000
    wanted = {
        "RLIMIT_DATA": limits.memory_mb * megabyte,
        "RLIMIT_CPU": int(limits.seconds) + 1,
        "RLIMIT_FSIZE": limits.written_mb * megabyte,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 256,
    }
    for name, value in wanted.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):  # a lower limit stands already
            resource.setrlimit(getattr(resource, name), (value, value))


def _leave_network() -> None:
    """Move into an empty network namespace: as root at once, else inside a user namespace of its own."""
    libc = _libc()
    if libc is not None and libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _installation() -> list[Path]:
    """Return where Python, its packages and this one lie."""
    # A checkout holds the user's data, too, where no other folder is named; where packages lie none are.
    unwanted = {Path(), Path.cwd(), PACKAGE.parent} if checkout() else {Path(), Path.cwd()} - {PACKAGE.parent}
    found = {Path(sys.prefix), Path(sys.base_prefix), *map(Path, sys.path)} - unwanted
    return [*found, PACKAGE, *map(Path, _SYSTEM)]


def _limit_files(reads: Iterable[Path], writes: Iterable[Path]) -> None:
    libc = _libc()
    if libc is None:
        return
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
    if version < 1:
        return
    every = (1 << _RIGHTS.get(version, _MOST_RIGHTS)) - 1
    attributes = struct.pack("=QQ", every, 3) if version >= _KNOWS_TCP else struct.pack("=Q", every)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    if ruleset < 0:
        return
    for rights, paths in ((_EXECUTE | _READ_FILE | _READ_DIR, reads), (every, writes)):
        for path in paths:
            _allow(libc, ruleset, path, rights)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this machine
        return
    try:
        rule = struct.pack("=Qi", rights if path.is_dir() else rights & _ON_FILES, handle)
        libc.syscall(_ADD_RULE, ctypes.c_int(ruleset), _RULE_PATH_BENEATH, rule, ctypes.c_uint32(0))
    finally:
        os.close(handle)
