"""Lines of a drafted YAML file: what was guessed has a line above it that says why."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import yaml

from mailbot.campaign.unconfirmed import UNCONFIRMED

# libyaml's parser and writer are several times as fast as those in Python, and write the same.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def written(data: Any) -> str:
    """Data as YAML, each text on one line."""
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6))


def data_of(content: str) -> Any:
    """What a file says."""
    return yaml.load(content, Loader=_Loader)  # noqa: S506 - it is a safe one


def entry(key: str, value: Any, guess: str = "", source: str = "") -> list[str]:
    """A key of the file with its guess and the notice's sentence."""
    lines = [f"# {UNCONFIRMED}：{guess}"] if guess else []
    lines += [f"# 通知：{squeezed(source)}"] if source else []
    text = written({key: value})
    return lines + text.rstrip("\n").split("\n")


def item(value: Mapping[str, Any], guess: str = "") -> list[str]:
    """An entry of a list."""
    lines = [f"  # {UNCONFIRMED}：{guess}"] if guess else []
    text = written([dict(value)])
    return lines + [f"  {line}" for line in text.rstrip("\n").split("\n")]


def squeezed(text: str) -> str:
    """A sentence on one line."""
    return re.sub(r"\s+", " ", text).strip()


_THOUSANDS = re.compile(
    "(?P<thousand>[一二两三四五六七八九])千(?:(?P<hundred>[一二两三四五六七八九])百)?(?=余?字)"
    "|(?P<only>[一二两三四五六七八九])百(?=余?字)"
)
_DIGIT = {word: number for number, word in enumerate("零一二三四五六七八九")} | {"两": 2}


def in_digits(text: str) -> str:
    """一千五百字 as 1500字."""

    def written(found: re.Match[str]) -> str:
        if found["only"]:
            return str(100 * _DIGIT[found["only"]])
        return str(1000 * _DIGIT[found["thousand"]] + 100 * _DIGIT[found["hundred"] or "零"])

    return _THOUSANDS.sub(written, text)


def as_compared(text: str) -> str:
    """Full-width letters, digits and marks as plain ones."""
    return unicodedata.normalize("NFKC", text)


_WRITTEN_DATE = re.compile(
    r"(?:(?P<year>[二２2][〇○零oO0一二三四五六七八九]{3})\s*年\s*)?(?<![\d一二三四五六七八九十])"
    r"(?P<month>十[一二]?|[一二三四五六七八九])\s*月(?:份)?\s*"
    r"(?:(?P<day>[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])\s*(?P<end>[日号])|(?=[底末]|中旬|下旬|上旬))"
)


def _figure(written: str) -> int:
    """廿 is not met in notices; 十九, 三十一, 七."""
    tens, ten, ones = written.partition("十")
    if not ten:
        return _DIGIT[written]
    return (_DIGIT[tens] if tens else 1) * 10 + (_DIGIT[ones] if ones else 0)


def dates_in_digits(text: str) -> str:
    """二○○七年十月十九日 as 2007年10月19日, 六月底 as 6月底."""

    def written(found: re.Match[str]) -> str:
        year = "".join(str(_DIGIT.get(one, 0)) for one in found["year"] or "")
        day = f"{_figure(found['day'])}{found['end']}" if found["day"] else ""
        return f"{f'{year}年' if year else ''}{_figure(found['month'])}月{day}"

    return _WRITTEN_DATE.sub(written, text)


_DATED = re.compile(r"\s*(20\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*")


def day_of_line(line: str) -> tuple[int, int, int] | None:
    """The day that a line consists of, as notices are dated above or below their issuer's name."""
    found = _DATED.fullmatch(dates_in_digits(as_compared(line)))
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
