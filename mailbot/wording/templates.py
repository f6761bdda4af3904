"""Renders the templates shipped in the package, or a campaign's own in their place.

A campaign's templates come with its rules folder, so they run sandboxed. An undefined name is
an error, never an empty string.

Text and HTML have an environment each. A choice of autoescape by template name is not enough:
a macro imported from a template that does not escape comes back marked as safe, so that words
shared by both sides would carry a file name into the HTML as it is.
"""

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import (
    ChoiceLoader,
    DictLoader,
    Environment,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
)
from jinja2.sandbox import SandboxedEnvironment

from mailbot.errors import PermanentFault
from mailbot.language import say, spoken
from mailbot.wording.phrases import clean


def render(name: str, overrides: Mapping[str, str], **context: object) -> str:
    """One template by file name (`reply.html.j2`).

    Raises PermanentFault `template` when the template is wrong; the text names it.
    """
    environment = _environment(tuple(sorted(overrides.items())), ".html." in name, spoken())
    try:
        return environment.get_template(name).render(**context)
    except TemplateNotFound as error:
        raise PermanentFault("template", f"template {error} not found") from error
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        line = getattr(error, "lineno", None)
        where = f"{name} line {line}" if line else name
        raise PermanentFault("template", f"template {where}: {error}") from error


@lru_cache(maxsize=16)
def _environment(overrides: tuple[tuple[str, str], ...], html: bool, language: str) -> Environment:
    """Looked for: the campaign's own, those of its language, those that are for every language."""
    folders = [f"templates/{language}"] if language != "zh" else []
    # The sandbox is against who writes a template: where all are ours it would only cost (half of
    # a long page's time).
    environment = (SandboxedEnvironment if overrides else Environment)(
        loader=ChoiceLoader(
            [
                DictLoader(dict(overrides)),
                *(PackageLoader("mailbot", folder) for folder in (*folders, "templates")),
            ]
        ),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["clean"] = clean
    environment.globals["say"] = say
    return environment
