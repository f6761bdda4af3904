"""Whom a notice says to call and where to write."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mailbot.campaign.drafting.lines import as_compared
from mailbot.campaign.drafting.said import Said

_ADDRESS = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+-]*\s*[@#]\s*[A-Za-z0-9-]+(?:\s*\.\s*[A-Za-z0-9-]+)+"
)


_PHONE = re.compile(
    r"(?<![\d@A-Za-z])(\(0\d{2,3}\)\s*\d{7,8}|0\d{2,3}\s*[-—–－]+\s*"
    r"(?:\d{7,8}|\d{3,4} \d{4})(?:\s*(?:-|转)\s*\d{1,5})?|1[3-9]\d{9}|0\d{9,11}|"
    r"[2-8]\d{6,7})(?![\d@])"
)


_PERSON = re.compile(
    r"联\s*系\s*人\s*(?:(?:及|和|、)\s*(?:联系)?\s*(?:电话|方式))?\s*[:,]?\s*(?!及|和|电话|联系|方式|邮箱|地址)"
    # the office, and behind a blank or a colon the person: 资源处:段  丽
    r"([\u4e00-\u9fff]{1,10}[科处股室办局委部站会所馆院校联协组](?:\s{0,4}|\s*:\s*)(?!联系|电话|手机)"
    r"[\u4e00-\u9fff](?:\s{0,4}[\u4e00-\u9fff]){1,3}?|"
    r"[\u4e00-\u9fff](?:\s{0,4}[\u4e00-\u9fff]){1,3}?|"
    r"[\u4e00-\u9fff]{2,12}?(?:科|处|股|室|办|中心|队|值班员))"  # an office answers its telephone
    r"(?=\s*(?:联系|电话|手机|办公|[,;。(/、:]|\d|$)|\s)"
)


# 区国动办指挥通信科 陆嘉,电话0573-85203311
_UNLABELLED = re.compile(
    r"([\u4e00-\u9fff]{2,16}[科处股室办] ?[\u4e00-\u9fff]{2,4})\s*[,:、(]?\s*(?:联系)?电话"
)


# 邮箱：…（刘强 18100000000）
_BESIDE_NUMBER = re.compile(
    r"(?:^|[(,;:、\s])([\u4e00-\u9fff]{2,4})\s*[,:]?\s*(?=1[3-9]\d{9}|0\d{2,3}\s*-\s*\d{7,8})"
)

_BEHIND_NUMBER = re.compile(
    r"\d{7,}\s*[,(]?\s*([\u4e00-\u9fff]{1,3}(?:老师|同志|主任|科长|处长|局长|女士|先生|同学))"
)
_NUMBER_BESIDE = re.compile(
    r"[\u4e00-\u9fff]{2,4}\s*[,:]?\s*(1[3-9]\d{9}|0\d{2,3}\s*-\s*\d{7,8})(?!\d)"
)


def _told(sentences: Sequence[str]) -> Iterator[str]:
    """Each sentence; a heading 联系人及电话 with the line below it."""
    for place, source in enumerate(sentences):
        bare = re.search(r"联\s*系\s*(?:人|方式|电话)[^:：\d]{0,8}[:：]?\s*$", source)
        follows = ""
        for further in sentences[place + 1 : place + 4] if bare else ():
            if len(further) > 40 or re.match(r"\s*[一二三四五六七八九十]+、|附件", further):
                break
            follows += further
        yield f"{source.rstrip('：:')}：{follows}" if follows else source


def contact_of(sentences: Sequence[str]) -> Said:
    sentences = tuple(_told(sentences))
    for source in sentences:
        if found := _PERSON.search(as_compared(source)):
            return _with_others(Said(re.sub(r"[\s:]", "", found[1]), source), sentences)
    for source in sentences:
        if found := _UNLABELLED.search(as_compared(source)):
            return Said(re.sub(r"\s", "", found[1]), source, "通知未写“联系人”，据电话前的姓名")
    for source in sentences:
        beside = _BESIDE_NUMBER.search(as_compared(source))
        if beside and not re.search("电话|手机|方式|热线|传真", beside[1]):
            return Said(beside[1], source, "通知未写“联系人”，据号码前的姓名")
        behind = _BEHIND_NUMBER.search(as_compared(source))
        if behind:
            return Said(behind[1], source, "通知未写“联系人”，据号码后的姓名")
    return Said("", "", "通知中未见联系人")


_LISTED = re.compile(
    r"\s*[、,/和]\s*([\u4e00-\u9fff](?:\s{0,4}[\u4e00-\u9fff]){1,2}?)(?=\s*(?:[、,;。(/]|\d|电话|联系|$))"
)
_TITLED = re.compile(r"\s+([\u4e00-\u9fff]{1,2}(?:老师|同志|主任|科长|处长|女士|先生))")
_BELOW = re.compile(
    r"^\s*([\u4e00-\u9fff](?:\s{0,4}[\u4e00-\u9fff]){1,2})\s*[,:]?\s*(?=1[3-9]\d{9}|0\d{2,3}\s*-)"
)
_NO_NAME = re.compile("联系|电话|手机|方式|热线|传真|邮箱|地址|邮编")


def _with_others(first: Said, sentences: Sequence[str]) -> Said:
    """The first person, and as a doubt whom the notice names besides: beside him (陈雁、王聪), on
    the line below, or as another 联系人 further on."""
    others: list[str] = []
    for place, source in enumerate(sentences):
        text = as_compared(source)
        for found in _PERSON.finditer(text):
            others.append(found[1])
            end = found.end()
            while listed := _LISTED.match(text, end) or _TITLED.match(text, end):
                others.append(listed[1])
                end = listed.end()
            for below in sentences[place + 1 : place + 4]:
                if not (another := _BELOW.match(as_compared(below))):
                    break
                others.append(another[1])
    names = (re.sub(r"[\s:]", "", one) for one in others)
    return _also(first, "联系人", (one for one in names if not _NO_NAME.search(one)))


def _also(first: Said, what: str, found: Iterable[str]) -> Said:
    others = [one for one in dict.fromkeys(found) if one != first.value]
    guess = f"另有{what}{'、'.join(others)}" if others else ""
    return replace(first, guess="；".join(one for one in (first.guess, guess) if one))


def phone_of(sentences: Sequence[str]) -> Said:
    """The first telephone, and as a doubt those that stand with it or by another person."""
    first = _first_phone(sentences)
    if not first.value:
        return first
    others: list[str] = []
    for place, source in enumerate(sentences):
        text = as_compared(source)
        above = as_compared(sentences[place - 1]) if place else ""
        labelled = re.search("电话|手机|联系方式|联系人", text.replace(" ", ""))
        if not (labelled or (_BELOW.match(text) and re.search("联系", above.replace(" ", "")))):
            continue
        others += [
            _plain_phone(found[1])
            for found in _PHONE.finditer(text)
            if not _FAX.search(text[: found.start()])
        ]
    return _also(first, "电话", others)


_FAX = re.compile(r"(?:QQ|传真|群|邮编)[^,;。]{0,6}$")


def _plain_phone(written: str) -> str:
    return re.sub("[—–－]+", "-", re.sub(r"\s", "", written))


def _first_phone(sentences: Sequence[str]) -> Said:
    sentences = tuple(_told(sentences))
    for wanted in ("电话|手机|联系方式|联系人", "联系"):
        for place, source in enumerate(sentences):
            around = "".join(as_compared(one) for one in sentences[max(0, place - 1) : place + 1])
            text = as_compared(source)
            if not re.search(wanted, around.replace(" ", "")):
                continue
            for found in _PHONE.finditer(text):
                before = text[: found.start()]
                both = re.search(r"电话\s*[(/及、]\s*传真[^,;。]{0,6}$", before)
                if both or not _FAX.search(before):
                    return Said(_plain_phone(found[1]), source)
    for source in sentences:
        if beside := _NUMBER_BESIDE.search(as_compared(source)):
            value = re.sub(r"\s", "", beside[1])
            return Said(value, source, "通知未写“电话”，据姓名后的号码")
    return Said("", "", "通知中未见电话")


# （at）, [at], (dot): written so that robots do not read it.
_HIDDEN_AT = re.compile(r"\s*[(\[【<]\s*at\s*[)\]】>]\s*", re.IGNORECASE)
_HIDDEN_DOT = re.compile(r"\s*[(\[【<]\s*dot\s*[)\]】>]\s*", re.IGNORECASE)


def plain_addresses(text: str) -> str:
    """The text with its addresses written out."""
    return _HIDDEN_DOT.sub(".", _HIDDEN_AT.sub("@", text))


def mailboxes_of(sentences: Sequence[str]) -> Iterator[Said]:
    """Addresses in order, those first that stand where mail is asked for."""
    found: dict[str, Said] = {}
    for source in sentences:
        text = plain_addresses(as_compared(source))
        for match in _ADDRESS.finditer(text):
            if re.search(r"https?://\S*$", text[: match.start()]):
                continue
            value = re.sub(r"\s", "", match[0]).replace("#", "@")
            asked_for = re.search("邮箱|信箱|mail|发[至送到]|报[送至]|改为", text, re.IGNORECASE)
            if "#" in match[0] and not asked_for:
                continue
            found.setdefault(value, Said(value, source))
    asked = re.compile("邮箱|信箱|邮件|发送|发至|报送|投稿", re.IGNORECASE)
    yield from sorted(found.values(), key=lambda said: not asked.search(said.source))
