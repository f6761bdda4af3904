"""What a document is, which materials it fills, and the words of what it lacks."""

import pytest
from make import facts

from mailbot.campaign.types import Campaign, TextRule
from mailbot.judgement.documents import judge_body, judge_document
from mailbot.judgement.writing import count_chinese, is_unfilled, own_words, text_length
from mailbot.model import Fault, Inspected, Kind, Verdict

PLAN, SUMMARY = facts.plan_text(), facts.summary_text()
UNTITLED_PLAN = PLAN.partition("\n")[2]
UNTITLED_SUMMARY = SUMMARY.partition("\n")[2]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("金水区2017年安全生产应急演练活动方案", Kind.PLAN),
        ("2017年危险化学品泄漏事故应急救援演练实施方案", Kind.PLAN),
        ("应急预案演练方案", Kind.PLAN),
        ("金水区“安全生产月”应急演练活动方案", Kind.PLAN),
        ("关于印发《金水区应急演练方案》的通知", Kind.PLAN),
        ("应急演练脚本", Kind.PLAN),
        ("演 练 方 案", Kind.PLAN),
        ("消防演习方案", Kind.PLAN),
        ("地震应急疏散演练预案", Kind.PLAN),
        ("防汛桌面推演方案", Kind.PLAN),
        ("应急救援演练策划书", Kind.PLAN),
        ("应急演练流程", Kind.PLAN),
        ("安全生产应急演练评估总结", Kind.SUMMARY),
        ("应急演练方案评估报告", Kind.SUMMARY),
        ("应急演练小结", Kind.SUMMARY),
        ("消防疏散演习活动总结", Kind.SUMMARY),
        ("应急演练效果评价报告", Kind.SUMMARY),
        ("关于开展应急演练工作情况的报告", Kind.SUMMARY),
        ("金水区成功举行综合应急演练", Kind.TEXT),
        ("安全生产简报", Kind.TEXT),
        ("危险化学品事故应急预案", Kind.DOCUMENT),
        ("金水区“安全生产月”活动方案", Kind.DOCUMENT),
        ("2017年“安全生产月”活动计划", Kind.DOCUMENT),
        ("应急演练主持词", Kind.DOCUMENT),
        ("关于开展应急演练活动的通知", Kind.DOCUMENT),
        ("关于报送应急演练评估总结的报告", Kind.DOCUMENT),
        ("企业安全风险评估报告", Kind.DOCUMENT),
    ],
)
def test_a_title_says_what_a_document_is(campaign: Campaign, title: str, kind: Kind) -> None:
    body = UNTITLED_SUMMARY if kind is Kind.SUMMARY else UNTITLED_PLAN
    document = facts.document(f"{title}\n{body}")
    assert judge_document(document, campaign).kind is kind


def test_a_title_over_several_lines_is_read_as_one(campaign: Campaign) -> None:
    document = facts.document(f"金水区2017年安全生产\n应急演练\n实施方案\n{UNTITLED_PLAN}")
    assert judge_document(document, campaign).kind is Kind.PLAN


def test_content_goes_before_the_name_and_the_name_before_the_subject(campaign: Campaign) -> None:
    titled = facts.document(SUMMARY, name="演练方案.docx")
    assert judge_document(titled, campaign).kind is Kind.SUMMARY
    untitled = facts.document(UNTITLED_SUMMARY, name="演练方案.docx")
    assert judge_document(untitled, campaign).kind is Kind.SUMMARY
    vague = facts.document("一段没有标题的文字。" * 8, name="演练方案.docx")
    assert judge_document(vague, campaign, subject="演练评估总结").kind is Kind.PLAN


def test_the_subject_decides_only_what_the_contents_bear_out(campaign: Campaign) -> None:
    news = facts.document("园区各单位昨日到场，" * 10, name="附件.docx")
    assert judge_document(news, campaign, subject="金水区演练文字信息").kind is Kind.TEXT
    assert judge_document(news, campaign, subject="金水区演练方案").kind is Kind.DOCUMENT
    several = "报送演练方案、演练总结、文字信息"
    assert judge_document(news, campaign, subject=several).kind is Kind.DOCUMENT


@pytest.mark.parametrize("name", ["新建 Microsoft Word 文档.doc", "附件.doc", "方案.doc"])
def test_an_untitled_plan_is_known_by_its_contents(campaign: Campaign, name: str) -> None:
    assert judge_document(facts.document(UNTITLED_PLAN, name=name), campaign).kind is Kind.PLAN


def test_an_untitled_report_of_a_drill_is_a_text(campaign: Campaign) -> None:
    document = facts.document(facts.NEWS, name="新建文档.docx")
    assert judge_document(document, campaign).slots == ("text",)


def test_words_of_two_sentences_make_no_report(campaign: Campaign) -> None:
    work = facts.document(
        "四、组织机构职责到人。五、内容：宣传咨询、应急演练等。" * 4, name="方案.docx"
    )
    assert judge_document(work, campaign).kind is Kind.DOCUMENT


def test_a_document_that_is_none_of_the_materials_fills_nothing(campaign: Campaign) -> None:
    judged = judge_document(facts.document("抓好作风建设。" * 30, name="工作要点.docx"), campaign)
    assert (judged.kind, judged.slots, judged.verdict) == (Kind.DOCUMENT, (), Verdict.ACCEPTED)


def test_missing_contents_are_said_as_not_seen(campaign: Campaign) -> None:
    document = facts.document(facts.summary_text(without=["SUMMARY_PROBLEMS"]))
    (finding,) = judge_document(document, campaign).findings
    assert finding.message.startswith("未见问题与不足方面的内容")
    assert "缺少" not in finding.message


def test_a_wrong_document_is_told_once_and_not_group_by_group(campaign: Campaign) -> None:
    document = facts.document("演练方案\n" + "大家按时到场。" * 20)
    (finding,) = judge_document(document, campaign).findings
    assert finding.code == "PLAN_SHARE"
    assert "不是所要的材料" in finding.message


def test_words_are_found_through_blanks_and_full_width(campaign: Campaign) -> None:
    text = PLAN.replace("时间：", "时　间：").replace("地点：", "地 点：")
    assert judge_document(facts.document(text), campaign).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        f"{PLAN}\n金水区应急演练评估总结\n{UNTITLED_SUMMARY}\n文字信息\n{facts.NEWS}",
        f"一、演练方案\n{UNTITLED_PLAN}\n二、演练评估总结\n{UNTITLED_SUMMARY}"
        f"\n三、文字信息\n{facts.NEWS}",
        f"{PLAN}\n附件1：演练评估总结\n{UNTITLED_SUMMARY}\n附件2：文字信息\n{facts.NEWS}",
    ],
)
def test_one_document_with_several_materials_fills_several_slots(
    campaign: Campaign, text: str
) -> None:
    judged = judge_document(facts.document(text, name="演练材料.docx"), campaign)
    assert judged.kind is Kind.PLAN
    assert judged.slots == ("plan", "summary", "text")
    assert judged.findings == ()


def test_a_heading_of_a_plan_begins_no_summary(campaign: Campaign) -> None:
    document = facts.document(f"{PLAN}\n八、演练评估总结\n结束后由专家当场点评。")
    assert judge_document(document, campaign).slots == ("plan",)


def test_a_good_plan_does_not_suffer_from_the_faulty_form_behind_it(campaign: Campaign) -> None:
    document = facts.document(PLAN, grids=(facts.form_grid(overall__drills="若干"),))
    judged = judge_document(document, campaign)
    assert (judged.kind, judged.slots, judged.verdict) == (Kind.PLAN, ("plan",), Verdict.ACCEPTED)
    (part,) = judged.parts
    assert (part.kind, part.slots, part.verdict) == (Kind.FORM, ("form",), Verdict.REJECTED)


def test_a_plan_with_the_filled_form_fills_both_slots(campaign: Campaign) -> None:
    document = facts.document(PLAN, grids=(facts.form_grid(),), facts={"seal": True})
    judged = judge_document(document, campaign)
    assert judged.slots == ("plan", "form")
    assert judged.fields["overall.drills"].value == 10


def test_the_blank_form_annexed_to_a_plan_is_no_form_sent(campaign: Campaign) -> None:
    blank = facts.form_grid(**{key.replace(".", "__"): "" for key in facts.FORM_VALUES})
    judged = judge_document(facts.document(PLAN, grids=(blank,)), campaign)
    assert (judged.slots, judged.parts) == (("plan",), ())


def test_a_table_that_was_read_with_doubt_goes_to_a_person(campaign: Campaign) -> None:
    grid = facts.form_grid()
    cells = tuple(
        cell if cell.text != "500" else type(cell)("500", cell.row, cell.column, confidence=0.4)
        for cell in grid.cells
    )
    doubtful = facts.form(seal=True)
    doubtful = type(doubtful)(
        **{name: getattr(doubtful, name) for name in doubtful.__slots__}
        | {"grids": (type(grid)(grid.title, cells, names=grid.names),)}
    )
    judged = judge_document(doubtful, campaign)
    assert judged.verdict is Verdict.HELD
    assert judged.fields["overall.participants"].value is None


def test_pages_without_text_are_held_and_their_pictures_are_no_photos(campaign: Campaign) -> None:
    judged = judge_document(facts.sample("scan name=演练总结.pdf"), campaign)
    assert (judged.kind, judged.verdict, judged.pages) == (Kind.SUMMARY, Verdict.HELD, True)


def test_photos_pasted_into_a_document_make_it_no_scan(campaign: Campaign) -> None:
    album = facts.document("", name="新建文档.docx", members=(facts.photo(),))
    judged = judge_document(album, campaign)
    assert (judged.verdict, judged.pages) == (Verdict.ACCEPTED, False)


def test_the_form_pasted_as_a_picture_is_held(campaign: Campaign) -> None:
    title = "2017年安全生产应急演练统计表"
    document = facts.document(title, name="附件.docx", members=(facts.photo(),))
    judged = judge_document(document, campaign)
    assert (judged.kind, judged.verdict) == (Kind.FORM, Verdict.HELD)


def test_an_unreadable_document_keeps_the_kind_its_name_claims(campaign: Campaign) -> None:
    judged = judge_document(facts.sample("document name=演练总结.doc fault=corrupt"), campaign)
    assert (judged.kind, judged.slots) == (Kind.SUMMARY, ("summary",))


# ---- the body of a mail -------------------------------------------------------------------

FIFTY = "演" * 50


@pytest.mark.parametrize(
    "after",
    [
        "\n--\n填表人甲",
        "\n> 市安委办：请补正\n> 谢谢",
        '\n\n------------------ 原始邮件 ------------------\n发件人: "a" <a@example.test>',
        '\n\n在 2017-07-03 10:01:02，"安委办" <a@example.test> 写道：\n\n已收到',
        "\n\nOn Jul 3, 2017, at 10:01, A <a@example.test> wrote:\n已收到",
        "\n\n发件人： a@example.test\n发送时间： 2017-07-03 10:01\n收件人： b\n主题： 演练\n已收到",
        "\n\n-----Original Message-----\n已收到",
        "\n发自我的iPhone",
    ],
)
def test_quotes_and_signatures_are_not_the_senders_words(campaign: Campaign, after: str) -> None:
    assert own_words(FIFTY + after) == FIFTY
    assert judge_body(FIFTY[:49] + after, campaign).slots == ()
    assert judge_body(FIFTY + after, campaign).slots == ("text",)


@pytest.mark.parametrize(
    "line",
    ["时间：6月20日上午", "主题：落实企业主体责任", "来自我区的8个部门参加", "——————————"],
)
def test_a_line_of_a_report_ends_no_body(line: str) -> None:
    assert own_words(f"甲\n{line}\n乙") == f"甲\n{line}\n乙"


def test_a_short_body_is_nothing_to_mend(campaign: Campaign) -> None:
    judged = judge_body("请查收", campaign)
    assert (judged.kind, judged.verdict, judged.findings) == (Kind.TEXT, Verdict.ACCEPTED, ())


def test_the_body_of_an_automatic_mail_fills_no_slot(campaign: Campaign) -> None:
    assert judge_body(FIFTY, campaign, automatic=True).slots == ()


def test_only_chinese_characters_are_counted() -> None:
    assert count_chinese("演练abc，。123！喆𠮷") == 4


def test_a_summary_in_a_table_is_not_cut_at_a_row_that_reads_like_news(campaign: Campaign) -> None:
    rows = (
        "基本情况\t2017年6月22日开展危化品泄漏演练\n时间地点\t6月22日 厂区\n"
        "参演单位及人数\t安监局等120人\n演练过程\t按方案实施了接警、响应、处置、救治\n"
        "效果评估\t达到预期目的，指挥顺畅，各参演单位配合默契\n"
        "存在问题与不足\t个别人员操作不熟练，信息报送偏长\n改进措施建议\t组织专项训练，修订流程"
    )
    judged = judge_document(facts.document(f"应急演练评估表\n{rows}"), campaign)
    assert (judged.kind, judged.slots, judged.findings) == (Kind.SUMMARY, ("summary",), ())


def test_a_line_of_a_summary_that_reads_like_news_begins_no_report(campaign: Campaign) -> None:
    text = (
        "应急演练评估总结\n一、基本情况\n2017年6月22日我区开展危化品泄漏应急演练\n"
        "时间地点：6月22日厂区；参演单位12个，人数120人\n二、演练过程\n按方案实施\n三、效果\n"
        "达到预期目的，各参演单位配合默契，处置得当，指挥顺畅有力，通信联络畅通，群众疏散及时有序，"
        "救护组在规定时间内到达现场并完成救治\n四、存在问题\n个别人员操作不熟练\n五、改进措施\n加强培训"
    )
    judged = judge_document(facts.document(text), campaign)
    assert (judged.kind, judged.slots, judged.findings) == (Kind.SUMMARY, ("summary",), ())


@pytest.mark.parametrize(
    ("file", "kind", "verdict"),
    [
        # No rule speaks of it: what went wrong is for a person, though a text was read.
        (facts.document(PLAN, faults=(Fault("unheard_of"),)), Kind.PLAN, Verdict.HELD),
        (facts.document("", "材料.docx", faults=(Fault("corrupt"),)), Kind.DOCUMENT, None),
        (facts.document("", "演练方案.docx", faults=(Fault("corrupt"),)), Kind.PLAN, None),
        (facts.document("", "扫描件0001.pdf", format="pdf"), Kind.DOCUMENT, Verdict.HELD),
        (facts.document("", "演练总结.pdf", format="pdf"), Kind.SUMMARY, Verdict.HELD),
    ],
)
def test_what_nobody_could_read_is_of_the_kind_its_name_says_or_a_document(
    campaign: Campaign, file: Inspected, kind: Kind, verdict: Verdict | None
) -> None:
    judged = judge_document(file, campaign)
    assert judged.kind == kind
    assert judged.verdict is (verdict or Verdict.REJECTED)


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        (UNTITLED_PLAN, "演练总结.docx", Kind.PLAN),  # its contents are all a plan's
        (UNTITLED_SUMMARY, "演练方案.docx", Kind.SUMMARY),
        (UNTITLED_PLAN + UNTITLED_SUMMARY, "演练总结.docx", Kind.SUMMARY),  # the name decides
        (UNTITLED_PLAN + UNTITLED_SUMMARY, "演练方案.docx", Kind.PLAN),
    ],
)
def test_a_name_is_believed_where_the_contents_do_not_speak_against_it(
    campaign: Campaign, text: str, name: str, kind: Kind
) -> None:
    assert judge_document(facts.document(text, name), campaign).kind == kind


def test_what_an_untitled_plan_lacks_is_said_of_the_whole_of_it(campaign: Campaign) -> None:
    document = facts.document(
        facts.plan_text(without=["PLAN_STEPS"]).partition("\n")[2], "演练方案.docx"
    )
    assert [one.where for one in judge_document(document, campaign).findings] == ["全文"]


def test_a_summary_behind_a_plan_of_two_lines_stands_for_itself(campaign: Campaign) -> None:
    document = facts.document(f"金水区演练方案\n另行报送。\n\n\n\n\n\n\n\n\n{SUMMARY}")
    judged = judge_document(document, campaign)
    assert (judged.kind, judged.verdict) == (Kind.PLAN, Verdict.REJECTED)
    assert [(one.kind, one.verdict) for one in judged.parts] == [(Kind.SUMMARY, Verdict.ACCEPTED)]


def test_an_unreadable_file_that_names_nothing_is_of_the_kind_the_subject_names(
    campaign: Campaign,
) -> None:
    broken = facts.document("", "附件.docx", faults=(Fault("corrupt"),))
    assert judge_document(broken, campaign, subject="金水区演练方案").kind is Kind.PLAN
    assert judge_document(broken, campaign, subject="材料").kind is Kind.DOCUMENT


def test_a_long_text_that_names_nothing_is_what_the_subject_says(campaign: Campaign) -> None:
    news = facts.document("园区各单位昨日到场，" * 20, name="附件.docx")
    assert judge_document(news, campaign, subject="金水区演练文字信息").kind is Kind.TEXT


def test_a_line_about_a_drill_is_no_report(campaign: Campaign) -> None:
    line = facts.document("6月20日开展应急演练。", name="新建文档.docx")
    assert judge_document(line, campaign).kind is Kind.DOCUMENT


def test_what_a_later_document_lacks_is_said_with_the_line_where_it_begins(
    campaign: Campaign,
) -> None:
    assert len(PLAN.split("\n")) == 10
    lacking = facts.summary_text(without=["SUMMARY_PROBLEMS"], title="演练评估总结")
    judged = judge_document(facts.document(f"{PLAN}\n{lacking}"), campaign)
    found = [finding for one in (judged, *judged.parts) for finding in one.findings]
    assert [finding.where for finding in found] == ["第11行起"]


@pytest.mark.parametrize(("characters", "slots"), [(49, ("plan",)), (50, ("plan", "text"))])
def test_a_report_behind_a_plan_is_one_from_fifty_characters(
    campaign: Campaign, characters: int, slots: tuple[str, ...]
) -> None:
    report = "文字信息\n" + "演" * (characters - 4)
    assert judge_document(facts.document(f"{PLAN}\n{report}"), campaign).slots == slots


@pytest.mark.parametrize(("characters", "codes"), [(50, []), (49, ["TEXT_SHORT"])])
def test_a_report_of_fifty_characters_is_long_enough(
    campaign: Campaign, characters: int, codes: list[str]
) -> None:
    """The notice: 文字信息 of fifty characters; the title counts with it."""
    title = "演练文字信息"
    text = f"{title}\n" + "演" * (characters - len(title))
    judged = judge_document(facts.document(text, "文字信息.docx"), campaign)
    assert judged.kind is Kind.TEXT
    assert len(judged.findings) == len(codes)


def test_the_form_behind_a_plan_brings_its_figures_along(campaign: Campaign) -> None:
    text = f"{PLAN}\n金水区应急演练评估总结\n{UNTITLED_SUMMARY}"
    judged = judge_document(facts.document(text, grids=(facts.form_grid(),)), campaign)
    assert {"plan", "form"} <= {*judged.slots}
    assert judged.fields["overall.drills"].value == 10


TALK = (
    "您好，感谢贵办一直以来对我局工作的关心和支持，有关材料正在收集，"
    "预计明天下午下班前向贵办补报，请放心。"
)
MEETING = (
    "请您单位派一名负责人于七月五日上午九时到市政府三楼会议室参加全市半年工作会议，"
    "会期半天，请准时到会。"
)
REPORT = (
    "六月二十二日上午，我区在化工园区开展危险化学品泄漏应急演练，"
    "各参演单位配合默契，达到了预期目的。"
)


@pytest.mark.parametrize(
    ("words", "slots"),
    [
        (TALK * 2, ()),
        (MEETING * 2, ()),
        (REPORT * 2, ("text",)),
        (REPORT * 2 + "请查收，谢谢！", ("text",)),  # thanks do not unmake a report
        (REPORT * 2 + TALK, ("text",)),
    ],
)
def test_a_long_body_is_a_report_where_it_tells_of_a_drill(
    campaign: Campaign, words: str, slots: tuple[str, ...]
) -> None:
    assert count_chinese(words) >= 50
    assert judge_body(words, campaign).slots == slots


@pytest.mark.parametrize("kind", ["应急演练方案", "应急演练评估表"])
def test_a_table_sent_back_with_its_second_column_empty_is_unfilled(
    campaign: Campaign, kind: str
) -> None:
    labels = (
        "演练名称\n演练目的\n演练时间\n演练地点\n参演单位\n参演人数\n组织机构及职责\n演练过程\n"
        "存在的问题\n改进措施"
    )
    judged = judge_document(facts.document(f"{kind}\n{labels}"), campaign)
    assert [finding.code.partition("_")[2] for finding in judged.findings] == ["UNFILLED"]


def test_a_filled_document_is_no_template() -> None:
    assert not is_unfilled(PLAN)
    assert not is_unfilled(SUMMARY)
    assert is_unfilled(facts.template_text("演练方案"))
    assert is_unfilled(
        "演练方案\n一、目的\n\n二、时间\n    年  月  日\n三、地点\n________\n四、步骤\n"
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [("危险化学品事故应急预案.docx", Kind.DOCUMENT), ("新建文档.docx", Kind.PLAN)],
)
def test_an_untitled_document_whose_name_only_sounds_like_a_material_is_none(
    campaign: Campaign, name: str, kind: Kind
) -> None:
    judged = judge_document(facts.document(UNTITLED_PLAN, name=name), campaign)
    assert judged.kind is kind
    assert judged.slots == (("plan",) if kind is Kind.PLAN else ())


@pytest.mark.parametrize(("characters", "slots"), [(99, ("plan",)), (100, ("plan", "summary"))])
def test_a_later_section_of_a_hundred_characters_is_a_document_of_its_own(
    campaign: Campaign, characters: int, slots: tuple[str, ...]
) -> None:
    """Below, a chapter of the plan that bears the other's name."""
    summary = "演练评估总结\n" + "\n".join(facts.SUMMARY_LINES.values())
    while count_chinese(summary) > characters:
        summary = summary[:-1]
    judged = judge_document(facts.document(f"{PLAN}\n{summary}"), campaign)
    found = {slot for one in (judged, *judged.parts) for slot in one.slots}
    assert found == set(slots)


@pytest.mark.parametrize(("length", "kind"), [(45, Kind.PLAN), (46, Kind.DOCUMENT)])
def test_a_title_has_forty_five_characters_at_most(
    campaign: Campaign, length: int, kind: Kind
) -> None:
    title = "金" * (length - 4) + "演练方案"
    filler = "大家按时到场" * 20
    assert judge_document(facts.document(f"{title}\n{filler}"), campaign).kind is kind


@pytest.mark.parametrize("pictures", [1, 0])
def test_a_form_whose_title_is_text_and_whose_table_is_a_picture_waits_for_a_person(
    campaign: Campaign, pictures: int
) -> None:
    text = "2017年安全生产应急演练统计表\n" + "按照通知要求，现将统计表报上，请予审核。" * 2
    members = (facts.photo(1654, 2339, name="表.jpg"),) * pictures
    judged = judge_document(facts.document(text, name="统计表.docx", members=members), campaign)
    assert judged.kind is Kind.FORM
    codes = [finding.code for finding in judged.findings]
    if pictures:
        assert (judged.verdict, "FORM_NOT_READ" in codes) == (Verdict.HELD, False)
    else:
        assert (judged.verdict, codes) == (Verdict.REJECTED, ["FORM_NOT_READ"])


@pytest.mark.parametrize(
    ("lines", "unfilled"),
    [
        (["一、目的", "二、时间", "三、地点", "演" * 29], True),
        (["一、目的", "二、时间", "三、地点", "演" * 30], False),
        (["一、目的", "二、时间", "演" * 29], False),  # two headings are no template
        (["一、目的", "二、时间", "在________", "演" * 28], True),  # and a blank is a third
        (["一、目的", "二、时间：", "地点\t"], True),
        (["一、目的", "二、时间：九时", "地点\t广场"], False),
        (["一、目的", "二、时间", "三" * 25 + "：", "演" * 29], True),
        (["一、目的", "二、时间", "三" * 26 + "：", "演练。"], False),  # as long as a sentence
        (["一、目的", "二、时间", "三、" + "地" * 23, "演" * 29], True),
        (["一、目的", "二、时间", "三、" + "地" * 24, "演练。"], False),
        (["一、目的", "二、时间", "三、演练顺利结束。"], False),
        (["一、目的", "二、时间", "演练目的"], True),  # a label without any mark
        (["一、目的", "二、时间", "演练目的2"], False),
    ],
)
def test_a_template_has_three_headings_and_fewer_than_thirty_characters(
    lines: list[str], unfilled: bool
) -> None:
    assert is_unfilled("\n".join(lines)) is unfilled


@pytest.mark.parametrize(
    ("after", "cut"),
    [
        ("发件人：张三\n\n\n时间：六月\n已收到", True),  # the head of a quoted mail has two lines
        ("发件人：张三\n\n\n\n时间：六月\n已收到", False),  # too far below to be its second
        ("发件人：张三\n已收到", False),
        ("时间：六月\n主题：演练\n已收到", False),  # a clerk's own
    ],
)
def test_a_quoted_head_is_a_sender_and_another_line_of_a_head(after: str, cut: bool) -> None:
    assert own_words(f"材料已发\n{after}") == ("材料已发" if cut else f"材料已发\n{after}")


def test_a_text_is_measured_in_what_the_notice_counts() -> None:
    text = "演练 held on 20 June"
    assert text_length(text, TextRule()) == (2, 50)
    assert text_length(text, TextRule(minimum_words=6)) == (6, 6)
