"""A folder's own templates are proved before a mail is written by them."""

from pathlib import Path

import pytest

import mailbot
from mailbot.errors import SettingsError
from mailbot.wording.template_check import check_templates

SHIPPED = Path(mailbot.__file__).parent / "templates"
NAMES = [
    str(path.relative_to(SHIPPED))
    for path in sorted(SHIPPED.rglob("*.j2"))
    if "console" not in path.parts
]


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_template_may_be_a_folders_own(name: str) -> None:
    check_templates({name: (SHIPPED / name).read_text("utf-8")})


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("reply_subject.txt.j2", "【已收到】{{ activity }}\n{{ nosuch }}", ":2: no value nosuch"),
        ("reply.txt.j2", "{{ unit }}\n{{ subject }}", ":2: no value subject; there are: activity"),
        ("reminder.txt.j2", "{{ unit }}：{{ kind }}", ":1: no value kind"),
        ("reply.txt.j2", "{{ unit | nosuch }}", "No filter named 'nosuch'"),
        ("reply.txt.j2", "{% if unit %}", "Unexpected end of template"),
        ("replies.txt.j2", "", "no such template; there are: digest.html.j2"),
        ("console/todo.html.j2", "", "no such template"),
    ],
)
def test_what_a_mail_would_fail_on_is_told_before(name: str, source: str, said: str) -> None:
    with pytest.raises(SettingsError, match="templates/") as raised:
        check_templates({name: source})
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("reply_subject.txt.j2", "{% set short = activity[:9] %}{{ short }} {{ say('回执') }}"),
        ("reply.html.j2", "{{ subject }} {% for one in view.wanted %}{{ one }}{% endfor %}"),
        ("reminder_words.j2", "{% macro a(x) %}{{ x }}{% endmacro %}"),
    ],
)
def test_what_a_template_makes_itself_is_no_unknown_value(name: str, source: str) -> None:
    check_templates({name: source})
