"""What all hostile tests share: no socket of Python leaves this process; native ones are heard by a listener."""

import socket

import pytest


@pytest.fixture(autouse=True)
def _blocked_sockets(monkeypatch):
    """Fail any test whose code connects or looks a name up."""

    def refuse(*arguments):
        raise AssertionError(f"a socket was used: {arguments[1:]}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
