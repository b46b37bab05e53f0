"""Who may do what. Views declare a permission; only this table decides.

A role is held for the whole agency or for the branch below one unit; being a
supervisor is no role that anyone assigns but follows from the dated relation.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from corpu.identity import Viewer


class Role(StrEnum):
    LEARNER = "learner"  # everybody with an account
    SUPERVISOR = "supervisor"  # derived from supervisions in force today
    INSTRUCTOR = "instructor"
    MANAGER = "manager"


class Scope(StrEnum):
    SELF = "self"
    OWN_LINE = "own_line"
    OWN_COURSES = "own_courses"
    UNIT_BRANCH = "unit_branch"  # the branch of the unit on the role, or all where there is none
    ALL = "all"


class Permission(StrEnum):
    PUBLIC = "public"
    LEARN = "learn"  # courses, own profile, hours, certificates
    SEE_TEAM = "see_team"
    RATE = "rate"
    AUTHOR = "author"
    GRADE = "grade"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_CERTIFICATES = "manage_certificates"
    MANAGE_ISSUERS = "manage_issuers"
    GRANT_TIME = "grant_time"
    VERIFY_HOURS = "verify_hours"  # other people's claims of learning; closing a year
    MANAGE_COMPETENCY = "manage_competency"  # the rule of scoring, evidence from outside
    MANAGE_STANDARDS = "manage_standards"  # dictionaries of competencies, post standards
    MANAGE_EVALUATION = "manage_evaluation"  # rounds, links, rules, indicators
    SEE_AUDIT = "see_audit"
    SEE_GOALS = "see_goals"


GRANTS: dict[Role, dict[Permission, Scope]] = {
    Role.LEARNER: {Permission.LEARN: Scope.SELF, Permission.SEE_GOALS: Scope.ALL},
    Role.SUPERVISOR: {
        Permission.SEE_TEAM: Scope.OWN_LINE,
        Permission.RATE: Scope.OWN_LINE,
    },
    Role.INSTRUCTOR: {
        Permission.AUTHOR: Scope.OWN_COURSES,
        Permission.GRADE: Scope.OWN_COURSES,
    },
    Role.MANAGER: {
        Permission.MANAGE_PEOPLE: Scope.UNIT_BRANCH,
        Permission.MANAGE_CERTIFICATES: Scope.UNIT_BRANCH,
        Permission.MANAGE_ISSUERS: Scope.UNIT_BRANCH,
        Permission.GRANT_TIME: Scope.UNIT_BRANCH,
        Permission.VERIFY_HOURS: Scope.UNIT_BRANCH,
        Permission.MANAGE_COMPETENCY: Scope.UNIT_BRANCH,
        Permission.MANAGE_STANDARDS: Scope.UNIT_BRANCH,  # to read; only the agency's change them
        Permission.MANAGE_EVALUATION: Scope.UNIT_BRANCH,
        Permission.SEE_AUDIT: Scope.UNIT_BRANCH,
        Permission.AUTHOR: Scope.ALL,
        Permission.GRADE: Scope.ALL,
    },
}


@dataclass(frozen=True)
class Held:
    """A role as a person holds it today; `unit_id` None means the whole agency."""

    role: Role
    unit_id: UUID | None = None


def can(viewer: "Viewer | None", permission: Permission) -> bool:
    if permission is Permission.PUBLIC:
        return True
    return viewer is not None and any(permission in GRANTS[held.role] for held in viewer.roles)


def units_in_reach(viewer: "Viewer", permission: Permission) -> frozenset[UUID] | None:
    """The units at the top of the branches in which the permission holds; None for all."""
    tops: set[UUID] = set()
    for held in viewer.roles:
        if GRANTS[held.role].get(permission) in (Scope.UNIT_BRANCH, Scope.ALL):
            if held.unit_id is None:
                return None
            tops.add(held.unit_id)
    return frozenset(tops)
