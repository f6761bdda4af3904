"""OpenID Connect: the office's own login, as its provider vouches for it.

The authorisation code flow (OpenID Connect Core 1.0, 3.1) with PKCE (RFC 7636). Who comes back is
believed by the ID token alone: signed with a key of the provider, for us, unexpired, and with the
nonce of this browser. Whom it names must be a user of the console already: the provider says who
somebody is, and the console what he may do.

Authlib checks the claims and joserfc the signature; both come with `mailbot[oidc]`.
"""

import base64
import json
import secrets
import threading
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from importlib.util import find_spec
from typing import IO, Any
from urllib.parse import quote, urlencode, urlsplit

from mailbot.errors import PermanentFault, SettingsError, TemporaryFault
from mailbot.settings.section import is_loopback
from mailbot.settings.watching import ConsoleSection

CALLBACK = "/login/oidc/callback"
_WELL_KNOWN = "/.well-known/openid-configuration"
_TIMEOUT_S = 10.0
_MOST_BYTES = 1024**2
_LEEWAY_S = 60  # between the provider's clock and ours
# With a key that only the provider has. `none` and the HMACs are none: whoever knows the public
# key, or our secret, would sign (RFC 8725, 2.1 and 3.1).
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that was begun: where the browser goes, and what it must come back with."""

    address: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """The issuer of `[console] oidc_issuer`; what it says of itself is asked once."""

    def __init__(self, section: ConsoleSection, redirect_uri: str) -> None:
        if find_spec("authlib") is None:
            raise SettingsError("console.oidc_issuer needs Authlib: pip install 'mailbot[oidc]'")
        self._section = section
        self._redirect_uri = redirect_uri
        self._lock = threading.Lock()
        self._configuration: Mapping[str, Any] = {}
        self._keys: Any = None

    @property
    def claim(self) -> str:
        """Which claim names the user."""
        return self._section.oidc_claim

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same provider for another office, to whom a name means the same."""
        section = self._section
        return section.oidc_issuer, section.oidc_client_id, section.oidc_claim

    def begin(self) -> Begun:
        """TemporaryFault `oidc` where the provider does not answer as one."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._section.oidc_client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid profile email",
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        address = self._endpoint("authorization_endpoint")
        mark = "&" if urlsplit(address).query else "?"
        return Begun(f"{address}{mark}{urlencode(asked)}", state, nonce, verifier)

    def finish(self, code: str, nonce: str, verifier: str, now: datetime) -> str:
        """Who logged in: the claim's value. PermanentFault `oidc` where that is not proved."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        answer = self._fetch(self._endpoint("token_endpoint"), *self._as_ourselves(form))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise PermanentFault("oidc", "the provider gave no ID token")
        return self._named(self._claims(token, answer.get("access_token"), nonce, now))

    def _as_ourselves(self, form: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        """The form and its headers, with our secret as the provider wants it (Core, 9)."""
        name, secret = (
            self._section.oidc_client_id,
            self._section.oidc_client_secret.get_secret_value(),
        )
        ways = self._configured().get("token_endpoint_auth_methods_supported")
        headers = {}
        if secret and (not isinstance(ways, list) or "client_secret_basic" in ways):
            pair = f"{quote(name, safe='')}:{quote(secret, safe='')}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        else:
            form |= {"client_id": name} | ({"client_secret": secret} if secret else {})
        return urlencode(form).encode(), headers

    def _claims(
        self, token: str, access_token: object, nonce: str, now: datetime
    ) -> Mapping[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError

        def signed_by(keys: Any) -> Any:
            return jwt.decode(token, keys, algorithms=_ALGORITHMS)

        try:
            try:
                found = signed_by(self._signing_keys())
            except (JoseError, ValueError):
                found = signed_by(self._signing_keys(fresh=True))  # it may sign with a new one
            claims = CodeIDToken(
                found.claims,
                found.header,
                {
                    "iss": {"essential": True, "value": self._configured()["issuer"]},
                    "aud": {"essential": True, "value": self._section.oidc_client_id},
                },
                {
                    "nonce": nonce,
                    "client_id": self._section.oidc_client_id,
                    "access_token": access_token,
                },
            )
            claims.validate(int(now.timestamp()), _LEEWAY_S)
        except (JoseError, ValueError, TypeError) as error:
            raise PermanentFault("oidc", f"the ID token does not hold: {error}") from error
        return dict(claims)

    def _named(self, claims: Mapping[str, Any]) -> str:
        name = claims.get(self.claim)
        if not isinstance(name, str) or not name.strip():
            raise PermanentFault("oidc", f"the ID token has no {self.claim}")
        if self.claim == "email" and claims.get("email_verified") is not True:
            raise PermanentFault("oidc", "the provider did not verify the address")
        return name.strip()

    def _signing_keys(self, *, fresh: bool = False) -> Any:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        with self._lock:
            known = self._keys
        if known is None or fresh:
            try:
                told: Any = self._fetch(self._endpoint("jwks_uri"))
                known = KeySet.import_key_set(told)
            except (JoseError, KeyError, TypeError, ValueError) as error:
                raise TemporaryFault("oidc", f"the provider's keys: {error}") from error
            with self._lock:
                self._keys = known
        return known

    def _endpoint(self, name: str) -> str:
        address = self._configured().get(name)
        if not isinstance(address, str) or not _is_safe(address):
            raise TemporaryFault("oidc", f"the provider names no {name} that is safe")
        return address

    def _configured(self) -> Mapping[str, Any]:
        with self._lock:
            known = self._configuration
        if not known:
            issuer = self._section.oidc_issuer
            known = self._fetch(issuer.rstrip("/") + _WELL_KNOWN)
            if known.get("issuer") not in (issuer, issuer.rstrip("/"), issuer.rstrip("/") + "/"):
                raise TemporaryFault("oidc", f"the provider calls itself {known.get('issuer')!r}")
            with self._lock:
                self._configuration = known
        return known

    def _fetch(
        self, address: str, form: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """A document of the provider. What it refuses is permanent, what fails temporary."""
        request = urllib.request.Request(  # noqa: S310 - https, or http on loopback: _is_safe
            address, form, {"accept": "application/json", **(headers or {})}
        )
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(request, timeout=_TIMEOUT_S) as answer:
                octets = answer.read(_MOST_BYTES + 1)
            found = json.loads(octets) if len(octets) <= _MOST_BYTES else None
        except urllib.request.HTTPError as error:
            if form is not None and 400 <= error.code < 500:
                raise PermanentFault("oidc", f"the provider refused: {error.code}") from error
            raise TemporaryFault("oidc", f"{address}: {error}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise TemporaryFault("oidc", f"{address}: {error}") from error
        if not isinstance(found, dict):
            raise TemporaryFault("oidc", f"{address}: no document of a provider")
        return found


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Our secret goes to the address that was named, and no further."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        return None


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
