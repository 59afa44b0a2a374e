"""A small OpenID provider (OpenID Connect Core 1.0, authorization code flow with PKCE), served by a thread."""

import base64
import contextlib
import hashlib
import secrets
import threading
import time
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from tests.browser.serving import free_port


class Provider:
    """Knows one client and lets in whoever ``claims`` describes at the moment, without a question."""

    def __init__(self, client_id, client_secret, redirect_uri):
        self.client, self.secret, self.redirect_uri = client_id, client_secret, redirect_uri
        self.claims, self.issuer, self.signs_wrong = {}, "", False
        self.key, self.codes = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}), {}
        self.other_key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})

    async def metadata(self, request: Request):
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "end_session_endpoint": f"{self.issuer}/end",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def authorize(self, request: Request):
        asked = dict(request.query_params)
        assert asked["client_id"] == self.client and asked["redirect_uri"] == self.redirect_uri
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(f"{self.redirect_uri}?{urlencode({'code': code, 'state': asked['state']})}", 302)

    async def token(self, request: Request):
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        told = base64.b64decode(request.headers["authorization"].split()[1]).decode()
        asked = self.codes.pop(form["code"], None)  # a code serves once
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if told != f"{self.client}:{self.secret}" or asked is None or proof != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client, "iat": now, "exp": now + 300, "nonce": asked.get("nonce")}
        key = self.other_key if self.signs_wrong else self.key
        id_token = jwt.encode({"alg": "RS256", "kid": "one"}, {**claims, **self.claims}, key)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": id_token})

    async def keys(self, request: Request):
        return JSONResponse(KeySet([self.key]).as_dict(private=False))


@contextlib.contextmanager
def provided(client_id, client_secret, redirect_uri):
    """Serve a provider on a free port and yield it."""
    provider, port = Provider(client_id, client_secret, redirect_uri), free_port()
    provider.issuer = f"http://127.0.0.1:{port}"
    routes = [
        Route("/.well-known/openid-configuration", provider.metadata),
        Route("/authorize", provider.authorize),
        Route("/token", provider.token, methods=["POST"]),
        Route("/keys", provider.keys),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield provider
    server.should_exit = True
    thread.join(timeout=10)
