"""Lock and system files are known by name, whichever door they come by."""

import pytest

from mailbot.formats.leftovers import is_leftover


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("~$演练方案.docx", 162),
        (".~演练方案.docx", 165),
        (".~lock.统计表.xlsx#", 90),
        ("~WRL0003.tmp", 40_000),
        ("Thumbs.db", 20_000),
        ("ehthumbs.db", 20_000),
        ("desktop.ini", 300),
        ("Picasa.ini", 300),
        ("._照片.jpg", 4_096),
        (".DS_Store", 6_148),
        ("ATT00001.txt", 0),
        ("ATT00002.htm", 0),
        ("__MACOSX/照片.jpg", 9_000),
    ],
)
def test_what_programs_leave_is_no_file_of_a_person(name: str, size: int) -> None:
    assert is_leftover(name, size)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("演练方案.docx", 162),
        ("~$演练方案.docx", 40_000),
        ("ATT00001.jpg", 300_000),
        ("方案.docx.lnk", 1_200),
        ("thumbs.jpg", 20_000),
    ],
)
def test_what_a_person_may_have_sent_is_kept(name: str, size: int) -> None:
    assert not is_leftover(name, size)
