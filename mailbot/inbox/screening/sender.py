"""Whose mail is it: what the receiving server found of SPF, DKIM and DMARC, and may we believe it.

Anyone can write an Authentication-Results line, a Received line and a HELO (RFC 8601 5). A result
is proof only where its place shows that our own receiving server wrote it:

- Coremail (NetEase) appends below the sender's headers: X-CM-TRANSID, the transaction of its own
  topmost Received line, and beneath it its results, under the host of that line.
- Everyone else puts results on top, above the topmost Received line, which names the same server.

Received-SPF and ARC are no proof wherever they stand: nothing binds them to our server's hop. A
failed or missing result never blocks a submission; it stops the replacement of what is accepted.

A provider whose users share a domain proves the domain alone, and that its user is who stands in
From only where its own check read From as we do, and the envelope names nobody else there.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Literal

from mailbot.inbox.screening.author import has_one_author
from mailbot.inbox.screening.results import Hop, Result, Stated, plain_value, read_hop, read_results
from mailbot.inbox.screening.signature import Signature, read_signatures
from mailbot.model import Message

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_METHODS = ("spf", "dkim", "dmarc")
_FAILED = ("fail", "hardfail")
_WORST_FIRST = (
    "hardfail fail softfail policy permerror temperror unknown neutral none bestguesspass pass"
).split()
_SUBSTANCE = frozenset(
    "pass fail softfail hardfail permerror policy bestguesspass".split()
)  # results that say something about the sender
_QQ = "mx.qq.com"
# A signed mail can be sent again by whoever has it, for as long as the signature holds (RFC 6376
# 8.6). One that its own provider did not hand over, and that was written or signed longer before or
# after it came than this, is such a copy: a clock that goes wrong would keep it fresh.
_FRESH = timedelta(days=1)

SenderDoubt = Literal["", "failed", "missing"]


@dataclass(frozen=True, slots=True)
class Receiver:
    """What the settings say of the server that takes our mail in.

    `authserv_id`: under which name it states results, `*` for the part that changes from host to
    host; "" believes Coremail and QQ, by what only they can have written. `trusts_unverified`: a
    server that states nothing refuses forged senders itself, and From is believed there.
    """

    authserv_id: str = ""
    trusts_unverified: bool = False


@dataclass(frozen=True, slots=True)
class SenderAuth:
    """Results as words of RFC 8601 ("pass", "fail", "none" …), "" where not stated.

    `aligned`: a passed SPF or DKIM result speaks for the domain of From; None when there is no
    result to go by. `trusted`: the results are the receiving server's own. `elsewhere`: the mail
    was handed in for an envelope of another organisation, or for none.
    """

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    aligned: bool | None = None
    trusted: bool = False
    elsewhere: bool = False

    @property
    def proven(self) -> bool:
        """Whether the From address may be believed."""
        return self.trusted and self.aligned is True and self.dmarc not in _FAILED

    @property
    def contradicted(self) -> bool:
        """Whether a result speaks against the sender. Whoever stated it: a forged one harms
        only its forger.

        An envelope of another organisation does, whatever became of its check: whoever forges
        From chooses a domain without SPF (none), or one whose answer fails, as he likes.
        """
        if self.dmarc in _FAILED:
            return True
        says_no = self.elsewhere or bool(_SUBSTANCE & {self.spf, self.dkim, self.dmarc})
        return self.aligned is False and says_no


def doubt_sender(message: Message, receiver: Receiver = Receiver()) -> SenderDoubt:
    """What keeps the sender from replacing what is already accepted; "" when nothing does.

    `missing`: nothing that our own server wrote speaks for him. From alone is no proof, unless
    the settings say that the server states nothing because it lets no forged sender in.
    """
    auth = read_sender_auth(message, receiver)
    if auth.proven:
        return ""
    if auth.contradicted:
        return "failed"
    if receiver.trusts_unverified and not states_results(message, receiver):
        return ""
    return "missing"


def is_handed_over(message: Message, receiver: Receiver = Receiver()) -> bool:
    """Whether the author's own provider gave us this very mail: proven, and by MAIL FROM too. Who
    has a copy of one of his cannot do that."""
    if doubt_sender(message, receiver):
        return False
    _, author = _parts(message.sender.address)
    results = [one for line in _own_results(message, receiver) for one in line.results]
    return _speak(vouches, author, [one for one in results if one.method == "spf"])


def read_sender_auth(message: Message, receiver: Receiver = Receiver()) -> SenderAuth:
    """The receiving server's verdict on the sender; never raises, pure.

    Where no result is trustworthy the first one stated is returned with `trusted` False.
    """
    stated = [
        one
        for value in message.trace_values("Authentication-Results")
        if (one := read_results(value)) is not None
    ]
    own = _own_results(message, receiver)
    believed = own or stated[:1]
    by_method = {
        method: [one for line in believed for one in line.results if one.method == method]
        for method in _METHODS
    }
    words = {method: _worst(found) for method, found in by_method.items()}
    return SenderAuth(
        words["spf"],
        words["dkim"],
        words["dmarc"],
        _aligned(message, by_method),
        bool(own) and has_one_author(message) and not _may_be_a_copy(message, by_method),
        _is_elsewhere(message, by_method["spf"]),
    )


def states_results(message: Message, receiver: Receiver = Receiver()) -> bool:
    """Whether this came through a server that states results, or somebody says so."""
    if receiver.authserv_id or message.trace_values("Authentication-Results"):
        return True
    hop = _topmost_hop(message)
    return hop is not None and (_is_coremail(hop) or _is_qq(hop))


def own_servers(message: Message) -> tuple[str, ...]:
    """The names under which our server seems to have stated results on this mail: what a person
    compares before he writes one into `[imap] authserv_id`."""
    return tuple(dict.fromkeys(one.server for one in _own_results(message, Receiver("*"))))


def _own_results(message: Message, receiver: Receiver) -> list[Stated]:
    """Every line that our own server wrote, by its place; where there are several, the worse
    result of each method counts."""
    hop = _topmost_hop(message)
    if hop is None:
        return []
    wanted = receiver.authserv_id.lower()
    if _is_coremail(hop):
        found = [one for one in _below_the_transaction(message, hop) if one.server == hop.by]
    else:
        found = [one for one in _above_the_first_hop(message) if _is_servers(one.server, hop)]
        if not wanted:
            found = [one for one in found if one.server == _QQ]
    return [one for one in found if not wanted or fnmatchcase(one.server, wanted)]


def _topmost_hop(message: Message) -> Hop | None:
    hops = message.trace_values("Received")
    return read_hop(hops[0]) if hops else None


def _is_coremail(hop: Hop) -> bool:
    return hop.program == "Coremail"


def _is_qq(hop: Hop) -> bool:
    return hop.by.endswith(".qq.com")


def _is_servers(server: str, hop: Hop) -> bool:
    """Whether the topmost Received line is of the server that signs as `server`."""
    return related(server, hop.by)


def _below_the_transaction(message: Message, hop: Hop) -> list[Stated]:
    """What stands beneath the last X-CM-TRANSID, if that is the hop's own: a sender who guessed
    it, or repeats one he saw, writes above the server's."""
    names = [name.lower() for name, _ in message.trace]
    if "x-cm-transid" not in names:
        return []
    last = len(names) - 1 - names[::-1].index("x-cm-transid")
    if not hop.transaction or plain_value(message.trace[last][1]) != hop.transaction:
        return []
    return _results_among(message.trace[last + 1 :])


def _above_the_first_hop(message: Message) -> list[Stated]:
    names = [name.lower() for name, _ in message.trace]
    return _results_among(message.trace[: names.index("received")])


def _results_among(fields: Iterable[tuple[str, str]]) -> list[Stated]:
    found = [read_results(raw) for name, raw in fields if name.lower() == "authentication-results"]
    # One of our server's that we cannot read may be the one that says no.
    return [one for one in found if one is not None] if None not in found else []


def _worst(results: Sequence[Result]) -> str:
    """The worse of several results of one method; a word we do not know is no pass."""
    known = {word: rank for rank, word in enumerate(_WORST_FIRST)}
    return min((one.value for one in results), key=lambda word: known.get(word, 0), default="")


def _may_be_a_copy(message: Message, by_method: dict[str, list[Result]]) -> bool:
    """Whether a signature alone speaks, and anyone who has the mail could have sent it: it was
    written or signed long before it came, or the signature leaves open what it says (RFC 6376
    8.2). Which of several signatures passed is not known, so each must do."""
    _, author = _parts(message.sender.address)
    if _speak(vouches, author, by_method["spf"]):
        return False
    own = signatures_of(message)
    if not all(one.is_whole for one in own):
        return True
    if message.date is None and message.header_values("Date"):
        return True
    came = _came_at(message)
    times = [one.signed_at for one in own if one.signed_at is not None]
    if message.date is not None:
        written = message.date
        times.append(written if written.tzinfo else written.replace(tzinfo=UTC))
    return came is not None and any(abs(came - one) > _FRESH for one in times)


def signatures_of(message: Message) -> list[Signature]:
    """The signatures that can speak for the author's domain."""
    _, author = _parts(message.sender.address)
    return [one for one in read_signatures(message) if vouches(one.domain, author)]


def _came_at(message: Message) -> datetime | None:
    """When our server took the mail in, by its own Received line."""
    hops = message.trace_values("Received")
    try:
        came = parsedate_to_datetime(hops[0].rpartition(";")[2].strip()) if hops else None
    except ValueError:
        return None
    return came.replace(tzinfo=UTC) if came is not None and came.tzinfo is None else came


def _aligned(message: Message, by_method: dict[str, list[Result]]) -> bool | None:
    """Whether SPF or DKIM passed for the domain of From; None where only another domain of its
    organisation speaks (RFC 7489 3.1, relaxed), since units under one city's domain are no one
    sender: neither proof nor contradiction.

    A method that is stated twice must say the same twice: a sender may have written one of them
    through a server that quotes nothing.
    """
    if not any(by_method.values()):
        return None
    person, author = _parts(message.sender.address)
    speaks = {method: _speak(vouches, author, found) for method, found in by_method.items()}
    near = {method: _speak(related, author, found) for method, found in by_method.items()}
    for method, found in by_method.items():
        if len(found) > 1 and not near[method]:
            return False
    if any(one.domains and one.domains[0] != author for one in by_method["dmarc"]):
        return False
    anothers = any(
        _names_another(person, author, one) for method in by_method for one in by_method[method]
    )
    if (speaks["spf"] or speaks["dkim"]) and not anothers:
        return True
    return None if near["spf"] or near["dkim"] else False


def _is_elsewhere(message: Message, spf: Sequence[Result]) -> bool:
    _, author = _parts(message.sender.address)
    return any(not related(domain, author) for result in spf for domain in result.domains)


def _names_another(person: str, author: str, result: Result) -> bool:
    """Whether a result speaks for somebody else at the very domain of From: another user of the
    provider, a colleague. A tag before the name is a bounce address's (prvs=0123456789=name), and
    of a bounce, which has no MAIL FROM, SPF is asked for the postmaster (RFC 7208 2.4)."""
    return any(
        domain == author and said.rpartition("=")[2] not in ("", "postmaster", person)
        for domain, said in zip(result.domains, result.people, strict=True)
    )


def _parts(address: str) -> tuple[str, str]:
    """Local part and domain, in lower case."""
    local, _, domain = address.lower().rpartition("@")
    return local, domain


def _speak(bound: Callable[[str, str], bool], author: str, results: Sequence[Result]) -> bool:
    return bool(results) and all(
        one.value == "pass" and one.domains and all(bound(each, author) for each in one.domains)
        for one in results
    )


def vouches(domain: str, author: str) -> bool:
    """Whether what passed for `domain` speaks for an author at `author`: the same domain, or one
    above it in the same organisation. One beneath or beside it is another unit's."""
    return bool(domain) and (
        domain == author or (author.endswith("." + domain) and organisation(domain) != "")
    )


def related(first: str, second: str) -> bool:
    """Relaxed alignment (RFC 7489 3.1.1): the same organisational domain."""
    if not first or not second:
        return False
    return first == second or organisation(first) == organisation(second) != ""


def organisation(domain: str) -> str:
    """The organisational domain by the public suffix list; "" for a suffix itself."""
    return str(_suffixes().privatesuffix(domain.lower()) or "")


@cache
def _suffixes() -> "PublicSuffixList":
    """The list as its package carries it: nothing is fetched."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
