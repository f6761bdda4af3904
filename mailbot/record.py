"""Data that somebody outside wrote, as types: proved by pydantic, and read without it.

A `Record` is declared as a pydantic model is, and what is validated goes through pydantic's own
core: the same conversions, the same errors. What was proved before (`campaign.compiled`) is put
together by `model_construct`, which needs no pydantic: importing it and building a model for each
of sixty types is a third of what `mailbot status` costs. The standard library's dataclasses write
source text for each class and compile it, which for sixty classes costs as much again; so the few
methods are written here once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from inspect import get_annotations
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Self,
    TypeVar,
    get_type_hints,
)

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic.fields import FieldInfo

_REQUIRED: Any = object()
_Method = TypeVar("_Method")


class _Declared:
    """What a class says of one of its fields: the default, and what pydantic shall prove."""

    __slots__ = ("default", "factory", "proof")

    def __init__(self, default: Any, factory: Any, proof: Mapping[str, Any]) -> None:
        self.default, self.factory, self.proof = default, factory, proof

    @property
    def is_required(self) -> bool:
        return self.default is _REQUIRED and self.factory is _REQUIRED

    def made(self) -> Any:
        return self.default if self.factory is _REQUIRED else self.factory()


def proved(*, default: Any = _REQUIRED, default_factory: Any = _REQUIRED, **proof: Any) -> Any:
    """A field of a record; `proof` is what `pydantic.Field` takes (ge, pattern, description …)."""
    return _Declared(default, default_factory, proof)


def checked(*names: str, before: bool = False) -> Callable[[_Method], _Method]:
    """A class method that is given the value of each of these fields and returns what is kept,
    after (or before) its type is proved; without names a method of the whole record. It raises
    ValueError, as pydantic's validators do."""

    def mark(method: _Method) -> _Method:
        vars(method)["_checked"] = (names, before)
        return method

    return mark


class Proof:
    """Within `Annotated`, what `pydantic.Field` would say there."""

    def __init__(self, **proof: Any) -> None:
        self._proof = proof

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic import Field

        return handler.generate_schema(Annotated[source, Field(**self._proof)])


class _Fields:
    """`Kind.model_fields`: what pydantic would say of each: type, default, alias, description."""

    def __get__(self, instance: object, kind: type[Any]) -> Mapping[str, FieldInfo]:
        asked: Any = kind
        return _fields_of(asked)


class Record:
    """Base of all such types: frozen, and an unknown key is an error, never ignored.

    The constructor and `model_validate` prove and raise pydantic's ValidationError; the names of
    the methods are those of pydantic's models.
    """

    # What pydantic's core sets on what it validated, besides the fields in `__dict__`.
    __slots__ = (
        "__dict__",
        "__pydantic_extra__",
        "__pydantic_fields_set__",
        "__pydantic_private__",
    )
    model_fields: ClassVar = _Fields()
    _declared: ClassVar[Mapping[str, _Declared]] = {}

    def __init_subclass__(cls) -> None:
        declared: dict[str, _Declared] = {}
        for base in reversed(cls.__mro__[1:]):
            declared |= base.__dict__.get("_declared", {})
        for name in get_annotations(cls):
            if name.startswith("_"):
                continue
            said = cls.__dict__.get(name, _REQUIRED)
            if name in cls.__dict__:
                delattr(cls, name)
            declared[name] = said if isinstance(said, _Declared) else proved(default=said)
        cls._declared = declared

    def __init__(self, **values: Any) -> None:
        if values or any(one.is_required for one in self._declared.values()):
            found = self.model_validate(values)
        else:
            found = self.model_construct()
        self._become(found.__dict__, found.model_fields_set)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name}")

    def _become(self, values: Mapping[str, Any], named: set[str]) -> None:
        self.__dict__.update(values)
        object.__setattr__(self, "__pydantic_fields_set__", named)
        object.__setattr__(self, "__pydantic_extra__", None)
        object.__setattr__(self, "__pydantic_private__", None)

    @classmethod
    def declared(cls) -> Collection[str]:
        """The names of its fields."""
        return cls._declared.keys()

    @classmethod
    def model_construct(cls, **values: Any) -> Self:
        """Of values that were proved before: nothing is looked at."""
        made = cls.__new__(cls)
        made._become(
            {
                name: values[name] if name in values else one.made()
                for name, one in cls._declared.items()
                if name in values or not one.is_required
            },
            {*values},
        )
        return made

    @classmethod
    def model_validate(cls, values: Any) -> Self:
        """The record these values make; pydantic's ValidationError where they make none."""
        found: Self = _adapter_of(cls).validate_python(values)
        return found

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """A copy in which some values are others; they are not proved."""
        copied = type(self).__new__(type(self))
        copied._become(
            {**self.__dict__, **(update or {})}, {*self.model_fields_set, *(update or ())}
        )
        return copied

    def model_dump(self, **how: Any) -> dict[str, Any]:
        """As plain data."""
        dumped: dict[str, Any] = _adapter_of(type(self)).dump_python(self, **how)
        return dumped

    def model_dump_json(self, **how: Any) -> str:
        """As JSON."""
        return _adapter_of(type(self)).dump_json(self, **how).decode()

    @property
    def model_fields_set(self) -> set[str]:
        """The fields that were named when it was made; of the others the default stands."""
        named: set[str] = object.__getattribute__(self, "__pydantic_fields_set__")
        return named

    def _values(self) -> Iterator[tuple[str, Any]]:
        return ((name, self.__dict__[name]) for name in self._declared)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return self._values()

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Record):
            return NotImplemented
        return self.__dict__ is other.__dict__ or all(
            one == two for one, two in zip(self._values(), other._values(), strict=True)
        )

    def __hash__(self) -> int:
        return hash((type(self), *(value for _, value in self._values())))

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self._values())
        return f"{type(self).__name__}({said})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """As pydantic's own models have it, so that all it says of a fault is the same."""
        from pydantic import Field
        from pydantic_core import core_schema

        fields = {}
        hints = get_type_hints(cls, include_extras=True)
        for name, one in cls._declared.items():
            proof = {key: said for key, said in one.proof.items() if key not in _OF_THE_KEY}
            schema = handler.generate_schema(Annotated[hints[name], Field(**proof)])
            for method, before in cls._checks_of(name):
                wrap = (
                    core_schema.no_info_before_validator_function
                    if before
                    else core_schema.no_info_after_validator_function
                )
                schema = wrap(method, schema)
            if not one.is_required:
                made = (
                    {"default": one.default}
                    if one.factory is _REQUIRED
                    else {"default_factory": one.factory}
                )
                schema = core_schema.with_default_schema(schema, **made)
            fields[name] = core_schema.model_field(
                schema, validation_alias=one.proof.get("alias"), frozen=True
            )
        whole: Any = core_schema.model_schema(
            cls,
            core_schema.model_fields_schema(fields, model_name=cls.__name__),
            config=core_schema.CoreConfig(
                title=cls.__name__, extra_fields_behavior="forbid", allow_inf_nan=False
            ),
            frozen=True,
        )
        for method, _ in cls._checks_of(""):
            whole = core_schema.no_info_after_validator_function(method, whole)
        return whole

    @classmethod
    def _checks_of(cls, field: str) -> Iterator[tuple[Callable[[Any], Any], bool]]:
        """What looks at a field; at the whole where it has no name."""
        for base in reversed(cls.__mro__):
            for name, method in vars(base).items():
                names, before = getattr(method, "_checked", (None, False))
                if names is not None and (field in names if field else not names):
                    yield getattr(cls, name), before


_OF_THE_KEY = ("alias", "description")


def _adapter_of(kind: Any) -> TypeAdapter[Any]:
    return _adapter(kind)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


@cache
def _fields_of(kind: Any) -> Mapping[str, FieldInfo]:
    from pydantic import Field
    from pydantic.fields import FieldInfo

    hints = get_type_hints(kind, include_extras=True)
    return {
        name: FieldInfo.from_annotated_attribute(
            hints[name],
            Field(**one.proof)
            if one.is_required
            else Field(default_factory=one.factory, **one.proof)
            if one.factory is not _REQUIRED
            else Field(default=one.default, **one.proof),
        )
        for name, one in kind._declared.items()
    }
