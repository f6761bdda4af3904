"""What a text states as such, whatever words it uses for it: when, where, how many took part.

6月16日在化工园区举行 says time and place without either word. Texts come from plans and reports; a
date that stands alone on its line (a signature's) says nothing of the drill.
"""

import re
from collections.abc import Callable, Mapping
from typing import Literal

from mailbot.judgement.writing import fold

Fact = Literal["time", "place", "people"]

_ORDINAL = r"(?:\d{1,2}|[〇零一二三四五六七八九十]{1,3}|[xX×*]{1,2})"
_DAY_PART = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜间"
_TIME = re.compile(
    rf"{_ORDINAL}月(?:份|{_ORDINAL}[日号]|[上中下]旬|初|底|末)"
    r"|(?<!\d)(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}(?!\d)"
    rf"|(?:{_DAY_PART}){_ORDINAL}(?:[:时点])|(?<!\d)\d{{1,2}}:[0-5]\d(?!\d)|(?<!\d)\d{{1,2}}时\d{{1,2}}分"
    rf"|(?:本|上|每)?(?:周|星期)[一二三四五六日天](?:{_DAY_PART})?"
    r"|(?<![一-鿿])本周|(?:今|昨|是|近)日|日前|前不久|第[一二三四]季度|[上下]半年|汛前|入汛前"
)
_ALONE = re.compile(
    rf"(?:(?:19|20)\d\d|[〇零一二三四五六七八九]{{4}})年{_ORDINAL}月{_ORDINAL}日|(?:19|20)\d\d[-./]\d+[-./]\d+"
)

_WHERE = r"(?:在|于|到|至|赴|从|覆盖|范围为)"
_TO_HOLD = "举行|举办|开展|进行|组织|召开|实施|拉开|打响|上演|集合|集中|演练|模拟|展开"
_HELD_IN = re.compile(rf"{_WHERE}([^,。;:!?、]{{2,30}}?)(?:{_TO_HOLD})")
# What may stand between 在 and 开展 and is no place.
_NO_PLACE = re.compile(
    r"[下中后时际间前上内日月年]$|领导|支持|带领|指挥|指导|背景|基础|过程|同时|期间|情况|领域|方面|行业"
    r"|要求|精神|原则|目标|部署|活动|工作|规定|方案|预案|提高|增强|\d[日号时点]$"
)
_SITE = (
    "广场|园区|开发区|产业园|厂区|工厂|公司|学校|校园|小学|中学|大学|幼儿园|社区|小区|村|街道|工地|项目部|项目"
    "|车间|仓库|油库|加油站|加气站|加能站|煤矿|矿井|矿区|井下|工作面|运输巷|[^\\W\\d]{1,6}站|商场|超市|酒店"
    "|宾馆|医院|车站|机场|码头|水库|河道|河段|大坝|堤防|大厦|大楼|教学楼|办公楼|住院楼|门诊楼|楼梯|中心|基地"
    "|操场|院子|院内|罐区|宿舍|食堂|病区|病房|护士站|科室|住院部|教室|实验室|会议室|财务科|场地|指定地点|集合点"
    "|景区|隧道|桥|路段|高速公路|易涝点"
)
_NOT_THE_SITE = r"(?!领导|的?大力|方面|管理|[^,。]{0,10}以外)"  # 在公司领导的支持下
_AT_A_SITE = re.compile(rf"{_WHERE}[^,。;!?]{{0,24}}?(?:{_SITE}){_NOT_THE_SITE}")
# 一座加油站开展了演练; and a site alone between two marks: 16:30，外科病区，护士长参加。
_SITE_HOLDS = re.compile(
    rf"(?:{_SITE.replace('|公司', '').replace('|中心', '')})[^。;]{{0,30}}?"
    "(?:开展|举行|举办|开始|拉开)"
)
_SITE_ALONE = re.compile(rf"(?:^|[,。;:])[^,。;:、]{{0,10}}(?:{_SITE})(?=[,。;])")

_MANY = r"(?:\d[\d,]*|[一二两三四五六七八九十百千万]+|[xX×]+)(?:余|多|几)?"
_PERSONS = (
    "师生|员工|职工|人员|队员|学生|教师|老师|同学|幼儿|居民|村民|群众|民兵|干部|志愿者|工人|医生|护士|医护"
    "|部门|单位|科室|企业|小组|队伍|代表|农民工|师傅|参演|参加|参与|出席|观摩|消防队|交警|负责人"
)
_ACT = (
    "参加|参与|参演|观摩|组成|到场|赶到|到位|到达|撤|疏散|抱头|双手|拿起|切断|关闭|报警|清点|扑|演示|听从|服从|佩带"
    "|立即|迅速|按预定|集合"
)
_PEOPLE = re.compile(
    rf"(?<!假设)(?<!模拟)(?<!某){_MANY}(?:名|人次|人|位|个|家|支)[^,。;]{{0,12}}(?:{_PERSONS})"
    rf"|(?:{_PERSONS})[^。;]{{0,14}}{_MANY}(?:人次|人|名|个|家|支)"
    rf"|(?:全体|全校|全园|全院|全厂|全员|各|本|部分|相关|有关|所有|多个|多家)[^,。;]{{0,8}}(?:{_PERSONS})"
    rf"|(?:{_PERSONS})们?[^,。;]{{0,8}}(?:{_ACT})"
    rf"|(?:联合|邀请|会同)[^,。;]{{2,20}}(?:开展|举行|举办|组织|进行)|(?:^|[,。;])(?!个别|少数|有的|部分)[^,。;]{{0,4}}人员|(?:同学|学生|员工)们|所有人"
    rf"|(?:参加|参与|参演|观摩|组织|联合)(?:了|的)?[^,。;]{{0,12}}(?:{_PERSONS})"
)


def states(fact: Fact, text: str) -> bool:
    """Whether the text says when, where, or who took part."""
    return _STATES[fact](text)


def _states_time(text: str) -> bool:
    return any(
        _TIME.search(folded) and not _ALONE.fullmatch(folded)
        for line in text.splitlines()
        if (folded := fold(line))
    )


def _clauses(text: str) -> str:
    """The text folded, its lines kept apart."""
    return "。".join(map(fold, text.splitlines()))


def _states_place(text: str) -> bool:
    folded = _clauses(text)
    if any(not _NO_PLACE.search(found[1]) for found in _HELD_IN.finditer(folded)):
        return True
    return any(
        pattern.search(folded) is not None for pattern in (_AT_A_SITE, _SITE_HOLDS, _SITE_ALONE)
    )


def _states_people(text: str) -> bool:
    return _PEOPLE.search(_clauses(text)) is not None


_STATES: Mapping[Fact, Callable[[str], bool]] = {
    "time": _states_time,
    "place": _states_place,
    "people": _states_people,
}
