"""Witnesses: who opens a file, who asks an address."""

import contextlib
import ctypes
import os
import socket
import struct
import threading
from pathlib import Path

IN_OPEN, IN_NONBLOCK = 0x20, 0o4000


class Asked:
    """Listens on an address of this machine and counts who comes."""

    def __enter__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        self.times = 0
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def _serve(self):
        with contextlib.suppress(OSError):  # closed: the test is over
            while True:
                guest, _ = self.server.accept()
                self.times += 1
                guest.sendall(b"HTTP/1.0 404 Not found\r\nContent-Length: 0\r\n\r\n")
                guest.close()

    def __exit__(self, *_):
        self.server.close()


class Opened:
    """Notes every file of a folder that any process opens, by inotify(7)."""

    def __init__(self, folder):
        libc = ctypes.CDLL(None, use_errno=True)
        self.handle = libc.inotify_init1(IN_NONBLOCK)
        assert self.handle >= 0, os.strerror(ctypes.get_errno())
        assert libc.inotify_add_watch(self.handle, os.fsencode(folder), IN_OPEN) >= 0

    def names(self):
        """Return the names opened since the last question."""
        found, data = [], b""
        with contextlib.suppress(BlockingIOError):
            data = os.read(self.handle, 1 << 16)
        while data:
            _, _, _, length = struct.unpack_from("iIII", data)
            found.append(data[16 : 16 + length].rstrip(b"\0").decode())
            data = data[16 + length :]
        return found

    def close(self):
        """Stop watching."""
        os.close(self.handle)


def left_in(folder):
    """Return every path below a folder."""
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*"))
