"""What a mail takes back: the file it names, the mail it names or answers, else the one before."""

import pytest

from mailbot.entries import SentMail
from mailbot.judgement.withdrawal import asks_to_withdraw, withdrawn_by
from mailbot.model import Message

NEWEST = SentMail(3, "金水区材料", "<3@x>", "金水区", (("照片.jpg", "p3"), ("http://x/视频", "v")))
MIDDLE = SentMail(2, "金水区演练方案", "<2@x>", "金水区", (("演练方案.docx", "plan"),))
OLDEST = SentMail(1, "补报", "<1@x>", "金水区", (("统计表.xlsx", "form"), ("照片.jpg", "p1")))
SENT = [NEWEST, MIDDLE, OLDEST]
ALL_OF_NEWEST = ("p3", "v")


@pytest.mark.parametrize(
    ("subject", "text", "taken_back"),
    [
        ("更正", "请忽略上一封邮件", {3: ALL_OF_NEWEST}),
        ("更正", "前两封作废", {3: ALL_OF_NEWEST, 2: ("plan",)}),
        ("更正", "之前发的都作废", {3: ALL_OF_NEWEST, 2: ("plan",), 1: ("form", "p1")}),
        ("更正", "统计表.xlsx作废", {1: ("form",)}),
        ("更正", "请撤回演练方案", {2: ("plan",)}),  # without its extension
        ("更正", "请撤回照片.jpg", {3: ("p3",), 1: ("p1",)}),  # nobody says which
        ("撤回：金水区材料", "请撤回", {3: ALL_OF_NEWEST}),  # a subject of four characters and more
        ("补报", "请忽略前一封邮件", {3: ALL_OF_NEWEST}),  # one of two is in any sentence
    ],
)
def test_a_withdrawal_goes_as_far_as_its_words(
    subject: str, text: str, taken_back: dict[int, tuple[str, ...]]
) -> None:
    assert withdrawn_by(Message(subject=subject, text=text), SENT) == taken_back


def test_a_name_has_four_characters_at_least() -> None:
    for name, keys in (("方案一", ("x",)), ("方案第一", ("y",))):
        old = SentMail(1, "补报", "<1@x>", None, ((f"{name}.d", keys[0]),))
        found = withdrawn_by(Message(text=f"{name}作废"), [MIDDLE, old])
        assert found == ({1: keys} if len(name) == 4 else {2: ("plan",)})


@pytest.mark.parametrize(
    "message",
    [
        Message(text="请撤回", in_reply_to="<2@x>"),
        Message(text="请撤回", references=("<0@x>", "<2@x>")),
    ],
)
def test_an_answer_takes_back_the_mail_that_it_answers(message: Message) -> None:
    assert withdrawn_by(message, SENT) == {2: ("plan",)}


def test_what_was_taken_back_already_is_not_what_is_meant() -> None:
    gone = SentMail(3, "金水区材料", "<3@x>", None, NEWEST.contents, frozenset(ALL_OF_NEWEST))
    assert withdrawn_by(Message(text="请忽略上一封"), [gone, MIDDLE]) == {2: ("plan",)}
    half = SentMail(3, "金水区材料", "<3@x>", None, NEWEST.contents, frozenset(["v"]))
    assert withdrawn_by(Message(text="请忽略上一封"), [half, MIDDLE]) == {3: ("p3",)}
    assert withdrawn_by(Message(text="请忽略上一封"), []) == {}


@pytest.mark.parametrize(("more", "asks"), [(0, True), (1, False)])
def test_a_text_of_more_than_two_hundred_characters_reports(more: int, asks: bool) -> None:
    words = "请忽略上一封邮件"
    text = words + "演" * (200 + more - len(words))
    assert asks_to_withdraw(Message(subject="更正", text=text)) is asks
