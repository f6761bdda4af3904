"""A rules folder on examples: what would be said, before the first mail."""

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from make.notices import PHOTO, PLAN, a_rule, write_notice

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.cli.trying import page_of
from mailbot.demo.photos import make_photo
from mailbot.workflow.trying import Trial, try_paths

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    size = a_rule("size", "photo", "PHOTO_SIZE", operator=">=", width=800, height=600)
    press = {"slot": "press", "kind": "document", "required": False, "label": "新闻稿"}
    press |= {"how": "欢迎报送新闻稿", "source": "-", "basis": "office"}
    documents = [{"kind": "press", "titles": ["新闻稿"]}]
    folder = write_notice(
        tmp_path / "rules", rules=[size], materials=[PHOTO, press], documents=documents
    )
    return load_campaign(folder)


def mail(folder: Path, sender: str, *photos: bytes) -> Path:
    message = EmailMessage()
    message["From"], message["To"] = sender, "yanlian@jiangcheng.example"
    message["Subject"], message["Message-ID"] = "东湖区演练材料", "<1@example.test>"
    message.set_content("东湖区报送演练照片，请查收。")
    for number, photo in enumerate(photos):
        message.add_attachment(photo, maintype="image", subtype="jpeg", filename=f"{number}.jpg")
    path = folder / "a.eml"
    path.write_bytes(bytes(message))
    return path


def test_a_mail_is_answered_as_it_would_be(campaign: Campaign, tmp_path: Path) -> None:
    photos = make_photo(1024, 768, 1), make_photo(320, 200, 2)
    trial = try_paths([mail(tmp_path, "donghu@example.test", *photos)], campaign, NOW)
    marks = {file.name: sorted(file.found) for file in trial.files}
    assert marks["0.jpg"] == []
    assert marks["1.jpg"] == ["PHOTO_SIZE"]
    (reply,) = trial.replies
    assert (reply.unit, reply.kind, reply.to) == ("东湖区", "receipt", "donghu@example.test")
    assert "1.jpg" in reply.text
    assert "1.jpg" in reply.html


def test_what_is_too_small_is_asked_for_again_and_what_is_welcome_is_not(
    campaign: Campaign, tmp_path: Path
) -> None:
    trial = try_paths(
        [mail(tmp_path, "donghu@example.test", make_photo(320, 200, 2))], campaign, NOW
    )
    (reply,) = trial.replies
    assert reply.kind == "correction"
    assert "请重新报送" in reply.text
    assert "请报送新闻稿" not in reply.text


def test_files_without_a_mail_are_a_mail_of_the_named_unit(
    campaign: Campaign, tmp_path: Path
) -> None:
    (tmp_path / "p.jpg").write_bytes(make_photo(320, 200, 2))
    assert try_paths([tmp_path / "p.jpg"], campaign, NOW).replies == ()
    (reply,) = try_paths([tmp_path / "p.jpg"], campaign, NOW, unit="南山区").replies
    assert (reply.unit, reply.kind) == ("南山区", "correction")


def test_who_gets_no_answer_is_told(campaign: Campaign, tmp_path: Path) -> None:
    trial = try_paths([mail(tmp_path, "yanlian@jiangcheng.example")], campaign, NOW)
    assert trial.replies[0].no_answer
    assert trial.replies[0].html == ""


def test_outside_of_the_time_examples_arrive_a_day_before_the_deadline(
    campaign: Campaign, tmp_path: Path
) -> None:
    path = mail(tmp_path, "donghu@example.test", make_photo(320, 200, 2))
    early = try_paths([path], campaign, datetime(2025, 1, 1, tzinfo=UTC))
    late = try_paths([path], campaign, datetime(2027, 1, 1, tzinfo=UTC))
    assert early.replies == late.replies
    assert "逾期" not in late.replies[0].text


def test_the_page_runs_nothing_that_a_mail_brought(campaign: Campaign, tmp_path: Path) -> None:
    trial = try_paths([mail(tmp_path, "donghu@example.test")], campaign, NOW)
    hostile = replace(trial.replies[0], name="<script>x</script>", html='"><script>y</script>')
    page = page_of(Trial((), (hostile,)), campaign.title)
    assert "<script" not in page
    assert 'sandbox=""' in page


def test_a_rule_of_a_plan_is_told_by_its_code(tmp_path: Path) -> None:
    rule = a_rule("file_name", "plan", "PLAN_NAME", contains=["unit"])
    documents = [{"kind": "plan", "titles": ["演练方案"]}]
    campaign = load_campaign(
        write_notice(tmp_path / "r", rules=[rule], materials=[PLAN], documents=documents)
    )
    (tmp_path / "演练方案.txt").write_text("演练方案\n" + "一、目的：检验预案。\n" * 30, "utf-8")
    (file,) = try_paths([tmp_path / "演练方案.txt"], campaign, NOW).files
    assert file.found["PLAN_NAME"][0] == "error"
