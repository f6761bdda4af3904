"""What the HTML of a mail quotes is marked in its plain text, as programs mark it there."""

import pytest

from mailbot.formats.text.html import render_html
from mailbot.judgement.writing import own_words


def test_lines_of_a_quotation_are_marked_and_those_after_it_are_not() -> None:
    inner = "旧文<br>二<blockquote>更旧</blockquote>三"
    page = f"<p>收到。</p><blockquote>{inner}</blockquote><p>完</p>"
    lines = [line for line in render_html(page).split("\n") if line]
    assert lines == ["收到。", "> 旧文", "> 二", "> 更旧", "> 三", "完"]
    assert own_words(render_html(page)).split() == ["收到。", "完"]


@pytest.mark.parametrize(
    "style", ["margin: 0 0 0 40px; border: none; padding: 0px;", "margin-left:2em;border-left:0"]
)
def test_what_an_editor_indents_is_the_senders_own(style: str) -> None:
    page = f'<div>一</div><blockquote style="{style}">现将演练方案报上</blockquote><div>二</div>'
    assert own_words(render_html(page)).split() == ["一", "现将演练方案报上", "二"]


@pytest.mark.parametrize(
    "opening",
    ['<div id="divRplyFwdMsg">', '<div class="x gmail_quote">', "<div id='isReplyContent'>"],
)
def test_where_a_program_puts_the_answered_mail_the_senders_words_end(opening: str) -> None:
    assert own_words(render_html(f"<div>收到</div>{opening}旧文</div>")) == "收到"


def test_a_quotation_that_never_ends_and_ends_that_never_began() -> None:
    assert render_html("</blockquote>一<blockquote>二<p>三").split() == ["一", ">", "二", ">", "三"]


def test_no_text_forges_the_end_of_a_quotation() -> None:
    assert own_words(render_html("<blockquote>一\x02&#2;\x02<br>二</blockquote>")) == ""
