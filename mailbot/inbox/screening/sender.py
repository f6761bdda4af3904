"""Whose mail is it: what the receiving server found of SPF, DKIM and DMARC, and may we believe it.

Anyone can write an Authentication-Results header (RFC 8601 5). NetEase appends its own below
the sender's and marks it by the transaction of its own Received line; QQ writes `mx.qq.com`.
A failed or missing result never blocks a submission; it stops the replacement of what is
already accepted.
"""

import re
from dataclasses import dataclass
from typing import Literal

from mailbot.model import Message

_RESULTS = (
    "pass|fail|softfail|hardfail|neutral|none|temperror|permerror|policy|unknown|bestguesspass"
)
_RESULT = {
    method: re.compile(rf"[;]{method}=({_RESULTS})", re.IGNORECASE)
    for method in ("spf", "dkim", "dmarc")
}
_SPF_DOMAIN = re.compile(
    r"smtp\.mail(?:from)?=[<\"]?(?:[^;@]*@)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE
)
_DKIM = re.compile(
    r";dkim=(\w*?pass)(?:\([^)]*\))?[^;]*?header\.[id]=\"?[^;@]*?@?"
    r"([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:header|$|[;\"(])",
    re.IGNORECASE,
)
_AT_QQ = re.compile(r"\bby\s+[\w.-]+\.qq\.com\b", re.IGNORECASE)
_FAILED = ("fail", "hardfail")
_SUBSTANCE = frozenset(
    "pass fail softfail hardfail permerror policy bestguesspass".split()
)  # results that say something about the sender

SenderDoubt = Literal["", "failed", "missing"]
# Under these, two names with a common end have nothing in common.
_REGISTRIES = frozenset("com.cn net.cn org.cn gov.cn edu.cn ac.cn mil.cn".split())


@dataclass(frozen=True, slots=True)
class SenderAuth:
    """Results as words of RFC 8601 ("pass", "fail", "none" …), "" where not stated.

    `aligned`: a passed SPF or DKIM result speaks for the domain of From; None when there is no
    result to go by. `trusted`: the results are the receiving server's own.
    """

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    aligned: bool | None = None
    trusted: bool = False

    @property
    def proven(self) -> bool:
        """Whether the From address may be believed."""
        return self.trusted and self.aligned is True and self.dmarc not in _FAILED

    @property
    def contradicted(self) -> bool:
        """Whether a result speaks against the sender. Whoever stated it: a forged one harms
        only its forger."""
        if self.dmarc in _FAILED:
            return True
        return self.aligned is False and bool(_SUBSTANCE & {self.spf, self.dkim, self.dmarc})


def doubt_sender(message: Message) -> SenderDoubt:
    """What keeps the sender from replacing what is already accepted; "" when nothing does.

    `missing`: our server, one that states results, stated none for him, or what is stated was
    not stated by it. Where the server that took the mail in states none at all (a Maildir, an
    office's own server) there is nothing to miss.
    """
    auth = read_sender_auth(message)
    if auth.proven:
        return ""
    if auth.contradicted:
        return "failed"
    stated = bool(message.header_values("Authentication-Results"))
    return "missing" if stated or _came_through_a_stating_server(message) else ""


def read_sender_auth(message: Message) -> SenderAuth:
    """The receiving server's verdict on the sender; never raises, pure.

    Where no result is trustworthy the first one stated is returned with `trusted` False.
    """
    # NetEase folds inside tokens: what is compared is compared without any white space.
    stated = [_compact(value) for value in message.header_values("Authentication-Results")]
    own = _coremail_results(message, stated) or _qq_results(message, stated)
    if not stated:
        return SenderAuth()
    value = own or stated[0]
    found = {
        method: match[1].lower() if (match := pattern.search(value)) else ""
        for method, pattern in _RESULT.items()
    }
    return SenderAuth(
        found["spf"], found["dkim"], found["dmarc"], _aligned(message, value), own is not None
    )


def _compact(value: str) -> str:
    return re.sub(r"\s+", "", value)


def _coremail_results(message: Message, stated: list[str]) -> str | None:
    """The last result whose host and transaction are those of the topmost Coremail hop."""
    transactions = [_compact(value) for value in message.header_values("X-CM-TRANSID")]
    hop = ""
    for received in message.header_values("Received"):
        compact = _compact(received)
        if "(Coremail)" not in compact:
            return None  # above it stands another server's line: the Coremail hop is not ours
        if "(Coremail)withSMTPid" in compact:
            hop = compact
            break
    for value in reversed(stated):
        host = value.split(";", 1)[0]
        for transaction in reversed(transactions):
            own = re.escape(f"by{host}(Coremail)withSMTPid{transaction}") + r"(?:;|for<|$)"
            if host and transaction and re.search(own, hop):
                return value
    return None


def _qq_results(message: Message, stated: list[str]) -> str | None:
    """QQ puts its result first; QQ to QQ has none."""
    hops = message.header_values("Received")
    if not hops or not _AT_QQ.search(hops[0]):
        return None
    return next((value for value in stated if value.lower().startswith("mx.qq.com;")), None)


def _came_through_a_stating_server(message: Message) -> bool:
    """Whether NetEase or QQ wrote the topmost Received line."""
    hops = message.header_values("Received")
    if not hops:
        return False
    compact = _compact(hops[0])
    return "(Coremail)withSMTPid" in compact or _AT_QQ.search(hops[0]) is not None


def _aligned(message: Message, value: str) -> bool | None:
    author = message.sender.address.rpartition("@")[2].lower()
    domains: list[str] = []
    if (spf := _RESULT["spf"].search(value)) and spf[1].lower() == "pass":
        section = value[spf.start() + 1 :].split(";", 1)[0]
        if domain := _SPF_DOMAIN.search(section):
            domains.append(domain[1].lower())
    domains += [match[2].lower() for match in _DKIM.finditer(value) if match[1].lower() == "pass"]
    if not any(pattern.search(value) for pattern in _RESULT.values()):
        return None
    return bool(author) and any(_related(author, domain) for domain in domains)


def _related(first: str, second: str) -> bool:
    """Relaxed alignment (RFC 7489 3.1): one is the other or lies under it."""
    shorter, longer = sorted((first, second), key=len)
    if shorter == longer:
        return True
    return "." in shorter and shorter not in _REGISTRIES and longer.endswith("." + shorter)
