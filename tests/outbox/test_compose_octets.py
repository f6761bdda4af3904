"""The octets of a reply: headers, thread, encoding, and what a hostile sender cannot put in."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from make.dossiers import (
    ARRIVED,
    SENDER,
    arrival_of,
    dossier_of,
    finding,
    judged,
    slot_of,
    small_photo,
)
from make.replies import OFFICE, look, parse, part, request

from mailbot.campaign.types import Campaign
from mailbot.errors import PermanentFault
from mailbot.model import CloudLink, Kind, MailAddress, ReplyKind, SlotVerdict, Verdict
from mailbot.outbox.compose.reply import compose_notice, compose_reply, new_message_id

ACCEPTED, REJECTED = SlotVerdict.ACCEPTED, SlotVerdict.REJECTED


# ---- hostile input ------------------------------------------------------------------------

INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
HOSTILE = [
    "</td></table><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 1234567*7 }}{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "发票\r\nBcc: victim@example.test\r\n\r\n<h1>body</h1>",
    "照片\u202egpj.exe",
    "a\x00b\x1b[31mc\x7f\u2028d\u200b\ufeff",
    "\ud83d\udca9 lone \udcff",
    "=?utf-8?B?PGI+?=",
    "https://evil.example/login",
    "长" * 5000,
]


@pytest.mark.parametrize("words", HOSTILE)
def test_a_hostile_sender_injects_nothing(campaign: Campaign, words: str) -> None:
    bad = replace(
        small_photo("x.jpg"),
        name=words,
        findings=(finding("UNKNOWN_RULE", words, words, words, words),),
    )
    archive = judged("z", Kind.ARCHIVE, "zip", members=(bad,), verdict=Verdict.REJECTED)
    link = CloudLink("qq", f"javascript:{words}", words, 5, words)
    arrival = arrival_of(
        replace(archive, name=words),
        subject=words,
        links=(link,),
        message_id=f"<{words}>",
        references=(words, "<good@example.test>"),
    )
    dossier = dossier_of(
        campaign,
        slot_of(campaign, "photo", REJECTED, bad),
        slot_of(campaign, "video", SlotVerdict.ANNOUNCED, links=[link]),
    )
    asked = request(
        campaign,
        ReplyKind.CORRECTION,
        unit=words,
        to=MailAddress(words, SENDER.address),
        arrivals=(arrival,),
        dossier=dossier,
        attachments=((words, b"PK"),),
    )
    plain_request = request(
        campaign,
        ReplyKind.CORRECTION,
        arrivals=(arrival_of(small_photo("x.jpg")),),
        dossier=dossier_of(campaign, slot_of(campaign, "photo", REJECTED, small_photo("x.jpg"))),
        attachments=(("表.xlsx", b"PK"),),
    )
    raw = compose_reply(asked)
    message, harmless = parse(raw), parse(compose_reply(plain_request))
    assert set(message.keys()) <= set(harmless.keys())
    assert len(message.get_all("To") or []) == 1
    assert message["To"].addresses[0].addr_spec == SENDER.address
    assert "victim" not in str(message.get_all("Bcc"))
    html = part(message, "html")
    page, clean_page = look(html), look(part(harmless, "html"))
    assert page.elements <= clean_page.elements | {"br"}
    assert page.attributes <= clean_page.attributes
    assert "8641969" not in "".join(page.text)
    for side in (part(message, "plain"), html):
        assert not INVISIBLE.search(side.replace("\r\n", "\n"))
        assert "https://evil" not in side
    assert raw.isascii()
    names = [one.get_filename() or "" for one in message.iter_attachments()]
    assert names.pop() == "来件登记.txt"
    assert len(names) == 1
    assert not re.search(r'[/\\"\r\n\u202e]', names[0])


def test_an_address_that_could_break_a_header_is_refused(campaign: Campaign) -> None:
    to = MailAddress("", "a@b.example\r\nBcc: c@d.example")
    with pytest.raises(PermanentFault) as caught:
        compose_reply(request(campaign, ReplyKind.RECEIPT, to=to))
    assert caught.value.code == "address_unusable"


# ---- templates of a campaign --------------------------------------------------------------


def test_a_campaign_may_bring_its_own_templates(campaign: Campaign) -> None:
    own = campaign.model_copy(
        update={"templates": {"reply_subject.txt.j2": "本市来件 {{ number }}"}}
    )
    message = parse(compose_reply(request(own, ReplyKind.RECEIPT)))
    assert message["Subject"] == "本市来件 YL2017-0012"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ nothing_of_this_name }}",
        "{% if %}",
        "{{ 1 / 0 }}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_a_wrong_or_prying_template_is_a_permanent_fault_that_names_it(
    campaign: Campaign, source: str
) -> None:
    own = campaign.model_copy(update={"templates": {"reply.txt.j2": source}})
    with pytest.raises(PermanentFault) as caught:
        compose_reply(request(own, ReplyKind.RECEIPT))
    assert caught.value.code == "template"


# ---- octets -------------------------------------------------------------------------------


def test_the_headers_tell_every_robot_what_this_is(campaign: Campaign) -> None:
    message = parse(compose_reply(request(campaign, ReplyKind.RECEIPT)))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Precedence"] == "bulk"
    assert message["X-Loop"] == OFFICE.address
    assert message["Message-ID"] == "<reply-1@example.test>"
    assert message["From"].addresses[0].display_name == "市安委办"
    assert message["From"].addresses[0].addr_spec == OFFICE.address
    assert message["Date"].datetime == ARRIVED + timedelta(minutes=1)
    assert message["Date"].datetime.utcoffset() == timedelta(hours=8)


def test_the_thread_holds_every_arrival_and_ends_with_the_newest(campaign: Campaign) -> None:
    arrivals = (
        arrival_of(message_id="<a@example.test>"),
        arrival_of(id=2, message_id=""),
        arrival_of(
            id=3,
            message_id="<c@example.test>",
            references=("<root@example.test>", "<a@example.test>"),
        ),
    )
    message = parse(compose_reply(request(campaign, ReplyKind.RECEIPT, arrivals=arrivals)))
    assert message["In-Reply-To"] == "<c@example.test>"
    assert message["References"].split() == [
        "<root@example.test>",
        "<a@example.test>",
        "<c@example.test>",
    ]


def test_a_mail_without_message_id_starts_no_thread(campaign: Campaign) -> None:
    arrivals = (arrival_of(message_id=""),)
    message = parse(compose_reply(request(campaign, ReplyKind.RECEIPT, arrivals=arrivals)))
    assert message["In-Reply-To"] is None
    assert message["References"] is None


def test_an_endless_thread_keeps_its_root_and_its_end(campaign: Campaign) -> None:
    long = tuple(f"<{number}@example.test>" for number in range(500))
    arrivals = (arrival_of(references=long),)
    message = parse(compose_reply(request(campaign, ReplyKind.RECEIPT, arrivals=arrivals)))
    kept = message["References"].split()
    assert kept[0] == long[0]
    assert kept[-2:] == [long[-1], "<one@example.test>"]
    assert len(kept) < 30


def test_the_octets_are_seven_bit_crlf_and_short_lined(campaign: Campaign) -> None:
    asked = request(
        campaign,
        ReplyKind.RECEIPT,
        to=MailAddress("名" * 300, SENDER.address),
        arrivals=(arrival_of(message_id=f"<{'i' * 800}@example.test>"),),
        attachments=(("2017年安全生产应急演练统计表（金水区）.xlsx", bytes(range(256)) * 40),),
    )
    raw = compose_reply(asked)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert parse(raw).defects == []


def test_an_enclosed_form_has_its_name_as_qq_reads_it(campaign: Campaign) -> None:
    name = "2017年安全生产应急演练统计表（金水区）.xlsx"
    content = bytes(range(256)) * 40
    raw = compose_reply(request(campaign, ReplyKind.CORRECTION, attachments=((name, content),)))
    assert b"filename*" not in raw
    assert b'filename="=?utf-8?B?' in raw
    message = parse(raw)
    assert message.get_content_type() == "multipart/mixed"
    enclosed, _register = message.iter_attachments()
    assert enclosed.get_filename() == name
    assert enclosed.get_content() == content
    assert "spreadsheetml" in enclosed.get_content_type()
    assert name in part(message, "plain")


def test_the_same_request_gives_the_same_octets(campaign: Campaign) -> None:
    """G3: a second send carries the same Message-ID; so may a second composition."""
    asked = request(campaign, ReplyKind.RECEIPT)
    assert compose_reply(asked) == compose_reply(asked)


def test_a_notice_is_generated_not_replied(campaign: Campaign) -> None:
    raw = compose_notice(
        MailAddress("", "contact@example.test"),
        OFFICE,
        "【每日简报】\r\nBcc: x@example.test",
        "text",
        "<p>html</p>",
        now=ARRIVED,
        message_id="<digest-1@example.test>",
        attachments=(("台账.xlsx", b"PK"),),
        kind="digest",
    )
    message = parse(raw)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Loop"] == OFFICE.address
    assert message["Bcc"] is None
    assert message["In-Reply-To"] is None
    assert message["X-Mailbot-Kind"] == "digest"
    assert [one.get_filename() for one in message.iter_attachments()] == ["台账.xlsx"]


def test_new_message_ids_differ_and_keep_the_domain() -> None:
    first, second = new_message_id("163.com"), new_message_id("163.com")
    assert first != second
    assert re.fullmatch(r"<[!-;=?-~]+@163\.com>", first)
    assert re.fullmatch(r"<[!-;=?-~]+>", new_message_id("bad domain\r\n"))
