"""A provider of OpenID Connect on loopback: real HTTP, signed tokens, and as dishonest as asked."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "mailbot", "a secret: of 32 octets, & more"
Claims = dict[str, Any]


@cache
def _key(kid: str) -> RSAKey:
    """Made once: it takes a tenth of a second."""
    return RSAKey.generate_key(2048, {"kid": kid})


@dataclass
class Provider:
    """Whoever comes is `user`. `change` alters what is signed, `sign` how."""

    user: str
    now: Callable[[], datetime]
    issuer: str = ""
    change: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[["Provider", Claims], str] | None = None
    said: dict[str, Any] = field(default_factory=dict)  # of its metadata
    asked: list[str] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: _key("1"))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def token(self, claims: Claims) -> str:
        if self.sign is not None:
            return self.sign(self, claims)
        return str(jwt.encode({"alg": "RS256", "kid": self.key.kid or ""}, claims, self.key))

    def rotate(self) -> None:
        """It signs with another key from now on."""
        self.key = _key("2")

    def metadata(self) -> dict[str, Any]:
        at = self.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
            **self.said,
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        code = f"code{len(self._codes)}"
        self._codes[code] = query
        back = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, str] | None:
        """An ID token for a code, once, for who began (RFC 6749, 4.1.3; RFC 7636, 4.6)."""
        begun = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if authorization:
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            name, secret = (unquote(one) for one in pair.split(":", 1))
        else:
            name, secret = form.get("client_id", ""), form.get("client_secret", "")
        if (
            begun is None
            or begun["code_challenge"] != challenge
            or begun["redirect_uri"] != form.get("redirect_uri")
            or (name, secret) != (CLIENT, SECRET)
        ):
            return None
        moment = int(self.now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": "248289761001",
            "aud": CLIENT,
            "iat": moment,
            "exp": moment + 300,
            "nonce": begun["nonce"],
            "preferred_username": self.user,
        }
        return {
            "token_type": "Bearer",
            "access_token": "x",
            "id_token": self.token(self.change(claims)),
        }


def unsigned(_provider: Provider, claims: Claims) -> str:
    """`alg` none (RFC 8725, 2.1)."""
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def _part(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def by_our_secret(_provider: Provider, claims: Claims) -> str:
    return str(
        jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"])
    )


def by_the_public_key(provider: Provider, claims: Claims) -> str:
    """The key that everybody may know, taken for a secret."""
    said = f"{_part({'alg': 'HS256', 'kid': '1'})}.{_part(claims)}"
    sign = hmac.digest(provider.key.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(sign).rstrip(b'=').decode()}"


def by_another_key(_provider: Provider, claims: Claims) -> str:
    return str(jwt.encode({"alg": "RS256", "kid": "1"}, claims, _key("2")))


@contextmanager
def a_provider(now: Callable[[], datetime], user: str = "clerk") -> Iterator[Provider]:
    """It listens until the block ends."""
    provider = Provider(user, now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            if parts.path == "/.well-known/openid-configuration":
                self._answer(provider.metadata())
            elif parts.path == "/keys":
                self._answer(KeySet([provider.key]).as_dict(private=False))
            elif parts.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("location", provider.authorize(query))
                self.end_headers()
            else:
                self._answer(None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            provider.asked.append(self.path)
            self._answer(provider.exchange(form, self.headers.get("authorization", "")))

        def _answer(self, document: object) -> None:
            self.send_response(200 if document is not None else 400)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join(10)
