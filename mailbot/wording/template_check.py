"""Proving a campaign's own templates before a mail depends on them."""

from collections.abc import Mapping

from jinja2 import PackageLoader, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from mailbot.errors import SettingsError


def check_templates(overrides: Mapping[str, str]) -> None:
    """Each is one that mailbot uses and can be parsed; SettingsError names file and line."""
    environment = SandboxedEnvironment(autoescape=True)
    shipped = PackageLoader("mailbot", "templates").list_templates()
    known = [name for name in shipped if not name.startswith("console/")]  # pages are the office's
    for name, source in overrides.items():
        if name not in known:
            raise SettingsError(
                f"templates/{name}: no such template; there are: {', '.join(known)}", "rules"
            )
        try:
            environment.parse(source, name)
        except TemplateSyntaxError as error:
            raise SettingsError(
                f"templates/{name}:{error.lineno}: {error.message}", "rules"
            ) from None
