"""Parameters of a provider: free JSON in the stored row, a checked dataclass inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from milo.core.errors import InvalidInput

Parameters = TypeVar("Parameters")


def read_parameters(kind: type[Parameters], params: Mapping[str, Any], *, provider: str) -> Parameters:
    """`kind` filled from `params`; a key it does not have, or a value of another type, is refused."""
    allowed = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]  # any dataclass
    unknown = sorted(set(params) - set(allowed))
    if unknown:
        raise InvalidInput(
            f"provider {provider!r} has no parameter {unknown[0]!r}; it has {', '.join(allowed)}"
        )
    defaults = kind()
    for name, value in params.items():
        _check_type(provider, name, value, getattr(defaults, name))
    return kind(**params)


def _check_type(provider: str, name: str, value: object, default: object) -> None:
    """The default tells the type; where it is None anything goes; a whole number may stand for a float."""
    if default is None:
        return
    expected: tuple[type, ...] = (int, float) if isinstance(default, float) else (type(default),)
    if isinstance(default, tuple):
        expected = (tuple, list)
    if isinstance(value, expected) and (isinstance(default, bool) or not isinstance(value, bool)):
        return
    wanted = " or ".join(kind.__name__ for kind in expected)
    raise InvalidInput(f"parameter {name!r} of provider {provider!r} is {value!r}; it must be {wanted}")
