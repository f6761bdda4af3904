"""Proving a campaign's own templates before a mail depends on them."""

import re
from collections.abc import Iterator, Mapping

from jinja2 import Environment, PackageLoader, TemplateSyntaxError, meta
from jinja2.sandbox import SandboxedEnvironment

from mailbot.errors import SettingsError
from mailbot.language import say
from mailbot.wording.phrases import clean


def check_templates(overrides: Mapping[str, str]) -> None:
    """Each is one that mailbot uses, can be parsed, and names no value that it is not given: an
    undefined name is an error when a mail is written, and not before. SettingsError names file and
    line."""
    environment = SandboxedEnvironment(autoescape=True)
    environment.filters["clean"] = clean
    environment.globals["say"] = say
    loader = PackageLoader("mailbot", "templates")
    shipped = loader.list_templates()
    known = [name for name in shipped if not name.startswith("console/")]  # pages are the office's
    for name, source in overrides.items():
        if name not in known:
            raise SettingsError(
                f"templates/{name}: no such template; there are: {', '.join(known)}", "rules"
            )
        try:
            names = _names_in(environment, source)
        except TemplateSyntaxError as error:
            raise SettingsError(
                f"templates/{name}:{error.lineno}: {error.message}", "rules"
            ) from None
        given = set(_given(environment, loader, name, known))
        for unknown in sorted(names - given):
            where = f"templates/{name}:{_line_of(unknown, source)}"
            there = ", ".join(sorted(given))
            raise SettingsError(f"{where}: no value {unknown}; there are: {there}", "rules")


def _names_in(environment: Environment, source: str) -> set[str]:
    """What a template takes from outside itself."""
    return meta.find_undeclared_variables(environment.parse(source)) - {*environment.globals}


def _given(
    environment: Environment, loader: PackageLoader, name: str, known: list[str]
) -> Iterator[str]:
    """The values of all templates of its kind: subject, text and page of a mail are given the
    same, the page its subject besides."""
    kind = _kind_of(name)
    for other in known:
        if _kind_of(other) == kind:
            names = _names_in(environment, loader.get_source(environment, other)[0])
            yield from names if ".html." in name else names - {"subject"}


def _kind_of(name: str) -> str:
    """reply of reply_subject.txt.j2 and of en/reply_words.j2."""
    return re.sub(r"(?:_subject|_words)?\..*$", "", name.rpartition("/")[2])


def _line_of(word: str, source: str) -> int:
    lines = source.split("\n")
    return next((n for n, line in enumerate(lines, 1) if re.search(rf"\b{word}\b", line)), 1)
