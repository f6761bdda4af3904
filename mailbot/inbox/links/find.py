"""Links to 超大附件 and net-disk files in a mail's body: announced, not received.

Normal attachments end at about 50 MB, so most videos come as links. What is read here is data
for a person and a countdown; nothing is fetched. The links are recognised by their own
addresses, never by the HTML around them (`divNeteaseBigAttach` stands in the style sheet of
unrelated templates), and names and sizes by what is printed beside them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from mailbot.formats.text.markup import Token, parse_markup
from mailbot.inbox.links.providers import URL, LinkSight, recognise_link
from mailbot.model import CloudLink

_DETAILS = re.compile(
    r"[(（\[【]\s*(?P<size>\d{1,6}(?:\.\d{1,6})?\s*[KMGT]?i?(?:B|字节|bytes)?)"
    r"\s*(?:[,，、;；|]\s*(?P<rest>[^)）\]】]{0,80}))?[)）\]】]",
    re.IGNORECASE,
)
_SIZE_LABEL = re.compile(
    r"(?:文件)?大小[\s:：]{0,9}(?P<size>\d{1,6}(?:\.\d{1,6})?\s*[KMGT]?i?(?:B|字节)?)",
    re.IGNORECASE,
)
# Without brackets or a label, as cells of a table: `1.2GB`, never a bare number.
_CELL_SIZE = re.compile(
    r"(?<![\w.])(?P<size>\d{1,6}(?:\.\d{1,6})?\s?(?:[KMGT]i?B(?![A-Za-z])|[KMG](?!\w)))",
    re.IGNORECASE,
)
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)", re.IGNORECASE)
_DATE = r"\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
_EXPIRY = re.compile(
    rf"(?:到期|过期|失效|有效)(?:时间|日期|期)?(?:至|到)?[\s:：]{{0,9}}({_DATE})"
    rf"|({_DATE})[\s\d:：时分秒点]{{0,20}}(?:到期|过期|失效|前有效|expire)",
    re.IGNORECASE,
)
_NO_EXPIRY = re.compile(r"无限期|永久有效|长期有效|永不过期")
_PASSWORD = re.compile(
    r"(?:提取码|提取密码|取件码|访问码|访问密码|分享密码|密码|口令)\s{0,9}(?:[:：]|是|为)?\s{0,9}([A-Za-z0-9]{4,8})(?![A-Za-z0-9])"
)
_FILE_NAME = re.compile(
    r"[^\s\\/:*?\"<>|：（(【\[][^\n\\/:*?\"<>|：]{0,150}?\.[A-Za-z][A-Za-z0-9]{1,4}(?![A-Za-z0-9.])"
)
_SHARED_AS = re.compile(r"分享的文件\s*[:：]\s*([^\n]{1,150})")
_BUTTON = re.compile(
    r"^(?:(?:点击|立即|在线|高速|普通|进入)?(?:下载|预览|查看|打开|转存|保存)(?:页面|附件|文件|下载信息)?"
    r"|进入下载页面|查看下载信息|download|preview|链接|\W*)$",
    re.IGNORECASE,
)
_REGION = 400
_NEAR = 80
_OFFICE_TIME = ZoneInfo("Asia/Shanghai")


@dataclass
class _Entry:
    """The sights of one file that follow each other, and the words before, between and after."""

    sights: list[LinkSight]
    before: str
    inside: str = ""
    after: str = ""


def find_links(html: str, text: str) -> tuple[CloudLink, ...]:
    """Every cloud attachment of a body, one entry a file, in order of appearance.

    `html` and `text` are the two forms of the body; either may be "". `size` is in octets as
    far as the printed size says (1 M = 1024²), `expires` the date as printed, "" where the link
    never expires, None where nothing is said. Never raises; linear in the length of the body.
    """
    found: dict[tuple[str, str], CloudLink] = {}
    previews: set[tuple[str, str]] = set()
    for pieces in (_html_pieces(html), _text_pieces(text)):
        for entry, link in _described(_entries(pieces)):
            key = (entry.sights[0].provider, entry.sights[0].key)
            only_preview = all(sight.preview for sight in entry.sights)
            known = found.get(key)
            if known is None:
                found[key] = link
                if only_preview:
                    previews.add(key)
                continue
            direct = key in previews and not only_preview
            if direct:
                previews.remove(key)
            found[key] = CloudLink(
                known.provider,
                link.url if direct else known.url,
                known.name or link.name,
                link.size if known.size is None else known.size,
                link.expires if known.expires is None else known.expires,
                known.password or link.password,
            )
    return tuple(found.values())


def _text_pieces(text: str) -> Iterator[str | LinkSight]:
    """The text with the links cut out of it."""
    position = 0
    for match in URL.finditer(text):
        url = match[0].rstrip(".,;:!?'*")
        sight = recognise_link(url.replace("&amp;", "&"))
        if sight is None:
            continue
        if match.start() > position:
            yield text[position : match.start()]
        yield sight
        position = match.start() + len(url)
    if position < len(text):
        yield text[position:]


def _html_pieces(source: str) -> Iterator[str | LinkSight]:
    """The same for HTML: anchors with their words, tags that carry the file's data, text."""
    anchor: LinkSight | None = None
    title: dict[str, str] = {}
    for token in parse_markup(source):
        if token.tag == "":
            if anchor is None:
                yield from _text_pieces(token.text)
            elif len(anchor.label) < 500:
                anchor.label += token.text
        elif token.tag == "a" or token.attributes.get("downloadlink"):
            if anchor is not None:
                yield anchor
            anchor, title = _anchor(token, title)
        elif token.tag == "/a":
            if anchor is not None:
                yield anchor
            anchor = None
        elif token.tag == "div" and "bigatt_bt" in token.attributes.get("class", ""):
            title = {"title": token.attributes.get("title", "")}
        elif token.tag in ("br", "p", "div", "tr", "li", "/p", "/div", "/tr", "td"):
            yield "\n"
    if anchor is not None:
        yield anchor


def _anchor(token: Token, title: dict[str, str]) -> tuple[LinkSight | None, dict[str, str]]:
    """The link of a tag; a QQ title and expiry wait for the first link that follows them."""
    attributes = title | token.attributes if title else token.attributes
    url = token.attributes.get("href") or token.attributes.get("downloadlink") or ""
    sight = recognise_link(re.sub(r"\s+", "", url))
    if sight is not None:
        sight.attributes = attributes
        return sight, {}
    return None, title


def _entries(pieces: Iterable[str | LinkSight]) -> list[_Entry]:
    entries: list[_Entry] = []
    words = ""
    for piece in pieces:
        if isinstance(piece, str):
            words += piece
            continue
        last = entries[-1] if entries else None
        if last and (last.sights[0].provider, last.sights[0].key) == (piece.provider, piece.key):
            last.inside += words[:_REGION]
            last.sights.append(piece)
        else:
            if last:
                last.after = words[:_REGION]
            entries.append(_Entry([piece], words[-_REGION:]))
        words = ""
    if entries:
        entries[-1].after = words[:_REGION]
    return entries


def _described(entries: list[_Entry]) -> Iterator[tuple[_Entry, CloudLink]]:
    """Each entry with what is printed about it. Words speak for one file only: what stood
    after a link and was used is taken out of what stands before the next one.
    """
    used = 0
    for number, entry in enumerate(entries):
        before = entry.before
        if used:
            between = entries[number - 1].after
            before = between[used:] if len(between) < _REGION else before
        label = next((label for sight in entry.sights if (label := _name_on(sight))), None)
        size, expires, printed, used = _details(entry, before, named=label is not None)
        stated: dict[str, str] = {}
        for sight in entry.sights:
            stated |= sight.attributes
        title = stated.get("title", "") if "大小" in stated.get("title", "") else ""
        if title:
            sized = _SIZE_LABEL.search(title)
            size = _octets(sized["size"]) if sized else size
            expires = _expiry(title) if expires is None else expires
            label = title.strip().splitlines()[0].strip() or label
        for name in ("expired", "expiretime"):
            expires = _stamp(stated[name], expires) if name in stated else expires
        password, end = _password(entry, before)
        used = max(used, end)
        length = stated.get("file-size", "")
        yield (
            entry,
            CloudLink(
                entry.sights[0].provider,
                next((s.url for s in entry.sights if not s.preview), entry.sights[0].url),
                stated.get("file-name") or label or printed,
                int(length) if re.fullmatch(r"[0-9]{1,15}", length) else size,
                expires,
                password,
            ),
        )


def _name_on(sight: LinkSight) -> str | None:
    """The words on a link, where they name a file and not what a click does."""
    label = re.sub(r"\s+", " ", sight.label).strip()
    if not label or _BUTTON.match(label) or URL.match(label):
        return None
    return label[:200]


def _details(
    entry: _Entry, before: str, *, named: bool
) -> tuple[int | None, str | None, str | None, int]:
    """Size, expiry, name as printed, and how much of the words after the link that used up.

    Web mail prints link, size; plain text prints name, size, link.
    """
    printed = _file_name(entry.inside) or _file_name("\n".join(before.splitlines()[-3:]))
    after = entry.inside + "\n" + entry.after
    match = _DETAILS.search(entry.inside)
    ahead = None if match or named else _last(_DETAILS, before)
    if ahead:
        line = before[: ahead.start()].rstrip().rpartition("\n")[2].strip()
        name = _file_name(line) or line or printed
        return _octets(ahead["size"]), _expiry(before[ahead.start() :], after), name, 0
    match = match or _DETAILS.search(after) or _SIZE_LABEL.search(after)
    if match is None and not named and (row := _row_before(before, printed)):
        size = _CELL_SIZE.search(row)
        return _octets(size["size"]) if size else None, _expiry(row, after), printed, 0
    match = match or _CELL_SIZE.search(after[:_NEAR])
    if match is None:
        return None, _expiry(after), printed, 0
    said = after[match.start() :]
    expiry = _EXPIRY.search(said)
    end = match.end() if expiry is None else max(match.end(), match.start() + expiry.end())
    used = max(0, end - len(entry.inside) - 1)
    return _octets(match["size"]), _expiry(match[0], said), printed, used


def _row_before(before: str, printed: str | None) -> str:
    """What stands between a file's name and its link: the other cells of its row."""
    row = before.rpartition(printed)[2] if printed and printed in before else ""
    return row if _CELL_SIZE.search(row) or _EXPIRY.search(row) else ""


def _password(entry: _Entry, before: str) -> tuple[str | None, int]:
    """提取码 and how much of the words after the link it used up."""
    for sight in entry.sights:
        if stated := dict(parse_qsl(urlsplit(sight.url).query)).get("pwd"):
            return stated, 0
    if match := _PASSWORD.search(entry.inside + entry.after):
        return match[1], max(0, match.end() - len(entry.inside))
    match = _last(_PASSWORD, before[-80:])
    return (match[1] if match else None), 0


def _file_name(words: str) -> str | None:
    """The last file name in the words before a link."""
    if shared := _last(_SHARED_AS, words):
        return shared[1].strip()
    match = _last(_FILE_NAME, words)
    # `超大附件列表  防汛演练.mts`: a gap of several blanks parts the name from what is before it.
    return re.split(r"\s{2,}", match[0].strip())[-1] if match else None


def _last(pattern: re.Pattern[str], words: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(words):  # noqa: B007 - the last one is wanted
        pass
    return found


def _octets(printed: str) -> int | None:
    """`80.96M` is 80.96 × 1024² octets, rounded: 84892713."""
    match = _SIZE.search(printed)
    if match is None:
        return None
    return round(float(match[1]) * _UNITS[match[2].upper()])


def _expiry(*places: str) -> str | None:
    """The date part of the expiry as printed in the first place that says it."""
    for words in places:
        if match := _EXPIRY.search(words):
            return str(match[1] or match[2])
        if _NO_EXPIRY.search(words):
            return ""
    return None


def _stamp(value: str, printed: str | None) -> str | None:
    """An expiry as seconds or milliseconds since 1970; -1 and 0 mean that there is none."""
    if value.strip() in ("-1", "0"):
        return ""
    if printed is not None or not re.fullmatch(r"[0-9]{9,13}", value.strip()):
        return printed
    seconds = int(value) / (1000 if len(value.strip()) > 11 else 1)
    day = datetime.fromtimestamp(seconds, UTC).astimezone(_OFFICE_TIME)
    return f"{day.year}年{day.month}月{day.day}日"
