"""How input types are validated: nothing extra, and "no" is not a bool, nor 1.0 a whole number."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Strict

INPUT: Final = {"extra": "forbid"}

Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
