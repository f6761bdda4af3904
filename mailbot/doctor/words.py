"""What a server's words at the login mean, and what a person does about them."""

import re
from pathlib import Path

from mailbot.errors import MailbotError
from mailbot.settings.providers import Provider

_OFF = re.compile(r"unsafe login|imap.*(disabled|not.*enabled|未开启)|service.*not.*open", re.I)
_LOCKED = re.compile(r"too (much|many)|\blocked\b|锁定|frequen|频繁|LOGIN_LOCKED|HL:I", re.I)
_LATER = re.compile(r"busy|unavailable|try again|inuse", re.I)
_NO_PASSWORDS = re.compile(r"basicauth|basic auth|AUTHENTICATE failed.*outlook", re.I)
_NO_ANSWER = ("mailbox_unreachable", "mailbox_garbled", "UNREACHABLE")
_PERMISSION = re.compile(r"no permission|NO_PERMISSION", re.I)


def login_remedy(
    error: MailbotError, provider: Provider | None, section: str, file: Path | None = None
) -> str:
    """What to do after a login that failed, by the fault, the server's words and whose it is.
    `file` is where the password stands."""
    words = f"{error.code} {getattr(error, 'text', error)}"
    if error.code in _NO_ANSWER:
        return (
            "nothing is wrong with the password as far as this shows: run it again; where it stays"
            " so, the server or something on the way (a firewall, a filter) ends the connection"
        )
    if error.code == "NOT_OFFERED":
        return f"the server offers no login here: correct [{section}] port and security"
    if error.code in ("CREDENTIALS", "settings"):
        return f"username or password holds signs that no server takes: the 授权码 into [{section}]"
    made = f"（{provider.made_in}）" if provider and provider.made_in else ""
    if _LOCKED.search(words):
        return "the account is locked after failed logins: wait an hour, try nothing meanwhile"
    if _LATER.search(words):
        return "the server has no time now: run this again in some minutes"
    if _NO_PASSWORDS.search(words) or (provider and provider.note):
        return (provider.note if provider else "") or "this server takes no passwords of programs"
    if _OFF.search(words):
        return f"IMAP is switched off for this account: switch it on in the web mail{made}"
    if _PERMISSION.search(words):
        return f"SMTP is switched off for this account: switch it on in the web mail{made}"
    where = file or f"[{section}] password_file"
    return (
        f"write the 授权码, not the web password, into {where}, and check"
        f" [{section}] username (the whole address){made}; then: mailbot resume"
    )
