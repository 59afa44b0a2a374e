"""A login over a real OpenID provider: who comes in, who does not, and forged answers."""

import os
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from itnt_core.people import PeopleStore
from tests.browser.serving import ROOT, free_port, log_of, stop, wait_until_healthy
from tests.people.provider import provided
from tests.people.visiting import Visitor

SECRETS = """[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "{cookie}"
client_id = "studio"
client_secret = "known to two"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
"""
HTML = {"Accept": "text/html,*/*"}
ADA = {"sub": "77", "name": "Ada", "email": "ada@uni.example", "email_verified": True}


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """The provider, and a server that knows it by a file of secrets outside of the program."""
    root, port = tmp_path_factory.mktemp("provided"), free_port()
    with provided("studio", "known to two", f"http://127.0.0.1:{port}/oauth2callback") as provider:
        secrets_file = root.with_name("studio-secrets.toml")
        secrets_file.write_text(SECRETS.format(port=port, issuer=provider.issuer, cookie="c" * 40))
        own = {
            "ITNT_DATA_DIR": str(root),
            "PYTHONPATH": str(ROOT),
            "ITNT_LIVE": "off",
            "ITNT_PROFILE": "server",
            "ITNT_LOGINS": "*@uni.example",
            "ITNT_LECTURERS": "grace@uni.example",
            "STREAMLIT_SECRETS_FILES": str(secrets_file),
        }
        command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
        with log_of(root).open("w") as log:
            process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, stdout=log, stderr=log)
        wait_until_healthy(f"http://127.0.0.1:{port}", process, log_of(root))
        yield provider, f"http://127.0.0.1:{port}", root
        stop(process)


class Browser(Visitor):
    """A visitor who keeps cookies and follows where they are led."""

    def __init__(self, address):
        super().__init__(address)
        self.jar = {}

    def follow(self, path):
        """Go where an address leads, to the provider and back; return the last answer and all places on the way."""
        places = [path]
        while True:
            parts = urlsplit(path)
            host, own = self.host, parts.netloc in ("", self.host)
            self.host = self.host if own else parts.netloc
            self.cookie = "; ".join(f"{name}={value}" for name, value in self.jar.items()) if own else ""
            answer = self.ask(parts.path + (f"?{parts.query}" if parts.query else ""), **HTML)
            self.host = host
            for line in answer.cookies if own else ():
                name, _, value = line.partition(";")[0].partition("=")
                if "max-age=0" in line.lower():
                    self.jar.pop(name, None)
                else:
                    self.jar[name] = value
            if answer.status not in (302, 303, 307):
                self.cookie = "; ".join(f"{name}={value}" for name, value in self.jar.items())
                return answer, places
            path = answer.headers["location"]
            places.append(path)

    def log_in(self):
        """Press the button of the login page."""
        page, _ = self.follow("/login")
        button = re.search(r'href="(/auth/login[^"]+)"', page.body.decode()).group(1)
        return self.follow(button.replace("&amp;", "&"))


@pytest.fixture
def log_in(studio):
    provider, address, _ = studio

    def logged_in(**claims):
        provider.claims = claims
        browser = Browser(address)
        answer, places = browser.log_in()
        return browser, answer, places

    return logged_in


def test_a_login_leads_over_the_provider_and_back_to_a_person_of_ones_own(studio, log_in):
    provider, address, root = studio
    browser, answer, places = log_in(**ADA)
    assert answer.status == 200 and places[1].startswith(f"{provider.issuer}/authorize?")
    assert places[2].startswith(f"{address}/oauth2callback?code=") and not places[-1].startswith("/login")
    assert b"Ada" in browser.open("Runs").content
    found = [(known.person.name, known.person.role) for known in PeopleStore(root).everybody()]
    assert found == [("Ada", "owner")]
    again, _, _ = log_in(**ADA)  # another browser, the same person
    assert b"Ada" in again.open("Runs").content and len(PeopleStore(root).everybody()) == 1
    for visitor in (browser, again):
        visitor.leave()


def test_whoever_is_not_on_the_list_is_told_so_and_gets_nothing(log_in):
    for claims in (
        {"sub": "66", "name": "Eve", "email": "eve@evil.example", "email_verified": True},
        {"sub": "67", "name": "Eve", "email": "eve@uni.example", "email_verified": False},
        {"sub": "68", "name": "Ada"},
    ):
        browser, answer, _ = log_in(**claims)
        assert answer.status == 403 and b"not let in here" in answer.body
        assert browser.ask("/Runs").status == 401 and not browser.is_let_in()


def test_a_lecturer_is_one_by_the_list(log_in):
    browser, _, _ = log_in(sub="80", name="Grace", email="grace@uni.example", email_verified=True)
    assert b"What everybody" in browser.open("People").content or b"Whose work" in browser.run("People").content
    browser.leave()


def test_tokens_that_others_have_signed_and_cookies_that_were_changed_open_nothing(studio, log_in):
    provider, _, _ = studio
    provider.signs_wrong = True
    browser, answer, _ = log_in(**ADA)
    provider.signs_wrong = False
    assert browser.ask("/Runs").status == 401 and answer.status == 200 and b"Log in" in answer.body
    browser, _, _ = log_in(**ADA)
    assert browser.ask("/Runs", **HTML).status == 200
    name = next(one for one in browser.jar if one == "_streamlit_user")
    whole = browser.jar[name]
    for forged in (whole[:-2], "x" + whole[1:], whole.replace(whole[20:24], "AAAA"), "", "chunks-3"):
        browser.cookie = f"{name}={forged}"
        assert browser.ask("/Runs").status == 401, forged[:30]


def test_a_callback_that_nobody_asked_for_logs_nobody_in(studio):
    _, address, _ = studio
    browser = Browser(address)
    browser.follow("/oauth2callback?code=guess&state=guess")
    assert browser.ask("/Runs").status == 401


def test_logging_out_goes_by_the_provider_and_ends_here(studio, log_in):
    provider, _, _ = studio
    browser, _, _ = log_in(**ADA)
    answer = browser.ask("/logout", **{"Sec-Fetch-Site": "same-origin"})
    assert answer.headers["location"] == "/auth/logout"
    left = browser.ask("/auth/logout")
    assert left.headers["location"].startswith(f"{provider.issuer}/end?")
    assert any(line.startswith('_streamlit_user=""') for line in left.cookies)
