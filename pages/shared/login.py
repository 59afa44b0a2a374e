"""The page on which people log in and out: plain HTML, since nobody is let to the others before."""

from __future__ import annotations

import math
from functools import lru_cache
from urllib.parse import parse_qs, quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from streamlit.auth_util import encode_provider_token
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from itnt_core.data_folder import common_path
from itnt_core.errors import ItntError
from itnt_core.installed import asset
from itnt_core.people import LOGIN_DAYS, MOST_NAME, GuessLimit, PeopleStore, enter_class

from . import who
from .assets import base_path
from .gate import LOGIN, LOGOUT

MOST_FORM_BYTES = 5_000
NOT_LET_IN = (
    "Your account is not let in here: ask whoever runs this server. To come in with another one, log out first."
)
_pace = GuessLimit()


async def login(request: Request) -> Response:
    """Show the form, or let somebody in who has filled it in."""
    if request.method != "POST":
        return await run_in_threadpool(_shown, request)
    form = await _form(request)
    if form is None:
        return _page(request, "The form was too large: fill it in anew.", status=413)
    return await run_in_threadpool(_entered, request, form)


def _shown(request: Request) -> Response:
    try:
        person = who.person_of(request.cookies)
    except ItntError as error:
        return _page(request, str(error), status=503)
    if person is not None:
        return _to(_wanted(request.query_params.get("next", "")))
    is_refused = USER_COOKIE_NAME in request.cookies
    return _page(request, NOT_LET_IN if is_refused else "", status=403 if is_refused else 200)


def _entered(request: Request, form: dict[str, str]) -> Response:
    if "class" not in who.logins():
        return _page(request, "Passphrases are not taken here.", status=403)
    address = request.client.host if request.client else ""
    try:
        entry = enter_class(
            common_path(), form.get("name", ""), form.get("passphrase", ""), form.get("code", ""), address, _pace
        )
    except ItntError as error:
        return _page(request, str(error), form, status=503)
    if entry.person is None:
        answer = _page(request, entry.sentence, form, status=429 if entry.wait_s else 403)
        if entry.wait_s:
            answer.headers["Retry-After"] = str(math.ceil(entry.wait_s))
        return answer
    went = _to(_wanted(form.get("next", "")))
    went.set_cookie(
        who.COOKIE,
        entry.token,
        max_age=LOGIN_DAYS * 86_400,
        path=base_path() or "/",
        httponly=True,
        samesite="lax",
        secure=_is_encrypted(request),
    )
    return went


async def logout(request: Request) -> Response:
    """End the login of this browser; a link of another site only leads to the question whether to."""
    is_own = request.method == "POST" or request.headers.get("sec-fetch-site") in ("same-origin", "none")
    if not is_own:
        return _page(request, "", asks_to_leave=True)
    await run_in_threadpool(_end_login, request)
    by_provider = "provider" in who.logins() and USER_COOKIE_NAME in request.cookies
    went = _to(f"{base_path()}/auth/logout" if by_provider else f"{base_path()}{LOGIN}")
    went.delete_cookie(who.COOKIE, path=base_path() or "/", httponly=True, samesite="lax")
    return went


def _end_login(request: Request) -> None:
    token = request.cookies.get(who.COOKIE)
    if token:
        PeopleStore(common_path()).log_out(token)
    who.forget_logins()


async def _form(request: Request) -> dict[str, str] | None:
    """Return the fields of a form, None where it is larger than any of ours."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_FORM_BYTES:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    return {name: values[-1] for name, values in fields.items()}


def _page(
    request: Request,
    sentence: str,
    form: dict[str, str] | None = None,
    *,
    status: int = 200,
    asks_to_leave: bool = False,
) -> Response:
    form = form or {}
    wanted = form.get("next") or request.query_params.get("next", "")
    provider = ""
    if "provider" in who.logins():
        provider = f"{base_path()}/auth/login?provider={quote(encode_provider_token('default'))}"
    text = _template().render(
        sentence=sentence,
        name=form.get("name", ""),
        most_name=MOST_NAME,
        next=_wanted(wanted),
        asks_class="class" in who.logins(),
        asks_code="already somebody" in sentence,
        provider=provider,
        asks_to_leave=asks_to_leave,
        may_leave=USER_COOKIE_NAME in request.cookies,
        login=f"{base_path()}{LOGIN}",
        logout=f"{base_path()}{LOGOUT}",
    )
    return HTMLResponse(text, status, {"Cache-Control": "no-store"})


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(asset("studio")), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("login.html")


def _wanted(address: str) -> str:
    """Return an address of this server to go on to, the first page for anything else: nobody is led elsewhere."""
    is_own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    own = address if is_own and "\\" not in address and not address.startswith(f"{base_path()}{LOGOUT}") else ""
    return own or f"{base_path()}/"


def _is_encrypted(request: Request) -> bool:
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "") == "https"


def _to(address: str) -> Response:
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})
