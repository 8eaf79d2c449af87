"""What can go wrong, as kinds; the HTTP status of each is decided in `milo.web.errors` alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: where it stands, what was found, what is allowed."""

    where: str
    found: str
    allowed: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"line {self.line}, {self.where}" if self.line is not None else self.where
        return f"{place}: found {self.found}; allowed: {self.allowed}"


class MiloError(Exception):
    """The root of every error milo raises on purpose; its text is fit for the user."""


class InvalidInput(MiloError):
    """What was given cannot be accepted; `faults` names each place."""

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class NotFound(MiloError):
    """There is no such thing, or none that this person may know of."""


class NotLoggedIn(MiloError):
    """The request carries no valid session or key."""


class Forbidden(MiloError):
    """The person is known but their role does not allow this."""


class Conflict(MiloError):
    """Somebody else changed it meanwhile; `current` is what stands now."""

    def __init__(self, message: str, current: object = None) -> None:
        super().__init__(message)
        self.current = current


class TooMany(MiloError):
    """Too many attempts; try again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(MiloError):
    """Something milo needs is not there right now or not installed; the text says what to do."""


class ModelFailure(MiloError):
    """A model call gave no reply. `transient` ones may be asked again, permanent ones are a result."""

    def __init__(self, message: str, *, transient: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.transient = transient
        self.retry_after = retry_after
