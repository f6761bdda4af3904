"""Where mail comes from and how answers leave: `[imap]`, `[maildir]`, `[smtp]`."""

from pathlib import Path
from typing import Any, Literal, Self

from mailbot.record import checked, proved
from mailbot.settings.section import Port, Secret, Section, is_loopback, shaped

Security = Literal["tls", "starttls", "none"]


class Server(Section):
    """Base of `[imap]` and `[smtp]`: a login crosses the net in clear only where it is forced."""

    host: str = proved(min_length=1, description="the server's name")
    security: Security = proved(default="tls", description="tls, starttls, or none (loopback only)")
    allow_cleartext: bool = proved(
        default=False, description="security = none to other hosts too: password and mail in clear"
    )

    @property
    def secret_source(self) -> Path | None:
        """The file that the password was read from; None where the environment has it."""
        source: Path | None = self.__dict__.get("_secret_source")
        return source

    def read_from(self, source: Path | None) -> None:
        """Note where the password came from."""
        self.__dict__["_secret_source"] = source

    @checked()
    def _not_in_clear(self) -> Self:
        if self.security == "none" and not (self.allow_cleartext or is_loopback(self.host)):
            raise ValueError(
                f'security "none" is for loopback only, not for {self.host}'
                " (allow_cleartext = true forces it)"
            )
        return self


class Imap(Server):
    """`[imap]`: the mailbox that is polled."""

    port: Port = proved(default=993, description="993 for tls, 143 for starttls and none")
    ca_file: Path | None = proved(
        default=None, description="a CA certificate to trust besides the system's"
    )
    username: str = proved(min_length=1, description="the login, usually the whole address")
    password: Secret = proved(default=Secret(""), description="at NetEase the 授权码")
    password_file: Path | None = proved(default=None, description="a file that holds the password")
    folder: str = proved(default="INBOX", description="the folder that is polled")
    extra_folders: tuple[str, ...] = proved(default=(), description="more folders, e.g. 垃圾邮件")
    after_processing: Literal["keep", "seen", "move"] = proved(
        default="keep", description="what happens to a message once it is in the ledger"
    )
    move_to: str = proved(default="", description="the folder for after_processing = move")
    authserv_id: str = proved(
        default="",
        description="the name under which the receiving server states sender checks"
        " (Authentication-Results), `*` for what changes; none: NetEase and QQ by their own marks",
    )

    @checked("ca_file", before=True)
    @classmethod
    def _none(cls, value: Any) -> Any:
        return value or None


class MaildirSection(Section):
    """`[maildir]`: a Maildir or a folder of .eml files instead of `[imap]`."""

    path: Path = proved(description="the Maildir, or a folder of .eml files")


class Smtp(Server):
    """`[smtp]`: the way answers leave."""

    port: Port = proved(default=465, description="465 for tls, 587 for starttls")
    ca_file: Path | None = proved(
        default=None, description="a CA certificate to trust besides the system's"
    )
    username: str = proved(default="", description="empty: no AUTH")
    password: Secret = proved(default=Secret(""), description="at NetEase the 授权码")
    password_file: Path | None = proved(default=None, description="a file that holds the password")
    from_address: str = proved(min_length=1, description="From and MAIL FROM of every answer")
    from_name: str = proved(default="", description="the name beside it, e.g. 郑州市安委办")
    null_return_path: bool = proved(default=False, description="MAIL FROM:<>; NetEase refuses it")
    daily_limit: int = proved(
        default=200, ge=1, description="mails a day to all addresses together"
    )
    per_address_daily_limit: int = proved(
        default=20, ge=1, description="answers a day to one address"
    )

    _shape = checked("from_address")(staticmethod(shaped))

    @checked("ca_file", before=True)
    @classmethod
    def _none(cls, value: Any) -> Any:
        return value or None
