"""What shows how the robot stands: `[console]`, `[alerts]`, `[metrics]`, `[log]`."""

import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from mailbot.record import checked, proved
from mailbot.settings.section import Port, Secret, Section, is_loopback

_WEB = re.compile(r"https?://[^\s/?#]+([/?#]\S*)?")


class ConsoleSection(Section):
    """`[console]`: the office's pages in the browser."""

    enabled: bool = proved(
        default=False, description="a part of `mailbot run`; `mailbot console` needs it not"
    )
    host: str = proved(
        default="127.0.0.1",
        description="the address it listens on; other than loopback: TLS before it",
    )
    port: Port = proved(default=8163, description="the port it listens on")
    session_hours: float = proved(
        default=12, gt=0, le=24 * 31, description="how long a login lasts"
    )
    public_url: str = proved(
        default="", description="how browsers reach it, e.g. https://mailbot.office.example"
    )
    oidc_issuer: str = proved(default="", description="log in by OpenID Connect of this issuer")
    oidc_client_id: str = proved(default="", description="our name there")
    oidc_client_secret: Secret = proved(default=Secret(""), description="and our secret")
    oidc_client_secret_file: Path | None = proved(
        default=None, description="a file that holds the secret"
    )

    oidc_claim: str = proved(
        default="preferred_username",
        description="which claim of the ID token is the user's name here",
    )

    @property
    def address(self) -> str:
        """How browsers reach the console."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @checked("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        on_loopback = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if value and not (parts.hostname and (parts.scheme == "https" or on_loopback)):
            raise ValueError(f"{value!r} is no issuer: https://… as its own metadata says it")
        return value

    @checked()
    def _known_there(self) -> Self:
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_claim):
            raise ValueError("oidc_issuer needs oidc_client_id and oidc_claim")
        return self

    @checked("public_url")
    @classmethod
    def _web(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            raise ValueError(f"{value!r} is no address of the web")
        return value.rstrip("/")


class AlertsSection(Section):
    """`[alerts]`: a second channel, for when mail itself does not leave."""

    webhook: Secret = proved(
        default=Secret(""),
        description="a group robot's address, or any that takes JSON; none: no posts",
    )
    webhook_file: Path | None = proved(default=None, description="a file that holds the address")
    kind: Literal["json", "wecom", "dingtalk"] = proved(
        default="json", description="the form of a post"
    )
    secret: Secret = proved(default=Secret(""), description="DingTalk's 加签")
    secret_file: Path | None = proved(default=None, description="a file that holds it")
    always: bool = proved(default=False, description="post every alert, also while mail leaves")

    @checked("webhook")
    @classmethod
    def _web(cls, value: Secret) -> Secret:
        if value.get_secret_value() and not _WEB.fullmatch(value.get_secret_value()):
            raise ValueError("no address of the web")  # not repeated: it bears a key
        return value


class MetricsSection(Section):
    """`[metrics]`: figures for a Prometheus on this machine."""

    enabled: bool = proved(
        default=False, description="a page of figures on loopback, in `mailbot run`"
    )
    port: Port = proved(default=9163, description="http://127.0.0.1:PORT/metrics")


class LogSection(Section):
    """`[log]`: how log lines look."""

    format: Literal["auto", "text", "json"] = proved(
        default="auto", description="auto: JSON where systemd's journal reads, else text"
    )
