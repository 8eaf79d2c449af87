"""People, their roles, and the one table of who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from milo.core.errors import Forbidden

Role = Literal["annotator", "auditor", "researcher"]  # in a project
PersonRole = Literal["annotator", "auditor", "researcher", "admin"]  # of a person, where no project is named

Permission = Literal[
    "annotate",  # take items, answer, draft, skip, reject, reopen own
    "read_project",  # its questions and guideline
    "read_own_work",
    "inquire",  # ask the researcher about an item
    "read_items",  # every item with everybody's answers
    "read_progress",
    "rate",  # say what a model's draft, suggestion or verdict was worth
    "edit_project",
    "import_items",
    "run_jobs",
    "export",
    "reply_inquiries",
    "review",  # grade the answers of others by the rubrics
    "manage_members",
    "create_project",
    "read_models",
    "manage_models",
    "manage_people",
]

#: Who may do what inside a project. An administrator may do everything.
ALLOWED: dict[Permission, frozenset[Role]] = {
    "annotate": frozenset({"annotator", "researcher"}),
    "read_project": frozenset({"annotator", "auditor", "researcher"}),
    "read_own_work": frozenset({"annotator", "auditor", "researcher"}),
    "inquire": frozenset({"annotator", "auditor", "researcher"}),
    "read_items": frozenset({"auditor", "researcher"}),
    "read_progress": frozenset({"auditor", "researcher"}),
    "rate": frozenset({"annotator", "auditor", "researcher"}),
    "edit_project": frozenset({"researcher"}),
    "import_items": frozenset({"researcher"}),
    "run_jobs": frozenset({"researcher"}),
    "export": frozenset({"researcher"}),
    "reply_inquiries": frozenset({"researcher"}),
    "review": frozenset({"auditor", "researcher"}),
    "manage_members": frozenset({"researcher"}),
    "create_project": frozenset({"researcher"}),
    "read_models": frozenset({"researcher"}),
    "manage_models": frozenset({"researcher"}),
    "manage_people": frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who logs in. The organisation is apart from the role: a vendor's people may hold any role."""

    id: int
    login: str
    name: str
    role: PersonRole = "annotator"
    organisation: str = ""
    pay_usd_per_hour: float | None = None

    @property
    def is_admin(self) -> bool:
        """Whether the person may do everything."""
        return self.role == "admin"


def is_allowed(permission: Permission, role: Role | None, *, is_admin: bool) -> bool:
    """Whether somebody of this role (None: not a member) may do this.

    >>> is_allowed("export", "annotator", is_admin=False)
    False
    """
    return is_admin or (role is not None and role in ALLOWED[permission])


def require(permission: Permission, role: Role | None, *, is_admin: bool) -> None:
    """Raise `Forbidden` unless allowed, naming who may."""
    if not is_allowed(permission, role, is_admin=is_admin):
        who = ", ".join([*sorted(ALLOWED[permission]), "administrator"])
        raise Forbidden(
            f"This needs the permission {permission!r}, which these have: {who}; your role is {role}"
        )
