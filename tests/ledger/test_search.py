"""Full text: what is written in a mail is found by a run of its characters."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make.examples import examples
from make.submitted import Submitted, an_empty_office, zipped

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan
from mailbot.ledger.search import Words, fill_words, find, is_filled, record_words, spelled
from mailbot.ledger.store import Ledger, open_ledger


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, campaign: Campaign) -> Submitted:
    """1: a mail with a plan in a zip. 2: a letter. 3: a letter that quotes signs."""
    office = an_empty_office(tmp_path_factory.mktemp("office"), campaign)
    inside = {"附件/演练方案.docx": plan("金水区"), "说明.txt": "龘靐之说明：电话０３７１".encode()}
    office.receive("金水区材料", {"全部.zip": zipped(inside)}, sender="jinshui@example.com")
    office.work()
    office.receive("关于时间的请示", {}, sender="李四 <lisi@example.org>", body="请问能否延期？")
    office.receive('100% _ok_ "引号"', {}, sender="q@example.org", body="姓　名\n电\n话")
    office.work()
    return office


@pytest.fixture
def ledger(office: Submitted) -> Iterator[Ledger]:
    with open_ledger(office.data, writable=False) as ledger:
        yield ledger


def found(ledger: Ledger, asked: str) -> list[int]:
    return sorted(each.arrival for each in find(ledger, asked))


@pytest.mark.parametrize(
    ("asked", "arrivals"),
    [
        ("金水区材料", [1]),  # subject
        ("请示", [2]),  # two characters, in the subject
        ("延期", [2]),  # in the body
        ("李四", [2]),  # the sender's name
        ("example.org", [2, 3]),
        ("EXAMPLE.ORG", [2, 3]),
        ("演练方案.docx", [1]),  # a file's name, inside an archive
        ("龘靐", [1]),  # two characters, inside a document inside an archive
        ("龘靐之说明", [1]),
        ("0371", [1]),  # written in full-width figures
        ("０３７１", [1]),
        ("靐", [1]),  # one character, not the first of its word
        ("龘", [1]),
        ("姓名", [3]),  # parted by a space
        ("电话", [1, 3]),  # and by a line's end
        ("请示 延期", [2]),  # both must be there
        ("请示 龘靐", []),
        ("请示 金水区", []),
        ("没有这样的词", []),
        ("靐龘", []),
        ("", []),
        ("  ", []),
        ("%", []),
        ("100%", [3]),
        ("_ok_", [3]),
        ('"引号"', [3]),
        ('"', []),
        ("NEAR(", []),
        ("subject:请示", []),
        ("请示*", []),
        ("' OR 1=1 --", []),
    ],
)
def test_a_run_of_characters_is_found(ledger: Ledger, asked: str, arrivals: list[int]) -> None:
    assert found(ledger, asked) == arrivals


def test_the_newest_come_first_and_the_next_page_goes_on(ledger: Ledger) -> None:
    assert [each.arrival for each in find(ledger, "example")] == [3, 2, 1]
    assert [each.arrival for each in find(ledger, "example", most=1)] == [3]
    assert [each.arrival for each in find(ledger, "example", before=3, most=1)] == [2]


def test_what_was_found_is_shown_with_what_stands_around_it(ledger: Ledger) -> None:
    (one,) = find(ledger, "龘靐")
    assert one.column == "documents"
    assert "龘靐之说明" in one.excerpt


def test_an_old_ledger_is_taken_up_in_steps_and_then_finds_the_same(
    office: Submitted, tmp_path: Path
) -> None:
    with open_ledger(office.data) as ledger:
        before = {row["arrival"]: row for row in ledger.rows("SELECT * FROM words")}
        with ledger.transaction():
            for arrival in before:
                record_words(ledger, arrival, Words())
            ledger.execute("DELETE FROM words")
            ledger.set_meta("words_below", "4")
        assert found(ledger, "龘靐") == []
        steps = []
        while not is_filled(ledger):
            steps.append(fill_words(ledger, most=2))
        assert steps == [2, 1, 0]
        assert {row["arrival"]: row for row in ledger.rows("SELECT * FROM words")} == before
        assert found(ledger, "龘靐") == [1]
        assert fill_words(ledger) == 0


def test_what_is_examined_again_is_found_by_its_new_words_alone(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        _an_arrival(ledger)
        record_words(ledger, 1, Words(subject="旧的事由"))
        record_words(ledger, 1, Words(subject="新的事由"))
        assert [found(ledger, each) for each in ("旧的事", "旧的", "新的事", "新的")] == [
            [], [], [1], [1],
        ]  # fmt: skip


@settings(max_examples=examples(40), deadline=None)
@given(
    text=st.text(alphabet="演练方案ab12 ,。%", max_size=30),
    asked=st.text(alphabet="演练方案ab12", min_size=1, max_size=4),
)
def test_it_finds_what_a_search_through_the_text_finds(
    memory: Ledger, text: str, asked: str
) -> None:
    record_words(memory, 1, Words(body=spelled(text)))
    assert bool(find(memory, asked)) == (asked in spelled(text))


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with open_ledger(tmp_path_factory.mktemp("memory")) as ledger:
        _an_arrival(ledger)
        yield ledger


def _an_arrival(ledger: Ledger) -> None:
    ledger.execute(
        "INSERT INTO arrivals (mailbox, folder, uid_validity, uid, size, arrived_at,"
        " discovered_at, state) VALUES ('', '', 1, 1, 1, '2017', '2017', 'examined')"
    )
