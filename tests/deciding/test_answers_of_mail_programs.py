"""The office answers its digest with the programs people use: what it wrote itself decides, what
its program quotes beneath decides nothing, whoever wrote that."""

from collections.abc import Iterator
from contextlib import ExitStack
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from make.answering import NAMELESS, PASSED, code_under, digest
from make.deciding import OFFICE, Table
from make.office import OUR_ADDRESS, opened, text_of

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan

# As the programs write it: %s is what a third person wrote, or the digest itself.
PLAIN = {
    "163": "At 2017-07-03 09:12:01, 张三 <x@third.example> wrote:\n%s",
    "163_zh": "在 2017-07-03 09:12:01，张三 <x@third.example> 写道：\n%s",
    "qq": '------------------ 原始邮件 ------------------\n发件人: "张三";\n\n%s',
    "qq_new": '---Original---\nFrom: "张三"<x@third.example>\nDate: 2017/7/3 09:12:01\n\n%s',
    "outlook": "发件人: 张三 [mailto:x@third.example]\n发送时间: 2017年7月3日 9:12\n"
    "收件人: 值班室\n主题: 简报\n\n%s",
    "outlook_en": "-----Original Message-----\nFrom: x@third.example\nSent: Monday\n\n%s",
    "outlook_zh": "-----邮件原件-----\n发件人: 张三\n\n%s",
    "foxmail": "发件人： 张三\n发送时间： 2017-07-03 09:12\n收件人： 值班室\n主题： 简报\n%s",
    "apple": "在 2017年7月3日，上午9:12，张三 <x@third.example> 写道：\n\n%s",
    "gmail": "On Mon, Jul 3, 2017 at 9:12 AM 张三 <x@third.example> wrote:\n\n%s",
    "gmail_zh": "张三 <x@third.example> 于2017年7月3日周一 上午9:12写道：\n\n%s",
    "aliyun": "------------------------------------------------------------------\n"
    "发件人：张三 <x@third.example>\n发送时间：2017年7月3日(星期一) 09:12\n\n%s",
    "forward_163": "---------- Forwarded message ----------\nFrom: 张三\nDate: 2017-07-03\n%s",
    "forward_163_zh": '-------- 转发邮件信息 --------\n发件人："张三"\n发送日期：2017-07-03\n%s',
    "forward_qq": "------------------ 转发邮件 ------------------\n发件人: 张三\n\n%s",
    "forward_apple": "开始转发的邮件：\n\n发件人: 张三\n日期: 2017年7月3日\n\n%s",
    "forward_apple_en": "Begin forwarded message:\n\nFrom: x@third.example\n\n%s",
    "forward_gmail": "---------- 转发的邮件 ---------\n发件人：张三\n日期：2017年7月3日\n\n%s",
    "coremail": "-----原始邮件-----\n发件人:张三\n发送时间:2017-07-03 09:12:01 (星期一)\n\n%s",
}
HTML = {
    "163": '<blockquote id="isReplyContent" style="padding-left:1ex">%s</blockquote>',
    "163_pre": '<div>At 2017-07-03 09:12:01, "张三" &lt;x@third.example&gt; wrote:</div>'
    '<div style="border-left:1px solid">%s</div>',
    "qq": '<div style="font-size:12px;font-family:Arial Narrow">------------------&nbsp;原始邮件'
    '&nbsp;------------------</div><div><b>发件人:</b>&nbsp;"张三"</div><div><div>%s</div></div>',
    "qq_original": '<hr><div class="xm_mail_oringinal_describe"><div>Original</div><table><tr><td>'
    "发件人：张三</td></tr></table></div><div>%s</div>",
    "outlook": '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    "<p><b>发件人:</b> 张三 &lt;x@third.example&gt;<br><b>发送时间:</b> 2017年7月3日 9:12<br>"
    "<b>收件人:</b> 值班室<br><b>主题:</b> 简报</p></div><p>%s</p>",
    "outlook_web": '<div id="divRplyFwdMsg" dir="ltr"><b>发件人:</b> 张三<br></div><div>%s</div>',
    "gmail": '<div class="gmail_quote"><div class="gmail_attr">On Mon, Jul 3, 2017 at 9:12 AM 张三 '
    "&lt;x@third.example&gt; wrote:<br></div><blockquote class='gmail_quote'>%s</blockquote></div>",
    "gmail_forward": '<div class="gmail_quote"><div dir="ltr">---------- Forwarded message '
    "---------<br>From: 张三<br></div><br>%s</div>",
    "apple": '<blockquote type="cite"><div>在 2017年7月3日，张三 写道：</div><div>%s</div>'
    "</blockquote>",
    "foxmail": '<hr style="WIDTH: 210px; HEIGHT: 1px" align="left"><div><div>发件人：张三</div>'
    "<div>发送时间：2017-07-03 09:12</div><div>收件人：值班室</div></div><div>%s</div>",
    "aliyun": "<div>------------------------------------------------------------------</div>"
    "<div>发件人：张三</div><div>发送时间：2017年7月3日</div><div>%s</div>",
}


@pytest.fixture
def table(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    with ExitStack() as stack:
        yield Table(tmp_path, campaign, stack)


@pytest.fixture
def code(table: Table) -> str:
    """Of a mail that belongs to no unit yet."""
    table.receive(**NAMELESS)
    return code_under(digest(table), "第1号来信")


def answered(table: Table, *, text: str = "", html: str = "", sender: str = OFFICE) -> str:
    """What the contact hears of his mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, OUR_ADDRESS, "回复：简报"
    mail["Message-ID"] = f"<{table.clock.now():%H%M%S}@office.example>"
    for name, value in PASSED.items():
        mail[name] = value
    if html:
        mail.set_content(f"<html><body>{html}</body></html>", subtype="html", cte="base64")
    else:
        mail.set_content(text, cte="base64")
    before = len(table.sent.messages)
    table.box.deliver(mail.as_bytes(policy=policy.SMTP), table.clock.now())
    table.tick()
    back = [one for one in table.sent.messages[before:] if one.rcpt == OFFICE]
    return text_of(back[0].raw) if back else ""


def assigned(table: Table) -> bool:
    (row,) = table.office.ledger.rows("SELECT unit FROM arrivals WHERE id = 1")
    assert len(table.trail()) == (row["unit"] is not None)
    return bool(row["unit"] == "金水区")


@pytest.mark.parametrize(
    "html",
    [
        "<div>{code} 金水区</div>",
        "<p>{code}&nbsp;金水区<o:p></o:p></p>",
        "<table><tr><td>{code}</td><td>金水区</td></tr></table>",
        "<span style='font-size:14px'>{code}</span> <b>金水区</b><br><br>张三",
    ],
)
def test_an_answer_that_is_html_alone_decides(table: Table, code: str, html: str) -> None:
    assert "来信已归入该单位" in answered(table, html=html.format(code=code))
    assert assigned(table)


def test_what_a_plain_answer_quotes_decides_nothing(table: Table, code: str) -> None:
    quoted = f"{code} 金水区\n张三"
    for program, pattern in PLAIN.items():
        for mine in ("请看下面这位同志的意见。\n\n", ""):
            told = answered(table, text=mine + pattern % quoted)
            assert not assigned(table), (program, told)


def test_what_an_html_answer_quotes_decides_nothing(table: Table, code: str) -> None:
    """Not what a third person wrote, and not the digest, whatever the program does with it: no
    line of it begins with a code."""
    sent = next(one for one in reversed(table.sent.messages) if one.rcpt == OFFICE)
    page = opened(sent.raw).get_body(("html",))
    assert page is not None
    itself = page.get_content().partition("<body")[2].partition(">")[2].partition("</body>")[0]
    assert code in itself
    for program, pattern in (HTML | {"bare": "%s"}).items():
        for quoted in (f"<div>{code} 金水区</div><div>张三</div>", itself):
            if program == "bare" and quoted != itself:
                continue
            told = answered(table, html=f"<div>收到。</div><br>{pattern % quoted}")
            assert not assigned(table), (program, told)


def test_the_words_for_one_item_with_the_code_of_another_decide_neither(table: Table) -> None:
    table.receive(**NAMELESS)
    table.receive(
        "金水区材料", "见附件", sender="y@example.com", files={"方案.docx": plan("金水区")}
    )
    text = digest(table)
    nameless = code_under(text, "第1号来信")
    address = code_under(text, "个发件地址系首次来信时自报单位")
    told = answered(table, text=f"{nameless} 同意\n{address} 金水区\n")
    assert told.count("未能识别，未办理") == 2
    assert table.trail() == []


def test_a_third_person_to_whom_the_digest_was_forwarded_decides_nothing(
    table: Table, code: str
) -> None:
    """Whose own server proves him to be himself, and who writes to us with a good code."""
    answered(table, text=f"{code} 金水区", sender="值班室 <x@third.example>")
    answered(table, text=f"{code} 金水区", sender=f'"{OFFICE}" <x@third.example>')
    assert not assigned(table)
    assert "来信已归入该单位" in answered(table, text=f"{code} 金水区")  # the code is still good
