"""What `rules try` prints: every mark is seen, and every finding says which file it is of."""

import pytest

from mailbot.cli.trying import print_trial
from mailbot.model import Verdict
from mailbot.workflow.trying import Trial, TriedFile


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_no_mark_is_cut_away_where_there_are_more_files_than_columns(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    found = {"PHOTO_SIZE": ("error", "照片太小")}
    files = [
        TriedFile(f"{number}.jpg", Verdict.REJECTED, "photo", ("photo",), found)
        for number in range(1, 31)
    ]
    files[11] = TriedFile("12.jpg", Verdict.ACCEPTED, "photo", ("photo",), {})
    print_trial(Trial(tuple(files), ()), rules=3)
    told = capsys.readouterr().out.split("\n")
    rows = [line for line in told if line.startswith(" PHOTO_SIZE")]
    assert sum(line.count("✗") for line in rows) == 29
    assert not any("…" in line for line in told)
    numbers = ", ".join(str(number) for number in range(1, 31) if number != 12)
    assert f"PHOTO_SIZE ({numbers}): 照片太小" in told
