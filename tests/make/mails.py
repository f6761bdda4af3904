"""Mails as the programs of real senders write them: headers, charsets, encodings, names.

Each mailer of `MAILERS` takes the same arguments and gives the octets of a mail with CRLF line
endings, as an IMAP server would. The pieces, for mails that no program writes, are in `mime`.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import partial
from urllib.parse import quote

from make.mime import (
    File,
    attachment,
    base64_lines,
    encoded_word,
    entity,
    multipart,
    split_words,
    text_part,
)

BEIJING = timezone(timedelta(hours=8))
OFFICE = "yingji@example.test"
UNIT = "jinshui@example.test"


@dataclass(frozen=True)
class Draft:
    """What the sender typed into his mail program."""

    subject: str = "金水区应急演练材料"
    text: str = "您好：\n现报送金水区2017年安全生产月应急演练材料，请查收。"
    files: Sequence[File] = ()
    html: str = ""
    sender: str = UNIT
    sender_name: str = "金水区安监局"
    to: str = OFFICE
    date: datetime = datetime(2017, 7, 3, 9, 30, tzinfo=BEIJING)
    message_id: str = ""
    headers: Sequence[tuple[str, str]] = field(default_factory=tuple)  # more, as they stand

    def as_html(self) -> str:
        """The body a program's editor makes of the text."""
        lines = "".join(f"<div>{line}</div>" for line in self.text.split("\n"))
        return self.html or f"<html><body>{lines}</body></html>"

    def id_or(self, pattern: str) -> str:
        """The Message-ID wanted, or one in the program's own pattern."""
        key = f"{self.sender}{self.subject}{self.date}".encode()
        return self.message_id or pattern.format(hashlib.sha256(key).hexdigest()[:20].upper())


def _mixed(boundary: str, body: bytes, files: Sequence[bytes]) -> tuple[str, bytes]:
    return f'multipart/mixed;\r\n\tboundary="{boundary}"', multipart(boundary, body, *files)


def _alternative(
    draft: Draft, boundary: str, charset: str, plain: str, html: str = "", *, gap: str = "\r\n\t"
) -> bytes:
    """The text twice, plain and as a page; `plain`, `html`: how each is encoded."""
    return entity(
        [("Content-Type", f'multipart/alternative;{gap}boundary="{boundary}"')],
        multipart(
            boundary,
            text_part(draft.text, charset, plain),
            text_part(draft.as_html(), charset, html or plain, "html"),
        ),
    )


def _mail(draft: Draft, headers: list[tuple[str, str]], kind: str, body: bytes) -> bytes:
    return entity([*headers, *draft.headers, ("MIME-Version", "1.0"), ("Content-Type", kind)], body)


# The programs.


def foxmail(draft: Draft) -> bytes:
    """Foxmail 7: GBK labelled GB2312, one long encoded word a name."""
    word = partial(encoded_word, charset="GB2312")
    alternative = _alternative(
        draft, "----=_002_NextPart6334_=----", "GB2312", "base64", "quoted-printable"
    )
    files = [attachment(file, f'"{word(file.name)}"') for file in draft.files]
    kind, body = _mixed("----=_001_NextPart7183_=----", alternative, files)
    headers = [
        ("Date", format_datetime(draft.date)),
        ("From", f'"{word(draft.sender_name)}" <{draft.sender}>'),
        ("To", draft.to),
        ("Subject", word(draft.subject)),
        ("X-Priority", "3"),
        ("X-Has-Attach", "yes" if draft.files else "no"),
        ("X-Mailer", "Foxmail 7.2.9.116[cn]"),
        ("Message-ID", draft.id_or("<2017{}@example.test>")),
    ]
    return _mail(draft, headers, kind, body)


def qq_mail(draft: Draft) -> bytes:
    """QQ webmail: gb18030 everywhere, a charset on every part, its own Message-ID."""
    word = partial(encoded_word, charset="gb18030")
    alternative = _alternative(draft, "----=_NextPart_5959A1B0_09E0", "gb18030", "base64")
    files = [
        entity(
            [
                (
                    "Content-Type",
                    f'{file.content_type};\r\n\tcharset="gb18030";\r\n\tname="{word(file.name)}"',
                ),
                ("Content-Disposition", f'attachment; filename="{word(file.name)}"'),
                ("Content-Transfer-Encoding", "base64"),
            ],
            base64_lines(file.data),
        )
        for file in draft.files
    ]
    kind, body = _mixed("----=_NextPart_5959A1B0_DF70", alternative, files)
    headers = [
        ("From", f'"{word(draft.sender_name)}" <{draft.sender}>'),
        ("To", f'"{word("市安委办")}" <{draft.to}>'),
        ("Subject", word(draft.subject)),
        ("Date", format_datetime(draft.date)),
        ("X-Priority", "3"),
        ("Message-ID", draft.id_or("<tencent_{}@qq.com>")),
        ("X-QQ-MIME", "TCMime 1.0 by Tencent"),
        ("X-Mailer", "QQMail 2.x"),
    ]
    return _mail(draft, headers, kind, body)


def netease_mail(draft: Draft) -> bytes:
    """163 webmail (Coremail): GBK, long names cut into several words in mid-character."""
    alternative = _alternative(draft, "----=_Part_2_1804.149904", "GBK", "base64", gap=" \r\n\t")
    files = [
        attachment(file, f'"{split_words(file.name, "GBK", 21, fold=chr(13) + chr(10) + chr(9))}"')
        for file in draft.files
    ]
    kind, body = _mixed("----=_Part_1_7294.149904", alternative, files)
    headers = [
        ("Date", format_datetime(draft.date) + " (CST)"),
        ("From", f"{encoded_word(draft.sender_name, 'GBK')} <{draft.sender}>"),
        ("To", draft.to),
        ("Subject", split_words(draft.subject, "GBK", 31)),
        ("X-Mailer", "Coremail Webmail Server Version SP_ntes V3.5 build 20160729(86883.8884)"),
        ("X-CM-CTRLDATA", "FLVpk2Zvb3Rlcl9odG09MTM3Nzo1Ng=="),
        ("Message-ID", draft.id_or("<{}.JavaMail.coremail@example.test>")),
    ]
    return _mail(draft, headers, kind, body)


def outlook(draft: Draft) -> bytes:
    """Outlook 2010: gb2312, recipients with semicolons where a gateway passed them on."""
    word = partial(encoded_word, charset="gb2312")
    alternative = _alternative(draft, "----=_NextPart_001_01D2F3E1", "gb2312", "quoted-printable")
    files = [attachment(file, f'"{word(file.name)}"') for file in draft.files]
    kind, body = _mixed("----=_NextPart_000_01D2F3E1", alternative, files)
    headers = [
        ("From", f"{word(draft.sender_name)} <{draft.sender}>"),
        ("To", f"<{draft.to}>"),
        ("Subject", word(draft.subject)),
        ("Date", format_datetime(draft.date)),
        ("Message-ID", draft.id_or("<000001d2f3e1${}$@example.test>")),
        ("X-Mailer", "Microsoft Outlook 14.0"),
        ("Thread-Index", "AdLz4cFQ0mVwkHkCTbG3nJv0jS0hRw=="),
        ("Content-Language", "zh-cn"),
    ]
    return _mail(draft, headers, kind, body)


def iphone(draft: Draft) -> bytes:
    """Apple's phones: pictures inline between pieces of text, names by RFC 2231."""
    pieces = [text_part(draft.text, "utf-8", "base64")]
    for file in draft.files:
        name = f"utf-8''{quote(file.name)}"
        pieces.append(
            entity(
                [
                    ("Content-Type", f"{file.content_type};\r\n\tname*={name}"),
                    ("Content-Disposition", f"inline;\r\n\tfilename*={name}"),
                    ("Content-Transfer-Encoding", "base64"),
                ],
                base64_lines(file.data),
            )
        )
        pieces.append(text_part("\n\n", "us-ascii", "7bit"))
    pieces.append(text_part("\n发自我的 iPhone", "utf-8", "base64"))
    boundary = "Apple-Mail-5D3F0A2C-77C1"
    headers = [
        ("From", f"{encoded_word(draft.sender_name, 'utf-8')} <{draft.sender}>"),
        ("Date", format_datetime(draft.date)),
        ("Subject", encoded_word(draft.subject, "utf-8", "Q")),
        ("Message-Id", draft.id_or("<{}@example.test>")),
        ("To", draft.to),
        ("X-Mailer", "iPhone Mail (14F89)"),
    ]
    kind = f"multipart/mixed; boundary={boundary}"
    return _mail(draft, headers, kind, multipart(boundary, *pieces))


def android(draft: Draft) -> bytes:
    """网易邮箱大师: UTF-8, RFC 2231 names in continuations beside an encoded word."""
    alternative = _alternative(draft, "__MESSAGE__ALT__", "UTF-8", "base64", gap=" ")
    files = []
    for file in draft.files:
        whole = quote(file.name)
        cut = [whole[at : at + 42] for at in range(0, len(whole), 42)]
        cut[0] = f"UTF-8''{cut[0]}"
        sections = ";\r\n ".join(f"filename*{n}*={piece}" for n, piece in enumerate(cut))
        files.append(
            entity(
                [
                    (
                        "Content-Type",
                        f'{file.content_type};\r\n name="{encoded_word(file.name, "UTF-8")}"',
                    ),
                    ("Content-Disposition", f"attachment;\r\n {sections}"),
                    ("Content-Transfer-Encoding", "base64"),
                ],
                base64_lines(file.data),
            )
        )
    kind, body = _mixed("__MESSAGE__ID__54yg6f6h6y456345", alternative, files)
    headers = [
        ("Date", format_datetime(draft.date)),
        ("From", f"{encoded_word(draft.sender_name, 'UTF-8')} <{draft.sender}>"),
        ("To", f'"{draft.to}" <{draft.to}>'),
        ("Message-ID", draft.id_or("<{}@example.test>")),
        ("Subject", split_words(draft.subject, "UTF-8", 30)),
        ("X-CUSTOM-MAIL-MASTER-SENT-ID", "8D6B4B0A-3C9D-4E43-9C5C-2A9F8F0E7D11"),
        ("X-Mailer", "MailMasterAndroid/5.1.2"),
    ]
    return _mail(draft, headers, kind, body)


MAILERS: dict[str, Callable[[Draft], bytes]] = {
    "foxmail": foxmail,
    "qq": qq_mail,
    "163": netease_mail,
    "outlook": outlook,
    "iphone": iphone,
    "android": android,
}
