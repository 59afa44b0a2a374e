"""Whom the server answers, over plain sockets: host names, origins of pages, headers, generated files, taken ports."""

import os
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection

import pytest
from serving import ROOT, serving, stop

from pages.shared.assets import publish

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
WEBSOCKET = "/_stcore/stream"
UPLOAD = "/_stcore/upload_file/some-session/some-file"
PLACES = [
    ("GET", "/"),
    ("GET", "/Scenario"),
    ("GET", "/favicon.png"),
    ("GET", "/_stcore/health"),
    ("GET", "/_stcore/host-config"),
    ("GET", "/_stcore/metrics"),
    ("GET", "/media/some.png"),
    ("GET", "/app/static/gen/some.bin"),
    ("GET", "/component/some"),
    ("PUT", UPLOAD),
    ("DELETE", UPLOAD),
    ("GET", WEBSOCKET),
]


@pytest.fixture
def port(server):
    return int(server.rsplit(":", 1)[1])


def ask(port, method, path, host, **headers):
    """Send one request with exactly these headers; return the answer's status, headers and body."""
    more = HANDSHAKE if path == WEBSOCKET else {}
    lines = [f"{method} {path} HTTP/1.1", *([f"Host: {host}"] if host is not None else []), "Content-Length: 0"]
    lines += [f"{name}: {value}" for name, value in {**more, **headers}.items()]
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    connection.sock.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
    answer = connection.response_class(connection.sock, method=method)
    answer.begin()
    body = b"" if answer.status == 101 else answer.read()
    connection.close()
    return answer.status, answer.headers, body.decode("utf-8", "replace")


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_a_foreign_name_reaches_nothing(port, method, path):
    for host in ("evil.example", f"evil.example:{port}"):
        origin = {"Origin": f"http://{host}"}  # DNS rebinding: the page's origin is the foreign name as well
        status, headers, body = ask(port, method, path, host, **origin)
        assert status == (403 if path == WEBSOCKET else 421)
        assert "Streamlit" not in body and "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    "host",
    [
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil-localhost",
        "localhost@evil.example",
        "evil.example#localhost",
        "evil.example/localhost",
        "[::2]",
        "[::1",
        "[1.2.3]",
        "[:::]",
        "0.0.0.0",
        "127.0.0.2",
        "",
        None,
        "localhost:80:80",
        "localhost\r\nHost: evil.example",
    ],
)
def test_names_that_only_look_like_the_servers_own_are_refused(port, host):
    assert ask(port, "GET", "/", host)[0] in (400, 421)
    assert ask(port, "GET", WEBSOCKET, host)[0] in (400, 403)


def test_a_refusal_says_where_to_go(port):
    _, headers, body = ask(port, "GET", "/", "evil.example")
    assert f"http://127.0.0.1:{port}" in body and "server.allowedHosts" in body
    assert "evil" not in body and headers.get_content_type() == "text/plain"


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LocalHost", "localhost."])
@pytest.mark.parametrize("ending", ["", ":{port}", ":9"])  # behind a forwarded port the browser names another one
def test_the_servers_own_names_are_served(port, name, ending):
    host = name + ending.format(port=port)
    assert ask(port, "GET", "/", host)[0] == 200
    assert ask(port, "GET", WEBSOCKET, host, Origin=f"http://{host}")[0] == 101


def test_a_websocket_opens_for_pages_of_this_server_and_for_programs_alone(port):
    host = f"127.0.0.1:{port}"
    statuses = {
        origin: ask(port, "GET", WEBSOCKET, host, **({"Origin": origin} if origin else {}))[0]
        for origin in (
            None,
            f"http://{host}",
            f"https://{host}",
            "http://evil.example",
            f"http://evil.example:{port}",
            "null",
            f"http://127.0.0.1:{port + 1}",
            f"http://localhost:{port}",
            "http://127.0.0.1",
            f"file://{host}",
        )
    }
    welcome = {None, f"http://{host}", f"https://{host}"}
    assert statuses == {origin: 101 if origin in welcome else 403 for origin in statuses}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_a_foreign_page_can_send_nothing(port, method):
    host = f"localhost:{port}"
    status, _, body = ask(port, method, UPLOAD, host, Origin="http://evil.example")
    assert status == 403 and "another site" in body
    assert ask(port, method, UPLOAD, host, Origin="http://[evil")[0] == 403  # of no form at all
    assert (
        "another site" not in ask(port, method, UPLOAD, host, Origin=f"http://{host}")[2]
    )  # Streamlit wants its token


@pytest.mark.parametrize(("method", "path"), [place for place in PLACES if place[1] != WEBSOCKET])
@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_answer_tells_browsers_what_it_may_be_used_for(port, method, path, host):
    _, headers, _ = ask(port, method, path, host)
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer" and headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"] == "'none'" and policy["default-src"] == "'self'"
    assert "'unsafe-inline'" not in policy["script-src"] and "http" not in headers["Content-Security-Policy"]


def test_generated_files_are_kept_by_browsers_and_nothing_else_is_served_from_there(port, data_folder, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(data_folder))
    (data_folder / "browser").mkdir(exist_ok=True)
    (data_folder / "browser" / ".hidden.tmp").write_text("secret")
    (data_folder / "secret.txt").write_text("secret")
    address = publish(b"bytes for the browser")
    status, headers, body = ask(port, "GET", address, "localhost")
    assert (status, body) == (200, "bytes for the browser")
    assert "immutable" in headers["Cache-Control"] and "Access-Control-Allow-Origin" not in headers
    script = ask(port, "GET", publish(b"let a = 1;", ".js"), "localhost")
    assert script[1].get_content_type() == "text/javascript"
    for name in (
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        ".hidden.tmp",
        "map3d-x/../../secret.txt",
        "/etc/passwd",
        "..\\secret.txt",
        "a/b/c.bin",
        "",
        "none.bin",
        "none.bin%00.js",
    ):
        status, _, body = ask(port, "GET", f"/app/static/gen/{name}", "localhost")
        assert status in (400, 404) and "secret" not in body and "root:" not in body, name


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """Start a server bound to all interfaces whose looks outside are written down; yield its port and that file."""
    folder = tmp_path_factory.mktemp("watched")
    hook, seen = folder / "hook", folder / "seen.txt"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(
        "import sys\n"
        f"seen = open({str(seen)!r}, 'a', buffering=1)\n"
        "def look(event, details):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.gethostbyname', 'socket.sendto'):\n"
        "        print(event, details[1] if event in ('socket.connect', 'socket.sendto') else details[0], file=seen)\n"
        "sys.addaudithook(look)\n"
    )
    process, address = serving(
        "dashboard.py",
        folder / "data",
        options=["--server.address", "0.0.0.0"],
        PYTHONPATH=f"{hook}{os.pathsep}{ROOT}",
    )
    try:
        yield int(address.rsplit(":", 1)[1]), seen
    finally:
        stop(process)


def test_no_outer_address_is_looked_up_whatever_pages_and_names_ask(watched):
    port, seen = watched
    for host, origin in (
        ("127.0.0.1", "http://evil.example"),
        ("evil.example", "http://evil.example"),
        ("localhost", None),
    ):
        ask(port, "GET", WEBSOCKET, host, **({"Origin": origin} if origin else {}))
        ask(port, "GET", "/", host)
    looks = [line for line in seen.read_text().splitlines() if "127.0.0.1" not in line and "::1" not in line]
    assert looks == []


def test_bound_to_all_interfaces_other_names_stay_strange(watched):
    port, _ = watched
    assert ask(port, "GET", "/", "evil.example")[0] == 421 and ask(port, "GET", "/", "127.0.0.1")[0] == 200


def test_a_listed_name_is_served_and_then_nothing_else(tmp_path):
    process, address = serving(
        "dashboard.py", tmp_path / "data", STREAMLIT_SERVER_ALLOWED_HOSTS="*.studio.example 127.0.0.1"
    )
    try:
        port = int(address.rsplit(":", 1)[1])
        served = [
            host for host in ("127.0.0.1", "a.studio.example", "studio.example", "localhost") if _serves(port, host)
        ]
        assert served == ["127.0.0.1", "a.studio.example"]
    finally:
        stop(process)


def _serves(port, host):
    return (
        ask(port, "GET", "/", host)[0] == 200 and ask(port, "GET", WEBSOCKET, host, Origin=f"https://{host}")[0] == 101
    )


def test_a_taken_port_is_named_with_the_way_to_choose_another(tmp_path):
    with socket.socket() as taken:
        try:
            taken.bind(("127.0.0.1", 8501))
            taken.listen()
        except OSError:
            pass  # somebody else has taken it, which will do as well
        command = [sys.executable, "-m", "streamlit", "run", "dashboard.py"]
        environment = {**os.environ, "ITNT_DATA_DIR": str(tmp_path)}
        log = tmp_path / "log"
        with log.open("w") as sink:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sink, stderr=subprocess.STDOUT)
        try:
            for _ in range(480):
                if "taken" in log.read_text() or process.poll() is not None:
                    break
                time.sleep(0.25)
        finally:
            stop(process)
    said = log.read_text()
    assert "Port 8501 is taken" in said and "make run PORT=" in said and "--server.port" in said
