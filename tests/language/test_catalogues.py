"""The catalogues agree with the code: nothing that is said is lacking, nothing is left over."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

import mailbot
from mailbot.language import Words, fact, in_its_language, say, say_date, speaking, spoken
from mailbot.language.english import CATALOGUE, FACTS

PACKAGE = Path(mailbot.__file__).parent
TEMPLATES = PACKAGE / "templates"
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
DATE = "{year}年{month}月{day}日"


def modules() -> Iterator[ast.Module]:
    """Those that say something."""
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text("utf-8")
        if "from mailbot.language import" in source:
            yield ast.parse(source)
    yield ast.parse((PACKAGE / "language" / "__init__.py").read_text("utf-8"))


def said() -> set[str]:
    """The sentences that stand in a call of `say`, in the code and in the templates."""
    found: set[str] = {
        str(node.args[0].value)
        for tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "say"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
    for path in TEMPLATES.glob("*.j2"):
        found |= set(re.findall(r'say\("([^"]*)"', path.read_text("utf-8")))
    return found


def written() -> set[str]:
    """Every text of these modules: tables of words are said by name."""
    return {
        node.value
        for tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_whatever_is_said_has_its_english() -> None:
    assert {text for text in said() if CHINESE.search(text)} <= set(CATALOGUE)


# What is given to these is looked for in texts of others, or is the command line's help.
LOOKED_FOR = set(
    "compile search match fullmatch sub split findall finditer startswith endswith strip rstrip"
    " lstrip replace removeprefix removesuffix maketrans partition option argument".split()
)
# Said by nobody: a file's text before it is read, a NetEase word.
UNSAID = {
    "judgement/stated_facts.py": "what stands between two parts of a file's text",
    "judgement/not_the_file.py": "endings of names",
    "judgement/whose/names.py": "an ending of names",
    "judgement/whose/unit.py": "names as they were found, for the office's eyes",
    "judgement/form/phones.py": "a value: several numbers in one cell",
    "judgement/form/labels.py": "parts of a pattern",
    "judgement/form/values.py": "the unit of a heading that names none",
    "judgement/form/fields.py": "stored facts, said by `fact`",
    "judgement/form/cross_checks.py": "stored facts, said by `fact`",
    "judgement/form/rows.py": "stored facts, said by `fact`",
    "workflow/quota.py": "stored facts, said by `fact`",
    "wording/phrases.py": "a pattern",
    "outbox/delivery/transport.py": "NetEase's word for a password",
    "cli/setup.py": "NetEase's word for a password",
    "cli/rules.py": "what stands in a draft",
    "report/fleet/book.py": "names of sheets, said by `_table`",
}


def unsaid_chinese(tree: ast.AST) -> Iterator[str]:
    """Chinese within functions that goes neither through `say` nor into a comparison."""

    def walk(node: ast.AST, within: bool, free: bool) -> Iterator[str]:
        body = getattr(node, "body", None)
        inner = within or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        children = list(ast.iter_child_nodes(node))
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            children.remove(first)  # a docstring
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            free = free or name in LOOKED_FOR or name in ("say", "fact", "Words")
        free = free or isinstance(node, ast.Compare)
        text = node.value if isinstance(node, ast.Constant) else None
        if within and not free and isinstance(text, str) and CHINESE.search(text):
            yield text
        for child in children:
            yield from walk(child, inner, free)

    return walk(tree, False, False)


def test_no_chinese_reaches_a_unit_or_the_office_but_through_the_catalogue() -> None:
    """The console has a catalogue of its own (tests/console)."""
    stages = "judgement wording dossiers outbox report deciding workflow upkeep cli monitoring"
    found = {
        str(path.relative_to(PACKAGE)): list(unsaid_chinese(ast.parse(path.read_text("utf-8"))))
        for stage in stages.split()
        for path in (PACKAGE / stage).rglob("*.py")
    }
    spoken_alone = {path: texts for path, texts in found.items() if texts}
    assert {path: texts for path, texts in spoken_alone.items() if path not in UNSAID} == {}
    assert set(UNSAID) <= set(spoken_alone)  # no exception outlives its reason


def test_a_date_is_said_in_one_place_alone() -> None:
    """It has a value more in English, which no other caller would give."""
    users = [
        path for path in PACKAGE.rglob("*.py") if f'say(\n        "{DATE}"' in path.read_text()
    ]
    users += [path for path in PACKAGE.rglob("*.py") if f'say("{DATE}"' in path.read_text()]
    assert [path.parent.name for path in users] == ["language"]


def test_no_english_is_left_over() -> None:
    assert set(CATALOGUE) <= said() | written()


def test_english_has_no_chinese_sign_and_the_same_values() -> None:
    assert [text for text in CATALOGUE.values() if CHINESE.search(text)] == []
    assert [words for _, words in FACTS if CHINESE.search(words)] == []
    for chinese, english in CATALOGUE.items():
        allowed = fields(chinese) | ({"month_name"} if chinese == DATE else set())
        assert fields(english) <= allowed, chinese


@pytest.mark.parametrize("name", [path.name for path in (TEMPLATES / "en").glob("*_words.j2")])
def test_the_sentences_of_both_languages_take_the_same_values(name: str) -> None:
    def macros(path: Path) -> list[str]:
        return re.findall(r"{% macro (\w+\([^)]*\))", path.read_text("utf-8"))

    assert macros(TEMPLATES / "en" / name) == macros(TEMPLATES / name)


def test_every_template_that_says_sentences_of_its_own_has_its_english() -> None:
    own = {path.name for path in TEMPLATES.glob("*_words.j2")}
    own |= {path.name for path in TEMPLATES.glob("*_subject.txt.j2")}
    assert {path.name for path in (TEMPLATES / "en").iterdir()} == own
    for path in TEMPLATES.glob("*.j2"):
        if path.name in own:
            continue
        text = re.sub(r'"[^"]*"|{#.*?#}', "", path.read_text("utf-8"), flags=re.DOTALL)
        text = re.sub(r"font-family:[^;]*", "", text)
        assert CHINESE.search(text) is None, path.name


def test_a_language_is_spoken_within_and_by_no_one_else() -> None:
    heard: list[str] = []
    with speaking("en"):
        assert say("已收到") == "received"
        with speaking("zh"):
            assert say("已收到") == "已收到"
        thread = Thread(target=lambda: heard.append(spoken()))
        thread.start()
        thread.join()
        assert spoken() == "en"
    assert (spoken(), heard) == ("zh", ["zh"])


class Said:
    language = "en"


def test_a_function_speaks_the_language_of_the_campaign_among_its_arguments() -> None:
    @in_its_language
    def told(number: int, about: object) -> str:
        return say("{count}行", count=number)

    class Request:
        campaign = Said()

    assert told(3, Said()) == told(3, Request()) == told(3, about=Said()) == "3 row(s)"
    assert told(3, "nothing") == "3行"


def test_a_sentence_without_english_is_said_in_chinese_and_never_left_out() -> None:
    with speaking("en"):
        assert say("未译的句子{count}", count=2) == "未译的句子2"
        assert say("{留待以后}") == "{留待以后}"
        assert Words({"a": "已收到"})["a"] == "received"


def test_places_and_details_out_of_stored_facts_are_said_too() -> None:
    assert fact("表1 C5") == "表1 C5"
    with speaking("en"):
        assert fact("表1 C5；表2 D6") == "Table 1 C5; Table 2 D6"
        assert fact("文件数超过2000个") == "more than 2000 files"
        assert fact("Sheet1 C5") == "Sheet1 C5"
        assert say("{where}：", where="正文 第3段") == "text, paragraph 3: "


def test_a_date_is_written_as_the_language_writes_it() -> None:
    from datetime import date

    day = date(2017, 7, 8)
    assert say_date(day) == "2017年7月8日"
    with speaking("en"):
        assert say_date(day) == "8 July 2017"
