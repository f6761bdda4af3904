"""Settings that the environment names: MAILBOT_<SECTION>__<KEY>, stronger than the file.

A module of its own, since pydantic-settings takes as long to import as all other settings.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, create_model
from pydantic_settings import BaseSettings, EnvSettingsSource

from mailbot.record import Record
from mailbot.settings.section import Secret
from mailbot.settings.telling import sections


def with_environment(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, and over it what the environment names, not proved yet."""
    within = {name: (_keys(kind) | None, None) for name, kind in sections().items()}
    shape = create_model("Environment", __base__=BaseSettings, **within)  # type: ignore[call-overload]
    named = EnvSettingsSource(shape, env_prefix="MAILBOT_", env_nested_delimiter="__")()
    return _over(data, named)


def _keys(kind: type[Record]) -> type[BaseModel]:
    """Which keys there are and which of them hold lists, which the environment writes as JSON."""
    keys = {
        name: (str if field.annotation is Secret else field.annotation, None)
        for name, field in kind.model_fields.items()
    }
    model: type[BaseModel] = create_model(kind.__name__, **keys)  # type: ignore[call-overload]
    return model


def _over(data: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(data)
    for key, value in named.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            value = _over(below, value)
        merged[key] = value
    return merged
