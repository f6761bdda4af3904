"""Whether the tests would notice: changes one thing in the code at a time and runs who sees it.

    python tests/mutation.py [--sample 400] [--seed 1] [--kept DIR] [--only judgement/dossier …]

A mutant is one change to one expression or statement of the modules in `SUBJECTS`: another
comparison, a bound moved by one, a condition held true or false, a statement left out. The related
tests run once while it is noted which of them execute which line; then, for each mutant, a forked
child swaps the code of the changed function in place and runs the tests that pass its line, the
quickest first, until one fails. A child that hangs is ended, and that counts as noticed. No file
is written. Not mutated: texts (tests/wording holds them), bodies of classes, types. A change with
which the module cannot even be imported is no mutant and stands in no figure: nobody could ship it.

While tests are written for one module: `--only judgement/form/layout --sample 9999 --tests
tests/judgement/test_layout.py` tries every mutant of it in a minute. With `--kept
DIR` what was traced and tried is kept there, and a run that was ended goes on where it was (of one
and the same commit: a folder for each).

`EQUIVALENT` names, by class, what changes nothing that anyone could see; whatever else survives
is printed, and the exit status is 1 when fewer than `--aim` of a hundred die.
"""

import argparse
import ast
import dataclasses
import functools
import gc
import importlib
import json
import os
import random
import re
import resource
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, Literal

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What is mutated, and who should notice; a test file that is not there is passed over.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "judgement": (
        "judgement",
        "campaign/test_language.py",
        "campaign/test_rows.py",
        "deciding/test_correcting.py",
        "threats/test_standing.py",
        "workflow/test_outcome.py",
        "workflow/test_earns_answer.py",
        "workflow/test_language_by_mail.py",
        "outbox/test_compose_corrections.py",
    ),
    "outbox/etiquette.py": ("outbox/test_etiquette.py",),
    "outbox/delivery": (
        "outbox/test_account.py",
        "outbox/test_budget.py",
        "outbox/test_delivery.py",
        "outbox/test_queue.py",
        "outbox/test_transport.py",
        "outbox/test_webhook.py",
        "workflow/test_sending_faults.py",
    ),
    "inbox/screening": (
        "inbox/test_automail.py",
        "inbox/test_bounces.py",
        "inbox/test_results.py",
        "inbox/test_senderauth.py",
        "inbox/test_words_of_robots.py",
        "threats/test_forged_results.py",
        "threats/test_loops.py",
        "threats/test_one_author.py",
        "threats/test_silencing.py",
        "threats/test_standing.py",
        "workflow/test_outcome.py",
    ),
    "workflow/pruning.py": ("workflow/test_pruning.py",),
    "workflow/setback.py": ("workflow/test_setback.py",),
    "ledger/refusals.py": ("ledger/test_refusals.py", "workflow/test_sending_faults.py"),
}
# Too slow to run for every mutant; none of them is needed.
LEFT_OUT = (
    "for_a_week",
    "from_any_format",
    "any_facts_end",
    "grows_with_its_length",
    "every_layout_is_read_back",  # test_layout.py and the forms of seeds stand for these
    "with_a_heading_lost",
    "planted_faults_give_exactly",
    "no_grid_however_broken",
    "ten_thousand_rows",
    "form_nobody_designed",
)

# A child's exit status where the change could not be made at all, and where the changed module
# raises on import: neither is a kill.
_NOT_IN_FORCE = 3
_NO_PROGRAM = 4

# The quickest go first, until so many seconds of the processor (traced) are spent on a mutant.
BUDGET_S = 40.0

# (end of the module's name, part of the changed line, why nobody could see the change)
_COST = "a limit against cost: nothing a person could name changes with one more or less"
_SAME_LENGTH = "both have the same length, as the line before says"
_TENS = "weights are tens, as a test of them says: one more reaches ENOUGH nowhere"
_SPARES = "a guard that spares work: without it the same comes out"
EQUIVALENT: tuple[tuple[str, str, str], ...] = (
    ("judgement.classify", "number > after and", "the opening's own line has the opening's kind"),
    ("judgement.classify", "4 * _TITLE_LENGTH", _COST),
    ("judgement.classify", "met = [ filter left out", _SPARES),
    ("screening.cues", "_cue(", _TENS),
    ("screening.words", "_ANSWERS_OURS = 30", _TENS),
    ("screening.words", "_AT_ONCE = 40", _TENS),
    ("screening.words", "if parent else None condition -> True", _SPARES),
    ("form.contents", "_BELOW_LABELS = 40", _COST),
    ("form.contents", "_RIGHT_OF_LABELS = 20", _COST),
    ("form.contents", "len(cell.text) < 500", _COST),
    ("form.labels", "if text not in self._known", _SPARES),
    ("form.labels", "if labels not in self._of_one_path", _SPARES),
    ("form.labels", "for end in range(min(", _COST),
    ("form.labels", "if labels := self.match(mark", "the pattern is made of the very writings"),
    ("form.layout", "if asked not in self._headings", _SPARES),
    ("form.units", "<= _LONGEST_NOTE: operand 0 left out", _SPARES),
    ("form.several_units", "_MOST_TABLES = 200", _COST),
    ("form.recognised_words", "strict=True", _SAME_LENGTH),
    ("form.fields", "if len(named) < len(spec.fields): condition -> True", _SPARES),
    ("form.fields", "if len(named) < len(spec.fields): Lt -> LtE", _SPARES),
    ("form.fields", "if not labels or not grid.cells: operand 0 left out", _SPARES),
    (
        "form.fields",
        "most.get(label, 0), len(labels & vocabulary.outside)) 0 -> 1",
        "a label is one",
    ),
    ("form.fields", "else 99 99 -> 100", "no path has as many headings"),
    ("form.values", 'if "=" in bare:', _SPARES),
    ("form.values", "or _is_corrected(text) operand 1 left out", _SPARES),
    ("form.values", 'found.group() if found else "" condition -> True', "it matches every text"),
    ("form.values", 'removesuffix("整") if unit else "" condition', "it matches every text"),
    ("form.contents", "if len(text) < 500", _COST),
    ("form.contents", "last = 0", "nothing is asked of it before the first"),
    ("form.locate", "_is_of_another_time(steps): operand 0 left out", _SPARES),
    ("form.locate", "if not met.isdisjoint(form_field.path)", _SPARES),
    ("form.layout", "if heading > line_head else", "where they are equal it is None before"),
    ("form.phones", "_folded_once(text) if len(text) <= _SHORT", "both fold the same way"),
    ("form.phones", "_SHORT = 60", _COST),
    ("form.phones", "lru_cache(4096)", _COST),
    ("form.phones", "before = text[max(0", "only the end of it is asked"),
    ("form.ticks", "if not _TICKED.search(folded): condition -> False", _SPARES),
    ("form.ticks", "strict=True", "a text has one word more than it has signs"),
    ("form.rows", 'if footer and plain(cell.text).partition(":")[0] in footer operand 0', _SPARES),
    ("form.matching", "if len(matched) < len(path): condition -> True", _SPARES),
    ("form.matching", "if len(matched) < len(path): Lt -> LtE", _SPARES),
    ("form.matching", "== len(path): operand 0 left out", "None is no step; for types alone"),
    ("form.matching", "step.distance < outermost.distance Lt -> LtE", "one label at a distance"),
    ("form.matching", "if board.unit_note and not tells_scale(plain(heading)): operand 0", _SPARES),
    ("form.matching", "form_field.choices) condition -> True", "no text is no value"),
    ("form.candidates", "1 if is_blank(self.raw) else 2", "only their order counts"),
    ("whose.unit", "match.start - 10", "no word looked for before a name is as long"),
    ("whose.foreign_forms", "if members != judged.members", _SPARES),
)

Fate = Literal["killed", "hung", "survived", "not reached", "equivalent", "no program"]


class NoProgramError(Exception):
    """The changed module raises where it is imported."""


_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
_PASSED_OVER = ("annotation", "returns", "decorator_list", "bases", "type_params")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a change is made: the function to swap, and the lines that lead a test there."""

    function: tuple[str, ...] = ()  # ("Class", "method"), ("function",), () at module level
    lines: range = range(0)
    in_class: bool = False
    first: int = 0  # the function's first line, its decorators': several may be named `_`


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change; `apply` makes it in the module's tree, once, in a child."""

    module: str
    line: int
    what: str
    place: Place
    tree: ast.Module = field(repr=False)
    apply: Callable[[], None] = field(repr=False)

    def __str__(self) -> str:
        name = ".".join(self.place.function) or "module"
        return f"{self.module.replace('.', '/')}.py:{self.line} ({name}) {self.what}"


# ---- the mutants of a module --------------------------------------------------------------


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its source."""
    module = _module_of(path)
    tree = ast.parse(path.read_text("utf-8"))
    for node, place in _walk(tree, Place()):
        if not place.in_class and isinstance(node, ast.expr | ast.stmt):
            for what, apply in _changes(node):
                yield Mutant(module, node.lineno, what, place, tree, apply)


def _module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _walk(node: ast.AST, place: Place) -> Iterator[tuple[ast.AST, Place]]:
    for name, value in ast.iter_fields(node):
        if name in _PASSED_OVER:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_for_types(child):
                inner = _placed(child, place)
                yield child, inner
                yield from _walk(child, inner)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _placed(node: ast.AST, place: Place) -> Place:
    if isinstance(node, ast.ClassDef) and not place.function:
        return Place((node.name,), in_class=True)
    if isinstance(node, ast.FunctionDef) and (place.in_class or not place.function):
        head = range(node.lineno, node.body[0].lineno)
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        return Place((*place.function, node.name), head, first=first)
    if isinstance(node, ast.stmt) and place.function and not place.in_class:
        body = getattr(node, "body", None)
        end = body[0].lineno if body else (node.end_lineno or node.lineno) + 1
        lines = range(node.lineno, max(end, node.lineno + 1))
        return Place(place.function, lines, first=place.first)
    return place


_Change = tuple[str, Callable[[], None]]


def _changes(node: ast.expr | ast.stmt) -> Iterator[_Change]:
    if isinstance(node, ast.Compare):
        for index, old in enumerate(node.ops):
            for other in _COMPARISONS[type(old)]:
                yield (
                    f"{type(old).__name__} -> {other.__name__}",
                    functools.partial(node.ops.__setitem__, index, other()),
                )
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        if not _is_text(node.left) and not _is_text(node.right):
            yield from _attribute(node, "op", _OPERATORS[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield from _attribute(node, "op", ast.And() if isinstance(node.op, ast.Or) else ast.Or())
        for index in range(len(node.values)):
            yield f"operand {index} left out", _dropping(node, index)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        # `not not x` is x as a truth value
        yield (
            "not left out",
            functools.partial(setattr, node, "operand", ast.UnaryOp(ast.Not(), node.operand)),
        )
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield f"{node.value} -> {not node.value}", _setting(node, "value", not node.value)
        elif isinstance(node.value, int | float):
            yield f"{node.value} -> {node.value + 1}", _setting(node, "value", node.value + 1)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _NAMES:
        new = _NAMES[node.func.id]
        yield f"{node.func.id} -> {new}", _setting(node.func, "id", new)
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield "condition -> False", _setting(node, "test", ast.Constant(False))
        if not isinstance(node, ast.While):
            yield "condition -> True", _setting(node, "test", ast.Constant(True))
    elif isinstance(node, ast.Break):
        yield "break -> continue", _setting(node, "__class__", ast.Continue)
    elif isinstance(node, ast.Continue):
        yield "continue -> break", _setting(node, "__class__", ast.Break)
    elif isinstance(node, ast.Return) and not isinstance(node.value, ast.Constant | None):
        yield "return None", _setting(node, "value", ast.Constant(None))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "call left out", _setting(node, "value", ast.Constant(None))
    elif isinstance(node, ast.AugAssign) and type(node.op) in _OPERATORS:
        yield from _attribute(node, "op", _OPERATORS[type(node.op)]())
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        for part in node.generators:
            for index in range(len(part.ifs)):
                yield "filter left out", _leaving_out(part.ifs, index)


def _attribute(node: ast.AST, name: str, new: ast.AST) -> Iterator[_Change]:
    old = type(getattr(node, name)).__name__
    yield f"{old} -> {type(new).__name__}", _setting(node, name, new)


def _setting(node: ast.AST, name: str, new: Any) -> Callable[[], None]:
    return functools.partial(setattr, node, name, new)


def _leaving_out(parts: list[ast.expr], index: int) -> Callable[[], None]:
    return functools.partial(parts.__delitem__, index)


def _dropping(node: ast.BoolOp, index: int) -> Callable[[], None]:
    """Of two operands the other stays, said twice: with one alone nothing compiles."""
    left = [one for place, one in enumerate(node.values) if place != index]
    return _setting(node, "values", left * 2 if len(left) == 1 else left)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )


# ---- the change put in force (in a child) ---------------------------------------------------


def put_in_force(mutant: Mutant) -> None:
    """Swap the code of the changed function, or the changed constant, in the running program."""
    mutant.apply()
    ast.fix_missing_locations(mutant.tree)
    module = importlib.import_module(mutant.module)
    made = _made_by(vars(module), ".".join(mutant.place.function))
    _keep_names(mutant.tree, made)
    code = compile(mutant.tree, module.__file__ or "", "exec", dont_inherit=True)
    function = mutant.place.function
    if not function:
        _exchange_constants(module, code)
        return
    name, first = ".".join(function), mutant.place.first
    found = function_at(vars(module), name, first)
    found.__code__ = _code_of(code, name, first)
    for inner in made:
        with suppress(ValueError):  # a lambda that uses a name of the outer function no more
            inner.__code__ = _code_of(
                code, inner.__code__.co_qualname, inner.__code__.co_firstlineno
            )
    # A default stands outside the function's code: take it from the changed module.
    twin = function_at(vars(_executed(module, code)), name, first)
    found.__defaults__, found.__kwdefaults__ = twin.__defaults__, twin.__kwdefaults__


def function_at(names: dict[str, Any], qualified: str, first: int) -> FunctionType:
    """The function of a module that begins on this line, wherever it is kept."""
    gc.unfreeze()  # what is frozen for forked workers is not listed
    return next(
        each
        for each in gc.get_objects()
        if isinstance(each, FunctionType)
        and each.__globals__ is names
        and (each.__code__.co_qualname, each.__code__.co_firstlineno) == (qualified, first)
    )


def _made_by(names: dict[str, Any], qualified: str) -> list[FunctionType]:
    """The functions that this one made when its module was imported."""
    gc.unfreeze()  # as in `function_at`
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, FunctionType)
        and each.__globals__ is names
        and each.__code__.co_qualname.startswith(f"{qualified}.<locals>.")
    ]


def _keep_names(tree: ast.Module, made: Sequence[FunctionType]) -> None:
    """A function's code can only be exchanged for one that uses the same names of the outer one:
    what a change no longer uses is named where it is never run."""
    used = {each.__code__.co_firstlineno: each.__code__.co_freevars for each in made}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.lineno in used:
            names = [ast.Expr(ast.Name(name, ast.Load())) for name in used[node.lineno]]
            node.body.append(ast.If(ast.Constant(False), [*names, ast.Pass()], []))
    ast.fix_missing_locations(tree)


def _code_of(code: CodeType, qualified: str, first: int) -> CodeType:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if (constant.co_qualname, constant.co_firstlineno) == (qualified, first):
                return constant
            with suppress(LookupError):
                return _code_of(constant, qualified, first)
    raise LookupError(qualified)


def _executed(module: ModuleType, code: CodeType) -> ModuleType:
    fresh = ModuleType(module.__name__)
    fresh.__dict__.update(__file__=module.__file__, __package__=module.__package__)
    known = sys.modules[module.__name__]
    sys.modules[module.__name__] = fresh  # dataclasses look their module up
    try:
        exec(code, fresh.__dict__)
    except Exception as error:
        raise NoProgramError(str(error)) from error
    finally:
        sys.modules[module.__name__] = known
    return fresh


def _exchange_constants(module: ModuleType, code: CodeType) -> None:
    """Data at module level; also where another module, or a test's, imported it by name."""
    fresh = vars(_executed(module, code))
    ours = [
        each
        for each in list(sys.modules.values())
        if str(getattr(each, "__file__", "") or "").startswith(f"{ROOT}{os.sep}")
    ]
    for name, old in list(vars(module).items()):
        if name.startswith("__") or name not in fresh:
            continue
        if isinstance(old, FunctionType | type | ModuleType) or _is_same(old, fresh[name]):
            continue
        new = _with_functions_of(vars(module), fresh[name])
        for holder in ours:
            if vars(holder).get(name) is old:
                setattr(holder, name, new)


def _is_same(old: Any, new: Any) -> bool:
    """Whether data is unchanged; a function or class is the one that stands in the same place."""
    if isinstance(old, FunctionType | type) and isinstance(new, FunctionType | type):
        return old.__qualname__ == new.__qualname__
    if type(old).__qualname__ != type(new).__qualname__:
        return False
    if dataclasses.is_dataclass(old):
        return _is_same(_fields_of(old), _fields_of(new))
    if isinstance(old, tuple | list):
        return len(old) == len(new) and all(map(_is_same, old, new))
    if isinstance(old, dict):
        return _is_same(list(old.items()), list(new.items()))
    return type(old) is not type(new) or bool(old == new)


def _fields_of(one: Any) -> dict[str, Any]:
    return {each.name: getattr(one, each.name) for each in dataclasses.fields(one) if each.init}


def _with_functions_of(names: Mapping[str, Any], new: Any) -> Any:
    """Changed data with the functions and classes that the running program has."""
    if isinstance(new, FunctionType | type):
        return names.get(new.__qualname__, new)
    if isinstance(new, dict):
        return {key: _with_functions_of(names, value) for key, value in new.items()}
    if dataclasses.is_dataclass(new):
        kind = names.get(type(new).__qualname__, type(new))
        return kind(**_with_functions_of(names, _fields_of(new)))
    if type(new) in (tuple, list):
        return type(new)(_with_functions_of(names, one) for one in new)
    return new


# ---- running the tests ----------------------------------------------------------------------


class _Kept:
    """What is known by name, also of an earlier run where there is a folder for it."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self._file = folder / f"{name}.jsonl" if folder else None
        self._known: dict[str, Any] = {}
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        if self._file and self._file.exists():
            lines = self._file.read_text("utf-8").split("\n")
            self._known = dict(json.loads(line) for line in lines if line.endswith("]"))

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def __getitem__(self, name: str) -> Any:
        return self._known[name]

    def add(self, name: str, value: Any) -> None:
        if self._file:
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps([name, value]) + "\n")


class Trial:
    """A pytest plugin: one run of every test with a tracer, then every mutant in a child."""

    def __init__(
        self, mutants: Sequence[Mutant], budget: float = BUDGET_S, kept: Path | None = None
    ) -> None:
        self.mutants = mutants
        self._budget = budget
        self._traced_before = _Kept(kept, "traced")
        self._tried_before = _Kept(kept, "tried")
        self.fates: list[tuple[Mutant, Fate, str]] = []
        self._reached: dict[tuple[str, int], set[int]] = defaultdict(set)
        self._seconds: dict[int, float] = {}
        changed = sorted({one.module for one in mutants})
        self._files = {str(importlib.import_module(one).__file__): one for one in changed}
        self._importers: dict[str, set[str]] = {}
        for module in changed:
            paths = _importers_of(module)
            self._importers[module] = set(paths.values())
            self._files |= paths
        self._failed = ""
        self._current = -1
        self._ahead: dict[CodeType, set[int]] = {}  # lines the current test has not passed yet
        self._passed: set[tuple[str, int]] = set()
        self._shared: dict[str, set[tuple[str, int]]] = defaultdict(set)  # by fixture

    @pytest.hookimpl
    def pytest_collection(self) -> None:
        from hypothesis import HealthCheck, Phase, settings  # not before pytest: its plugin

        settings.register_profile(
            "mutation",
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],  # under a tracer everything is
            phases=(Phase.explicit, Phase.generate),  # a failure need not be made small
        )
        settings.load_profile("mutation")

    @pytest.hookimpl
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [one for one in items if not any(word in one.nodeid for word in LEFT_OUT)]

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Any:
        """What several tests share is made once: its lines are passed for each of them."""
        if fixturedef.scope == "function":
            return (yield)
        before, self._passed = self._passed, set()
        self._ahead.clear()
        try:
            return (yield)
        finally:
            self._shared[fixturedef.argname] |= self._passed
            self._passed |= before

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed = self._failed or report.nodeid

    @pytest.hookimpl
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items, self._config = session.items, session.config
        threading.settrace(self._trace)
        sys.settrace(self._trace)
        for self._current, item in enumerate(items):
            self._ahead.clear()
            following = items[self._current + 1] if self._current + 1 < len(items) else None
            if item.nodeid in self._traced_before:
                self._seconds[self._current], passed = self._traced_before[item.nodeid]
            else:
                began = time.process_time()
                self._passed = set()
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                self._seconds[self._current] = time.process_time() - began
                named = getattr(item, "fixturenames", ())
                passed = sorted(self._passed.union(*(self._shared[one] for one in named)))
                self._traced_before.add(item.nodeid, (self._seconds[self._current], passed))
            for module, line in passed:
                self._reached[(module, line)].add(self._current)
        sys.settrace(None)
        threading.settrace(None)
        if self._failed:
            raise pytest.UsageError(f"fails without any change: {self._failed}")
        _forget_what_was_computed()
        for number, mutant in enumerate(self.mutants, 1):
            if str(mutant) in self._tried_before:
                fate, by = self._tried_before[str(mutant)]
            else:
                fate, by = self._try(mutant, items)
                self._tried_before.add(str(mutant), (fate, by))
            self.fates.append((mutant, fate, by))
            if fate in ("survived", "not reached"):
                print(f"\n[{number}/{len(self.mutants)}] {fate}: {mutant}", flush=True)
        return True

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if event == "call":
            if code.co_filename not in self._files:
                return None
            if code not in self._ahead:
                self._ahead[code] = {line for _, _, line in code.co_lines() if line}
        ahead = self._ahead.get(code, set())
        if frame.f_lineno in ahead:
            ahead.discard(frame.f_lineno)
            self._passed.add((self._files[code.co_filename], frame.f_lineno))
        return self._trace if ahead else None

    def _try(self, mutant: Mutant, items: Sequence[pytest.Item]) -> tuple[Fate, str]:
        if mutant.place.function:
            lines = [(mutant.module, line) for line in mutant.place.lines]
        else:
            # A module of nothing but data runs no line in a test: its importers' do.
            lines = [key for key in self._reached if key[0] == mutant.module] or [
                key for key in self._reached if key[0] in self._importers[mutant.module]
            ]
        reached = set().union(*(self._reached.get(key, set()) for key in lines))
        quickest = sorted(reached, key=self._seconds.__getitem__)
        chosen = _within_budget(quickest, self._seconds, self._budget)
        if not chosen:
            return "not reached", ""
        limit = sum(self._seconds[one] for one in chosen)
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CPU, (int(10 + 2 * limit), -1))
            self._in_child(mutant, [items[one] for one in chosen])
        until = time.monotonic() + min(30 + 10 * limit, 300)
        while time.monotonic() < until:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
                    return "hung", ""
                if os.waitstatus_to_exitcode(status) == _NOT_IN_FORCE:
                    raise pytest.UsageError(f"this change cannot be made: {mutant}")
                if os.waitstatus_to_exitcode(status) == _NO_PROGRAM:
                    return "no program", ""
                return ("survived" if status == 0 else "killed"), ""
            time.sleep(0.005)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "hung", ""

    def _in_child(self, mutant: Mutant, items: Sequence[pytest.Item]) -> None:
        status = _NOT_IN_FORCE
        try:
            self._config.pluginmanager.unregister(name="terminalreporter")
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            try:
                put_in_force(mutant)
            except NoProgramError:
                status = _NO_PROGRAM
                return
            status = 1
            for place, item in enumerate(items):
                following = items[place + 1] if place + 1 < len(items) else None
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self._failed:
                    break
            else:
                status = 0
        finally:
            os._exit(status)


def _importers_of(module: str) -> dict[str, str]:
    """By path the modules that import a module of nothing but data; of another, none."""
    sources = {path: path.read_text("utf-8") for path in (ROOT / "mailbot").rglob("*.py")}
    own = ast.parse(sources[Path(str(importlib.import_module(module).__file__))])
    if any(isinstance(one, ast.FunctionDef) and one.name[0] != "_" for one in ast.walk(own)):
        return {}
    importing = f"from {module} import"
    return {str(path): _module_of(path) for path, text in sources.items() if importing in text}


def _within_budget(places: Sequence[int], seconds: Mapping[int, float], budget: float) -> list[int]:
    spent = accumulate(seconds[one] for one in places)
    return [one for one, so_far in zip(places, spent, strict=True) if so_far <= budget]


def _forget_what_was_computed() -> None:
    """What a function keeps of an earlier call would hide a change."""
    gc.unfreeze()
    for kept in gc.get_objects():
        ours = str(getattr(kept, "__module__", "")).startswith("mailbot")
        if isinstance(kept, functools._lru_cache_wrapper) and ours:
            kept.cache_clear()


# ---- the command -----------------------------------------------------------------------------


def modules(subject: str) -> list[Path]:
    """The modules of a subject."""
    path = ROOT / "mailbot" / subject
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def reason_why_equivalent(mutant: Mutant) -> str:
    """The class of `EQUIVALENT` a mutant belongs to, or ""."""
    source = (ROOT / (mutant.module.replace(".", "/") + ".py")).read_text("utf-8").split("\n")
    line = source[mutant.line - 1]
    return next(
        (
            reason
            for module, part, reason in EQUIVALENT
            if mutant.module.endswith(module) and part in f"{line} {mutant.what}"
        ),
        "",
    )


def main() -> int:
    """Sample, try, print the survivors and the share."""
    options = argparse.ArgumentParser(description="Would the tests notice?")
    options.add_argument("--sample", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--kept", type=Path, help="a folder, to go on with a run that was ended")
    options.add_argument("--only", nargs="+", default=[""], help="parts of modules' paths")
    options.add_argument("--tests", nargs="+", help="these instead of the related ones")
    options.add_argument("--budget", type=float, default=BUDGET_S, help="seconds for a mutant")
    options.add_argument("--again", type=Path, help="an earlier run's output: only what lived")
    options.add_argument("--aim", type=float, default=95.0)
    chosen = options.parse_args()
    paths = {
        path: related
        for subject, related in SUBJECTS.items()
        for path in modules(subject)
        if any(part in str(path.relative_to(ROOT / "mailbot")) for part in chosen.only)
    }
    every = [mutant for path in paths for mutant in mutants_of(path)]
    sample = every
    if chosen.again:
        lived = {_unnumbered(line) for line in chosen.again.read_text("utf-8").split("\n")}
        sample = [mutant for mutant in every if _unnumbered(str(mutant)) in lived]
    elif chosen.sample < len(every):
        places = random.Random(chosen.seed).sample(range(len(every)), chosen.sample)
        sample = [every[place] for place in sorted(places)]
    trial = Trial(sample, chosen.budget, chosen.kept)
    changed = {one.module for one in sample}
    named = dict.fromkeys(
        one for path, related in paths.items() if _module_of(path) in changed for one in related
    )
    tests = [str(ROOT / "tests" / one) for one in named if (ROOT / "tests" / one).exists()]
    tests = chosen.tests or tests
    began = time.monotonic()
    ended = pytest.main(["-q", "-p", "no:cacheprovider", "-n", "0", *tests], [trial])
    if ended != 0 or not trial.fates:
        print(f"the related tests did not run: {ended!r}")
        return 2
    return report(trial.fates, len(every), time.monotonic() - began, chosen.aim)


def _unnumbered(line: str) -> str:
    """A mutant as printed, without the line it stood on: others may have moved it."""
    return re.sub(r":\d+ ", " ", line.rpartition(": mailbot/")[2].removeprefix("mailbot/"))


def report(
    fates: Sequence[tuple[Mutant, Fate, str]], every: int, seconds: float, aim: float
) -> int:
    """Print what came of the sample; 0 when the aim is met."""
    counted: Counter[str] = Counter()
    by_module: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant, fate, _ in fates:
        if fate == "no program":
            continue
        lives = fate in ("survived", "not reached")
        told: str = "equivalent" if lives and reason_why_equivalent(mutant) else fate
        counted[told] += 1
        by_module[mutant.module]["alive" if told in ("survived", "not reached") else "dead"] += 1
    for module, numbers in sorted(by_module.items()):
        if numbers["alive"]:
            print(f"{module}: {numbers['alive']} of {numbers.total()} live")
    died = counted["killed"] + counted["hung"]
    share = 100 * died / max(1, counted.total() - counted["equivalent"])
    print(f"{dict(counted)} of {every} mutants in {seconds:.0f} s: {share:.1f} % noticed")
    return 0 if share >= aim else 1


if __name__ == "__main__":
    raise SystemExit(main())
