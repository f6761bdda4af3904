"""The pages, a module each with its `routes`.

Enters: a `Visit`. Leaves: a response. See the docstring of `mailbot.console` for the pattern.
"""

from importlib import import_module
from pkgutil import iter_modules

from mailbot.console.routes import Guarded

# What stands in the navigation, in its order: path and words.
NAVIGATION = (
    ("/todo", "待办"),
    ("/board", "看板"),
    ("/units", "单位"),
    ("/mails", "来信"),
    ("/outbox", "待发"),
    ("/totals", "汇总"),
    ("/checks", "抽查"),
    ("/rules", "规则"),
    ("/system", "系统"),
)


def find_routes() -> list[Guarded]:
    """The routes of every module here, by the module's name."""
    found: list[Guarded] = []
    for module in sorted(iter_modules(__path__), key=lambda one: one.name):
        found += import_module(f"{__name__}.{module.name}").routes
    return found
