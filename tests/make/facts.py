"""Facts as the inspection would measure them, for judging without files, and sample texts.

`sample(words)` makes one from a line of the truth table (tests/data/truth_table.csv).
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from mailbot.model import Cell, Family, Fault, Grid, Inspected, Json, Message

_TYPICAL_NAMES = {"jpeg": ".jpg", "mpo": ".jpg", "tiff": ".tif", "mpg2": ".mpg", "mpg1": ".mpg"}


def facts_of(family: Family, format: str, name: str, **more: Any) -> Inspected:
    """A file of this family and format; the digest follows from the name."""
    more.setdefault("size", 100_000)
    return Inspected(
        name=name,
        sha256=sha256(name.encode()).hexdigest(),
        family=family,
        format=format,
        **more,
    )


def photo(
    width: int = 4000, height: int = 3000, format: str = "jpeg", name: str = "", **more: Any
) -> Inspected:
    """A photo of this displayed size; 0 × 0 stands for one that could not be measured."""
    return _media(Family.PHOTO, width, height, format, name or f"演练照片1{_ending(format)}", more)


def video(
    width: int = 1920, height: int = 1080, format: str = "mp4", name: str = "", **more: Any
) -> Inspected:
    """A video of this displayed size; 0 × 0 stands for one that could not be measured."""
    return _media(Family.VIDEO, width, height, format, name or f"演练视频{_ending(format)}", more)


def _media(
    family: Family, width: int, height: int, format: str, name: str, more: dict[str, Any]
) -> Inspected:
    facts: dict[str, Json] = {"width": width, "height": height} if width else {}
    return facts_of(family, format, name, facts=facts, **more)


def _ending(format: str) -> str:
    return _TYPICAL_NAMES.get(format, f".{format}")


def document(text: str = "", name: str = "附件.docx", format: str = "", **more: Any) -> Inspected:
    """A document with this text; the format follows from the name."""
    return facts_of(Family.DOCUMENT, format or name.rpartition(".")[2], name, text=text, **more)


def body(text: str) -> Inspected:
    """The text of a mail."""
    return facts_of(Family.DOCUMENT, "txt", "正文", text=text, is_body=True)


def archive(
    *members: Inspected, name: str = "照片.zip", format: str = "", **more: Any
) -> Inspected:
    """An archive that holds these files."""
    format = format or name.rpartition(".")[2]
    return facts_of(Family.ARCHIVE, format, name, members=members, **more)


def mail(*members: Inspected, subject: str = "", **more: Any) -> Inspected:
    """A mail that holds these files."""
    return facts_of(
        Family.MAIL, "eml", "来信.eml", members=members, mail=Message(subject=subject), **more
    )


# One line for each content a plan and a summary should have; no line holds a word of another's.
PLAN_LINES: Mapping[str, str] = {
    "PLAN_PURPOSE": "目的：检验预案，锻炼队伍，磨合机制，完善准备，普及知识，提高本领",
    "PLAN_SCENARIO": "某化工园区甲醇储罐泄漏起火，模拟两名工人受伤被困，火势向相邻储罐蔓延",
    "PLAN_TIME": "时间：2017年6月20日上午九点整开始",
    "PLAN_PLACE": "地点：某化工园区三号储罐区及其周边道路",
    "PLAN_PARTICIPANTS": "参演：安监、消防、公安、环保、卫生、气象等部门以及园区各企业",
    "PLAN_ORGANISATION": "成立演练领导小组，由分管负责人任组长",
    "PLAN_STEPS": "步骤：接警、响应、救援、洗消、恢复五个阶段依次展开",
    "PLAN_SUPPORT": "物资：泡沫车两辆、堵漏工具三套、空气呼吸器二十具",
    "PLAN_REVIEW": "结束后由专家当场点评",
}
SUMMARY_LINES: Mapping[str, str] = {
    "SUMMARY_OVERVIEW": "一、基本情况：按照通知部署，我区于六月举办了综合演练",
    "SUMMARY_TIME_PLACE": "时间为2017年6月20日上午，在某化工园区三号储罐区",
    "SUMMARY_PARTICIPANTS": "参演单位共八个，二百三十六人到场",
    "SUMMARY_PROCESS": "二、演练过程：接警、响应、救援、洗消、恢复五个阶段依次展开",
    "SUMMARY_EFFECT": "三、成效：检验了预案，锻炼了队伍，磨合了联动机制",
    "SUMMARY_PROBLEMS": "四、不足之处：现场通信不畅，个别人员着装不规范",
    "SUMMARY_IMPROVEMENTS": "五、整改打算：每季度组织一次桌面推演，更新对讲机",
}
NEWS = (
    "6月20日上午，我区在某化工园区成功举行危险化学品泄漏事故综合应急演练，安监、消防、公安、"
    "环保等8个部门236人到场，检验了应急预案，锻炼了队伍，提高了协同处置能力。"
)
TEMPLATE_TAIL = "（请填写）\n"


def plan_text(without: Iterable[str] = (), title: str = "金水区综合应急演练方案") -> str:
    """A plan that leaves out these contents (codes of PLAN_LINES)."""
    return _text(title, PLAN_LINES, without)


def summary_text(without: Iterable[str] = (), title: str = "金水区综合应急演练总结") -> str:
    """A summary that leaves out these contents (codes of SUMMARY_LINES)."""
    return _text(title, SUMMARY_LINES, without)


def _text(title: str, lines: Mapping[str, str], without: Iterable[str]) -> str:
    left_out = set(without)
    assert left_out <= set(lines), f"no such content: {left_out - set(lines)}"
    return "\n".join((title, *(line for code, line in lines.items() if code not in left_out)))


def template_text(title: str) -> str:
    """A template with every heading and no content."""
    headings = (
        "目的 情景 时间 地点 参演单位 基本情况 步骤和过程 保障 效果评估 问题 整改措施".split()
    )
    return title + "\n" + "".join(f"{heading}：{TEMPLATE_TAIL}" for heading in headings)


FORM_VALUES: Mapping[str, str] = {
    "unit": "金水区",
    "reported_on": "2017年7月3日",
    "filled_by": "填表人甲",
    "phone": "0371-60000000",
    "overall.drills": "10",
    "overall.participants": "500",
    "overall.spend_wan": "8",
    "overall.observers": "20",
    "overall.joint_drills": "1",
    "by_organiser.government.drills": "3",
    "by_organiser.government.participants": "200",
    "by_organiser.government.spend_wan": "3",
    "by_organiser.enterprise.drills": "6",
    "by_organiser.enterprise.participants": "250",
    "by_organiser.enterprise.spend_wan": "4",
    "by_organiser.other.drills": "1",
    "by_organiser.other.participants": "50",
    "by_organiser.other.spend_wan": "1",
    "by_form.live": "6",
    "by_form.tabletop": "4",
    "by_scope.comprehensive": "4",
    "by_scope.single": "6",
}


def form_grid(**values: str) -> Grid:
    """The table with every field filled in order, but for these (dots written as __).

    Its cells carry the hidden names of our own blank form, so that reading it is no question.
    """
    filled = {**FORM_VALUES, **{key.replace("__", "."): text for key, text in values.items()}}
    return Grid(
        "表1",
        tuple(Cell(text, row, 1) for row, text in enumerate(filled.values())),
        names={f"mb.{key}": (row, 1) for row, key in enumerate(filled)},
    )


def form(
    name: str = "2017年安全生产应急演练统计表.xlsx", seal: bool | None = True, **values: str
) -> Inspected:
    """The statistics table, in order but for these values."""
    return document(
        text="2017年安全生产应急演练统计表",
        name=name,
        grids=(form_grid(**values),),
        facts={"seal": seal},
    )


def sample(words: str) -> Inspected:
    """A file from a line like `photo 1919x1080 format=png fault=truncated`.

    First the maker, then `WxH` and `key=value` in any order; `without=` takes codes with `,`.
    """
    maker, *rest = words.split()
    options: dict[str, Any] = {}
    for word in rest:
        key, equals, value = word.partition("=")
        if not equals:
            options["width"], options["height"] = (int(side) for side in word.split("x"))
        elif key == "fault":
            options["faults"] = tuple(Fault(code) for code in value.split(","))
        elif key == "size":
            options["size"] = int(value)
        elif key == "referenced":
            options["referenced"] = value == "yes"
        elif key == "seal":
            options["seal"] = {"yes": True, "no": False, "unknown": None}[value]
        else:
            options[key] = value
    made: Inspected = _MAKERS[maker](**options)
    return made


def _plan(without: str = "", title: str = "金水区综合应急演练方案", **more: Any) -> Inspected:
    return document(plan_text(filter(None, without.split(",")), title), **more)


def _summary(without: str = "", title: str = "金水区综合应急演练总结", **more: Any) -> Inspected:
    return document(summary_text(filter(None, without.split(",")), title), **more)


def _template(title: str, **more: Any) -> Inspected:
    return document(template_text(title), **more)


def _news(characters: str = "80", name: str = "文字信息.docx") -> Inspected:
    return document("演" * int(characters), name=name)


def _blank_form() -> Inspected:
    return form(seal=None, **{key.replace(".", "__"): "" for key in FORM_VALUES})


def _scan(name: str, **more: Any) -> Inspected:
    page = photo(1654, 2339, name="page1.jpg", source="page 1")
    return document("", name=name, members=(page,), **more)


def _unknown(name: str, **more: Any) -> Inspected:
    return facts_of(Family.UNKNOWN, "unknown", name, **more)


def _empty(name: str) -> Inspected:
    return facts_of(Family.OTHER, "empty", name, size=0, faults=(Fault("empty"),))


_MAKERS: Mapping[str, Any] = {
    "photo": photo,
    "video": video,
    "document": document,
    "archive": archive,
    "mail": mail,
    "form": form,
    "blank_form": _blank_form,
    "plan": _plan,
    "summary": _summary,
    "template": _template,
    "news": _news,
    "scan": _scan,
    "unknown": _unknown,
    "empty": _empty,
}
