"""Settings: everything that differs from one office to the next, as types with their defaults.

An unknown key is an error, since a misspelt limit that is silently ignored is worse than a
program that does not start. `sources` reads them.
"""

import ipaddress
import os
import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    field_validator,
    model_validator,
)

from mailbot.model import MailAddress

# A name with at least one dot; a leading dot stands for every host below it.
_HOST = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE | re.ASCII)
_WEB = re.compile(r"https?://[^\s/?#]+([/?#]\S*)?")
_ADDRESS = re.compile(r"[^@\s<>,;\x00-\x1f]+@[^@\s<>,;\x00-\x1f]+")

Security = Literal["tls", "starttls", "none"]
Port = Annotated[int, Field(gt=0, le=65535)]


def _shaped(address: str) -> str:
    if address and not _ADDRESS.fullmatch(address):
        raise ValueError(f"{address!r} is no address")
    return address.lower()


def is_loopback(host: str) -> bool:
    """Whether what is sent to this host stays on this machine; names are not looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Section(BaseModel):
    """Base of all sections: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Server(Section):
    """Base of `[imap]` and `[smtp]`: a login crosses the net in clear only where it is forced."""

    host: str = Field(min_length=1, description="the server's name")
    security: Security = Field("tls", description="tls, starttls, or none (loopback only)")
    allow_cleartext: bool = Field(
        False, description="security = none to other hosts too: password and mail in clear"
    )

    _secret_source: Path | None = PrivateAttr(None)

    @property
    def secret_source(self) -> Path | None:
        """The file that the password was read from; None where the environment has it."""
        return self._secret_source

    def read_from(self, source: Path | None) -> None:
        """Note where the password came from."""
        self._secret_source = source

    @model_validator(mode="after")
    def _not_in_clear(self) -> Self:
        if self.security == "none" and not (self.allow_cleartext or is_loopback(self.host)):
            raise ValueError(
                f'security "none" is for loopback only, not for {self.host}'
                " (allow_cleartext = true forces it)"
            )
        return self


class Imap(Server):
    """`[imap]`: the mailbox that is polled."""

    port: Port = Field(993, description="993 for tls, 143 for starttls and none")
    ca_file: Path | None = Field(None, description="a CA certificate to trust besides the system's")
    username: str = Field(min_length=1, description="the login, usually the whole address")
    password: SecretStr = Field(SecretStr(""), description="at NetEase the 授权码")
    password_file: Path | None = Field(None, description="a file that holds the password")
    folder: str = Field("INBOX", description="the folder that is polled")
    extra_folders: tuple[str, ...] = Field((), description="more folders, e.g. 垃圾邮件")
    after_processing: Literal["keep", "seen", "move"] = Field(
        "keep", description="what happens to a message once it is in the ledger"
    )
    move_to: str = Field("", description="the folder for after_processing = move")
    authserv_id: str = Field(
        "",
        description="the name under which the receiving server states sender checks"
        " (Authentication-Results), `*` for what changes; none: NetEase and QQ by their own marks",
    )

    @field_validator("ca_file", mode="before")
    @classmethod
    def _none(cls, value: Any) -> Any:
        return value or None


class MaildirSection(Section):
    """`[maildir]`: a Maildir or a folder of .eml files instead of `[imap]`."""

    path: Path = Field(description="the Maildir, or a folder of .eml files")


class Smtp(Server):
    """`[smtp]`: the way answers leave."""

    port: Port = Field(465, description="465 for tls, 587 for starttls")
    ca_file: Path | None = Field(None, description="a CA certificate to trust besides the system's")
    username: str = Field("", description="empty: no AUTH")
    password: SecretStr = Field(SecretStr(""), description="at NetEase the 授权码")
    password_file: Path | None = Field(None, description="a file that holds the password")
    from_address: str = Field(min_length=1, description="From and MAIL FROM of every answer")
    from_name: str = Field("", description="the name beside it, e.g. 郑州市安委办")
    null_return_path: bool = Field(False, description="MAIL FROM:<>; NetEase refuses it")
    daily_limit: int = Field(200, ge=1, description="mails a day to all addresses together")
    per_address_daily_limit: int = Field(20, ge=1, description="answers a day to one address")

    _shape = field_validator("from_address")(_shaped)

    @field_validator("ca_file", mode="before")
    @classmethod
    def _none(cls, value: Any) -> Any:
        return value or None


class Paths(Section):
    """`[paths]`: where everything is kept."""

    data: Path = Field(Path("var"), description="ledger.db, spool/ and files/")
    files: str = Field(
        "",
        description="an object store for what is in files/, as fsspec names it:"
        " s3://bucket/prefix (extra mailbot[s3]); empty: files/ alone",
    )
    files_cache_bytes: int = Field(
        0, ge=0, description="with an object store: what files/ keeps of it here; 0: all"
    )


class CampaignSection(Section):
    """`[campaign]`: the notice that is served."""

    rules: Path | None = Field(None, description="a rules folder; none: the shipped one")


class Schedule(Section):
    """`[schedule]`: when things happen in `mailbot run`."""

    timezone: str = Field("Asia/Shanghai", description="the zone of digest and daily limits")
    poll_seconds: int = Field(60, ge=5, description="pause between two polls")
    digest: time = Field(time(8, 30), description="when the digest is sent")
    reminders: Literal["off", "approve", "live"] = Field(
        "approve", description="off; approve waits for a person; live sends (as outbox.mode allows)"
    )

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{value!r} is not a known time zone") from None
        return value


class OutboxSection(Section):
    """`[outbox]`: whether and when answers leave."""

    mode: Literal["live", "approve", "shadow"] = Field(
        "live", description="live sends; approve waits for a person; shadow only records"
    )
    settle_seconds: int = Field(120, ge=0, description="how long a unit is silent before a reply")


class Office(Section):
    """`[office]`: who reads the digest."""

    addresses: tuple[str, ...] = Field((), description="receivers of the digest")
    alerts: bool = Field(True, description="a mail at once for what cannot wait for the digest")
    alert_unreachable_minutes: int = Field(
        30, ge=1, description="an alert when the mailbox could not be reached for so long"
    )
    alert_disk_bytes: int = Field(
        1024**3, ge=0, description="an alert when less is free where the data are"
    )
    require_sender_auth: bool = Field(
        True, description="answers to the digest need a passed SPF or DKIM check of our server"
    )
    trust_unverified_from: bool = Field(
        False,
        description="where the server states no sender checks, From may replace what was accepted",
    )

    @field_validator("addresses")
    @classmethod
    def _shape(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_shaped(address) for address in value)


class ConsoleSection(Section):
    """`[console]`: the office's pages in the browser."""

    enabled: bool = Field(
        False, description="a part of `mailbot run`; `mailbot console` needs it not"
    )
    host: str = Field(
        "127.0.0.1", description="the address it listens on; other than loopback: TLS before it"
    )
    port: Port = Field(8163, description="the port it listens on")
    session_hours: float = Field(12, gt=0, le=24 * 31, description="how long a login lasts")
    public_url: str = Field(
        "", description="how browsers reach it, e.g. https://mailbot.office.example"
    )
    oidc_issuer: str = Field("", description="log in by OpenID Connect of this issuer")
    oidc_client_id: str = Field("", description="our name there")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="and our secret")
    oidc_client_secret_file: Path | None = Field(None, description="a file that holds the secret")

    @field_validator("oidc_issuer")
    @classmethod
    def _not_yet(cls, value: str) -> str:
        if value:
            raise ValueError("login by OpenID Connect is not there yet: leave it empty")
        return value

    @field_validator("public_url")
    @classmethod
    def _web(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            raise ValueError(f"{value!r} is no address of the web")
        return value.rstrip("/")


class LimitsSection(Section):
    """`[limits]`: how large, deep and long a submission may be before it is set aside."""

    message_bytes: int = Field(200 * 1024**2, ge=1024, description="larger mails: headers only")
    archive_members: int = Field(2000, ge=1, description="files in one archive")
    archive_depth: int = Field(4, ge=1, description="archives inside archives")
    archive_bytes: int = Field(2 * 1024**3, ge=1024, description="unpacked, all together")
    archive_member_bytes: int = Field(1024**3, ge=1024, description="unpacked, one file")
    archive_ratio: int = Field(200, ge=2, description="unpacked to packed, parts over 10 MB")
    mail_unpacked_bytes: int = Field(
        512 * 1024**2, ge=1024, description="out of all files of one mail; the rest is held"
    )
    mail_unpacked_files: int = Field(5000, ge=1, description="files out of those of one mail")
    address_unpacked_bytes: int = Field(
        4 * 1024**3, ge=1024, description="out of all mails of one address on one day"
    )
    address_unpacked_files: int = Field(
        20_000, ge=1, description="files out of those of one address on one day"
    )
    inspection_seconds: float = Field(120, gt=0, description="one file's inspection")
    inspection_bytes: int = Field(2 * 1024**3, ge=64 * 1024**2, description="a worker's memory")
    workers: int | None = Field(
        None, ge=1, le=64, description="older name of [inspection] workers, which goes before it"
    )


class InspectionSection(Section):
    """`[inspection]`: where files are read."""

    executor: Literal["local", "dask"] = Field(
        "local", description="local; dask: on other machines (extra mailbot[dask])"
    )
    scheduler: str = Field(
        "", description="dask's scheduler, tls://host:port; tcp:// on loopback only"
    )
    ca_file: Path | None = Field(None, description="tls://: the authority of all certificates")
    cert_file: Path | None = Field(None, description="tls://: our certificate")
    key_file: Path | None = Field(None, description="tls://: its key")
    workers: int = Field(0, ge=0, le=256, description="local processes; 0: one a core")
    fall_back: bool = Field(
        True, description="local processes do the work while dask cannot be had"
    )
    in_flight_bytes: int = Field(
        256 * 1024**2, ge=1024, description="what may be with dask at once; one file in any case"
    )

    @field_validator("ca_file", "cert_file", "key_file", mode="before")
    @classmethod
    def _none(cls, value: Any) -> Any:
        return value or None

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.executor == "local":
            return self
        scheme, _, place = self.scheduler.partition("://")
        if scheme == "tls":
            missing = [
                key for key in ("ca_file", "cert_file", "key_file") if getattr(self, key) is None
            ]
            if missing:
                raise ValueError(f"a tls:// scheduler needs {', '.join(missing)}")
        elif scheme != "tcp":
            raise ValueError('executor "dask" needs scheduler = "tls://host:8786"')
        elif not is_loopback(place.rpartition(":")[0].strip("[]")):
            raise ValueError("a tcp:// scheduler is for loopback only; elsewhere tls://")
        return self


class AlertsSection(Section):
    """`[alerts]`: a second channel, for when mail itself does not leave."""

    webhook: SecretStr = Field(
        SecretStr(""), description="a group robot's address, or any that takes JSON; none: no posts"
    )
    webhook_file: Path | None = Field(None, description="a file that holds the address")
    kind: Literal["json", "wecom", "dingtalk"] = Field("json", description="the form of a post")
    secret: SecretStr = Field(SecretStr(""), description="DingTalk's 加签")
    secret_file: Path | None = Field(None, description="a file that holds it")
    always: bool = Field(False, description="post every alert, also while mail leaves")

    @field_validator("webhook")
    @classmethod
    def _web(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _WEB.fullmatch(value.get_secret_value()):
            raise ValueError("no address of the web")  # not repeated: it bears a key
        return value


class MetricsSection(Section):
    """`[metrics]`: figures for a Prometheus on this machine."""

    enabled: bool = Field(False, description="a page of figures on loopback, in `mailbot run`")
    port: Port = Field(9163, description="http://127.0.0.1:PORT/metrics")


class LogSection(Section):
    """`[log]`: how log lines look."""

    format: Literal["auto", "text", "json"] = Field(
        "auto", description="auto: JSON where systemd's journal reads, else text"
    )


class LinksSection(Section):
    """`[links]`: 超大附件 and net-disk links; fetched only from hosts that are named here."""

    fetch_hosts: tuple[str, ...] = Field(
        (), description="hosts to fetch from (.qq.com: all below it); none: no link is fetched"
    )
    max_bytes: int = Field(1024**3, ge=1024, description="one fetched file")
    timeout_seconds: float = Field(300, gt=0, description="all links of one mail together")
    max_redirects: int = Field(5, ge=0, le=20, description="each to a host that is named, too")

    @field_validator("fetch_hosts")
    @classmethod
    def _shape(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host in value:
            if not _HOST.fullmatch(host):
                raise ValueError(f"{host!r} is no host name")
        return tuple(host.lower() for host in value)


class Settings(Section):
    """Everything that differs from one office to the next; see deploy/README.md, Settings."""

    imap: Imap | None = None
    maildir: MaildirSection | None = None
    smtp: Smtp | None = None
    paths: Paths = Paths()
    campaign: CampaignSection = CampaignSection()
    schedule: Schedule = Schedule()
    outbox: OutboxSection = OutboxSection()
    office: Office = Office()
    limits: LimitsSection = LimitsSection()
    inspection: InspectionSection = InspectionSection()
    links: LinksSection = LinksSection()
    alerts: AlertsSection = AlertsSection()
    metrics: MetricsSection = MetricsSection()
    log: LogSection = LogSection()
    console: ConsoleSection = ConsoleSection()

    @property
    def processes(self) -> int:
        """How many local processes inspect files."""
        return self.inspection.workers or self.limits.workers or len(os.sched_getaffinity(0))

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.schedule.timezone)

    def our_address(self, campaign_mailbox: str) -> MailAddress:
        """From of everything we write."""
        if self.smtp is None:
            return MailAddress("", campaign_mailbox)
        return MailAddress(self.smtp.from_name, self.smtp.from_address)

    def own_domain(self, campaign_mailbox: str) -> str:
        """The domain of our Message-IDs."""
        return self.our_address(campaign_mailbox).address.rpartition("@")[2]

    def mailbox_read(self, campaign_mailbox: str) -> str:
        """The address whose mail is read, as far as the settings tell: what a unit writes to."""
        if self.imap and "@" in self.imap.username:
            return self.imap.username
        return campaign_mailbox

    def mailbox_differences(self, campaign_mailbox: str) -> str:
        """One line where mailbox, account and sender are not one address; "" where they are."""
        stated = {"the campaign's mailbox": campaign_mailbox}
        if self.imap and "@" in self.imap.username:
            stated["imap.username"] = self.imap.username
        if self.smtp:
            stated["smtp.from_address"] = self.smtp.from_address
        if len({address.lower() for address in stated.values()}) == 1:
            return ""
        told = ", ".join(f"{name} {address}" for name, address in stated.items())
        read = self.mailbox_read(campaign_mailbox)
        return f"different addresses: {told}; units are told to write to {read}"

    def own_addresses(self, campaign_mailbox: str) -> frozenset[str]:
        """The addresses that are ours (CONTRACT: Settings), lower case."""
        mine = {campaign_mailbox.lower()}
        if self.smtp:
            mine.add(self.smtp.from_address)
        if self.imap and "@" in self.imap.username:
            mine.add(self.imap.username.lower())
        return frozenset(mine)
