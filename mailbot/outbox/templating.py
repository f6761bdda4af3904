"""Renders the templates shipped in the package, or a campaign's own in their place.

A campaign's templates come with its rules folder, so they run sandboxed. HTML is escaped by
name (`*.html.j2`); an undefined name is an error, never an empty string.
"""

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import (
    ChoiceLoader,
    DictLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import SandboxedEnvironment

from mailbot.errors import PermanentFault, SettingsError
from mailbot.outbox.wording import clean


def render(name: str, overrides: Mapping[str, str], **context: object) -> str:
    """One template by file name (`reply.html.j2`).

    Raises PermanentFault `template` when the template is wrong; the text names it.
    """
    environment = _environment(tuple(sorted(overrides.items())))
    try:
        return environment.get_template(name).render(**context)
    except TemplateNotFound as error:
        raise PermanentFault("template", f"template {error} not found") from error
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        line = getattr(error, "lineno", None)
        where = f"{name} line {line}" if line else name
        raise PermanentFault("template", f"template {where}: {error}") from error


@lru_cache(maxsize=4)
def _environment(overrides: tuple[tuple[str, str], ...]) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=ChoiceLoader([DictLoader(dict(overrides)), PackageLoader("mailbot", "templates")]),
        autoescape=_is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["clean"] = clean
    return environment


def _is_html(name: str | None) -> bool:
    return name is None or ".html" in name


def check_templates(overrides: Mapping[str, str]) -> None:
    """Prove that a campaign's templates are ones we use and can be parsed; SettingsError if not."""
    environment = _environment(tuple(sorted(overrides.items())))
    known = set(PackageLoader("mailbot", "templates").list_templates())
    for name, source in overrides.items():
        if name not in known:
            raise SettingsError(f"templates/{name}: no such template ({', '.join(sorted(known))})")
        try:
            environment.parse(source, name)
        except TemplateSyntaxError as error:
            raise SettingsError(f"templates/{name}:{error.lineno}: {error.message}") from None
