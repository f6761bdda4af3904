"""What a server states of a sender, and which server took a mail in, read by their grammars.

Authentication-Results by RFC 8601 2.2, Received by RFC 5321 4.4, over the comments, quoted strings
and escapes of RFC 5322 3.2. Most of such a line repeats what the sender chose (HELO, MAIL FROM), so
whatever does not parse is no result, and a domain is what stands behind the last `@` outside
quotes. Never raises, pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST = 8 * 1024  # octets of one line that are read: what is longer is no server's own words
_KEYWORD = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
_METHOD = re.compile(r"([a-z](?:[a-z0-9-]*[a-z0-9])?)(?:/1)?")  # any other version is none we know
_PROPERTY = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_SERVER = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)
# "domain of" with its end is Google's, which quotes; cut short it was ended by the sender.
_CHOSEN_BY_SENDER = re.compile(
    r"(?:envelope[-_ ]?from|helo|ehlo|mail[-_ ]?from|client[-_ ]?ip)\s*[=:]"
    r"|domain of (?!.*designate)",
    re.IGNORECASE | re.DOTALL,
)
_FOLD = re.compile(r"\r\n|\r|\n")
_CHOSEN = re.compile(r"[^\x20-\x7e\t]")

# Whose domain a property names. In no other property may a sender's address stand: a server that
# quotes nothing would let `MAIL FROM:<a@b.test;x=y z.a=b@evil.test>` write results of its own.
_SPEAKS_FOR = {
    "spf": ("smtp.mail", "smtp.mailfrom"),
    "dkim": ("header.d", "header.i"),
    "dmarc": ("header.from",),
}
_OTHERS = frozenset({"reason", "action"})  # `action` is Exchange's, beside RFC 8601's `reason`
_CLAUSES = frozenset({"from", "by", "via", "with", "id", "for"})  # RFC 5321 4.4


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result in lower case; `domains` it speaks for, "" where one is unreadable.

    `people`: what stands before the `@` of each, in lower case; "" where nothing does.
    """

    method: str
    value: str
    domains: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stated:
    """One Authentication-Results line: who states it (lower case), and what."""

    server: str
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Hop:
    """One Received line: the host that wrote it, the program it names, the transaction."""

    by: str
    program: str = ""
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # atom quoted comment space ; =
    text: str = ""


_Word = tuple[_Token, ...]


def read_results(raw: str) -> Stated | None:
    """What an Authentication-Results line states; None where it is none by the grammar."""
    return next((one for text in _unfolded(raw) if (one := _stated(text)) is not None), None)


def read_hop(raw: str) -> Hop | None:
    """The hop that a Received line tells of; None where it does not parse.

    A clause that stands twice is somebody's who could write a part of the line (HELO), and so is
    a second `;`, or a clause behind the first, where only the date has its place.
    """
    found = [one for text in _unfolded(raw) if (one := _hop(text)) is not None]
    # Only Coremail folds inside words.
    return next((one for one in found if one.program == "Coremail"), found[-1] if found else None)


def plain_value(raw: str) -> str:
    """A value that is one word, such as X-CM-TRANSID, without its folds and blanks."""
    return re.sub(r"\s+", "", raw)


def _unfolded(raw: str) -> Iterator[str]:
    """NetEase folds inside words: the line break and one blank are not part of it. Others fold
    between words (RFC 5322 2.2.3), where the blank stays."""
    yield re.sub(r"(?:\r\n|\r|\n)[ \t]", "", raw)
    if _FOLD.search(raw):
        yield _FOLD.sub("", raw)


def _stated(text: str) -> Stated | None:
    tokens = _lex(text)
    if tokens is None or _may_leave_a_comment(tokens):
        return None
    head, *sections = _sections(tokens)
    if sections and not sections[-1]:  # a line may end in ";"
        sections.pop()
    server = _server(_words(head))
    if server is None or not sections:
        return None
    if len(sections) == 1 and [_plain(word) for word in _words(sections[0])] == ["none"]:
        return Stated(server, ())
    results = [_result(_words(section)) for section in sections]
    known = tuple(one for one in results if one is not None)
    return Stated(server, known) if len(known) == len(results) else None


def _may_leave_a_comment(tokens: list[_Token]) -> bool:
    """Whether a result stands behind a comment in which a server repeats what the sender chose:
    one that escapes nothing there (pypolicyd-spf, `Header_Type = AR`) lets `)` end it, and what
    follows is the sender's."""
    repeated = [
        place
        for place, one in enumerate(tokens)
        if one.kind == "comment" and _CHOSEN_BY_SENDER.search(one.text)
    ]
    return bool(repeated) and any(one.kind == ";" for one in tokens[repeated[0] :])


def _server(words: list[_Word]) -> str | None:
    """The authserv-id; after it only the version that RFC 8601 has."""
    if not words or len(words) > 2 or (len(words) == 2 and _plain(words[1]) != "1"):
        return None
    name = _plain(words[0])
    return name.lower() if name is not None and _SERVER.fullmatch(name) else None


def _result(words: list[_Word]) -> Result | None:
    """One `method=result` with its properties; None where it is none."""
    if not words:
        return None
    left, value = _assignment(words[0])
    method = _METHOD.fullmatch(left.lower())
    found = (_plain(value) or "").lower()
    if method is None or not _KEYWORD.fullmatch(found):
        return None
    name = method[1]
    seen: dict[str, _Word] = {}
    for word in words[1:]:
        key, said = _assignment(word)
        key = key.lower()
        if key in seen or not (key in _OTHERS or _PROPERTY.fullmatch(key)):
            return None
        seen[key] = said
    speaking = [key for key in _SPEAKS_FOR.get(name, ()) if key in seen]
    addressed = {key for key in speaking if key != "header.from"}
    if any(_has_at(said) for key, said in seen.items() if key not in addressed):
        return None
    return Result(
        name,
        found,
        tuple(_domain(seen[key]) for key in speaking),
        tuple(_person(seen[key]) for key in speaking),
    )


def _has_at(word: _Word) -> bool:
    return any("@" in token.text for token in word)


def _assignment(word: _Word) -> tuple[str, _Word]:
    """`left=right` of a word; ("", ()) where it has another shape."""
    if len(word) < 2 or word[0].kind != "atom" or word[1].kind != "=":
        return "", ()
    return word[0].text, word[2:]


def _plain(word: _Word) -> str | None:
    """A word that is one atom."""
    return word[0].text if len(word) == 1 and word[0].kind == "atom" else None


def _domain(word: _Word) -> str:
    """What stands behind the last `@` outside quotes, or the whole where there is none."""
    outside = "".join("q" if token.kind == "quoted" else token.text for token in word)
    if outside.startswith("<") and outside.endswith(">"):  # QQ writes <x@y>
        outside = outside[1:-1]
    if outside.count("@") > 1 or "<" in outside or (word and word[-1].kind == "quoted"):
        return ""
    domain = outside.rpartition("@")[2].lower()
    return domain if _DOMAIN.fullmatch(domain) else ""


def _person(word: _Word) -> str:
    """What stands before the last `@`, as it is written: quotes make it nobody's plain address."""
    local = "".join(f'"{one.text}"' if one.kind == "quoted" else one.text for one in word)
    return local.removeprefix("<").rpartition("@")[0].lower()


def _hop(text: str) -> Hop | None:
    tokens = _lex(text)
    if tokens is None:
        return None
    clauses: dict[str, list[_Token]] = {}
    current: list[_Token] = []
    dated = False
    for token in tokens:
        word = token.text.lower() if token.kind == "atom" else ""
        if token.kind == ";" or dated:
            if dated and (token.kind == ";" or word in _CLAUSES):
                return None
            dated = True
        elif word in _CLAUSES:
            if word in clauses:
                return None
            current = clauses.setdefault(word, [])
        elif token.kind != "space":
            current.append(token)
    by, notes = _said(clauses.get("by", []))
    transaction, _ = _said(clauses.get("id", []))
    if not by or not _SERVER.fullmatch(by[0]):
        return None
    return Hop(by[0].lower(), notes[0] if notes else "", "".join(transaction[:1]))


def _said(tokens: list[_Token]) -> tuple[list[str], list[str]]:
    """The words of a clause, and the comments in it."""
    words = [one.text for one in tokens if one.kind != "comment"]
    return words, [one.text for one in tokens if one.kind == "comment"]


def _sections(tokens: list[_Token]) -> list[list[_Token]]:
    found: list[list[_Token]] = [[]]
    for token in tokens:
        if token.kind == ";":
            found.append([])
        else:
            found[-1].append(token)
    return [section if _words(section) else [] for section in found]


def _words(tokens: list[_Token]) -> list[_Word]:
    """What stands together, parted by blanks and comments, which may surround a "=" too."""
    found: list[list[_Token]] = [[]]
    for place, token in enumerate(tokens):
        if token.kind not in ("space", "comment"):
            found[-1].append(token)
            continue
        after = next((one for one in tokens[place:] if one.kind not in ("space", "comment")), None)
        around = len(found[-1]) == 2 and found[-1][-1].kind == "="
        if not (around or (after is not None and after.kind == "=")):
            found.append([])
    return [tuple(word) for word in found if word]


def _lex(text: str) -> list[_Token] | None:
    """Tokens of RFC 5322 3.2; None for an open comment or quote, or an octet that has no place."""
    if len(text) > _LONGEST or _CHOSEN.search(text):
        return None
    tokens: list[_Token] = []
    place = 0
    while place < len(text):
        char = text[place]
        if char in " \t":
            end = place + 1
            tokens.append(_Token("space"))
        elif char in ";=":
            end = place + 1
            tokens.append(_Token(char, char))
        elif char == '"':
            end = _end_of_quoted(text, place)
            tokens.append(_Token("quoted", text[place + 1 : end - 1]))
        elif char == "(":
            end = _end_of_comment(text, place)
            tokens.append(_Token("comment", text[place + 1 : end - 1]))
        else:
            end = place  # where it stays at ) or \, which have no place here
            while end < len(text) and text[end] not in ' \t;="()\\':
                end += 1
            tokens.append(_Token("atom", text[place:end]))
        if end <= place:
            return None
        place = end
    return tokens


def _end_of_quoted(text: str, start: int) -> int:
    place = start + 1
    while place < len(text):
        if text[place] == "\\":
            place += 2
        elif text[place] == '"':
            return place + 1
        else:
            place += 1
    return -1


def _end_of_comment(text: str, start: int) -> int:
    place, depth = start, 0
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 2
            continue
        depth += (char == "(") - (char == ")")
        place += 1
        if depth == 0:
            return place
    return -1
