"""What a module of ours imports, read from its source: directly, and through our own modules."""

import ast
from collections.abc import Iterator
from pathlib import Path

import mailbot

PACKAGE = Path(mailbot.__file__).parent


def module_file(module: str) -> Path | None:
    """The source of a module of ours; None where the name is no module."""
    base = PACKAGE.joinpath(*module.split(".")[1:])
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None


def modules_below(package: str) -> list[str]:
    """A package of ours and all modules in it."""
    folder = PACKAGE.joinpath(*package.split(".")[1:])
    found = [package]
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        found.append(".".join((package, *(part for part in parts if part != "__init__"))))
    return found


def imports(path: Path) -> Iterator[str]:
    """Every name a source imports, wherever in it, for typing alone or not: `os`, `os.path`,
    `pathlib.Path`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reached(*start: str) -> set[str]:
    """The modules of ours that these import, directly or not; themselves and packages too."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        module = waiting.pop()
        if module in found or module.partition(".")[0] != "mailbot":
            continue
        path = module_file(module)
        if path is None:
            continue
        found.add(module)
        waiting += [module.rpartition(".")[0], *imports(path)]
    return found
