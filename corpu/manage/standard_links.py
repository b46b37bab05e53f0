"""Addresses that the macros about dictionaries ask for: each makes one from a code or an ending."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import url_for

Address = Callable[[str], str]


def _competency(framework_id: UUID, number: int, code: str) -> str:
    return url_for(
        "manage.framework_competency", framework_id=framework_id, number=number, code=code
    )


def _export(framework_id: UUID, number: int, ending: str) -> str:
    return url_for(
        "manage.export_framework", framework_id=framework_id, number=number, ending=ending
    )


def _edit(framework_id: UUID, code: str) -> str:
    return url_for("manage.edit_competency", framework_id=framework_id, code=code)


def _remove(framework_id: UUID, code: str) -> str:
    return url_for("manage.remove_competency", framework_id=framework_id, code=code)


def competency_href(framework_id: UUID, number: int) -> Address:
    """A competency of a version, by its code."""
    return partial(_competency, framework_id, number)


def export_href(framework_id: UUID, number: int) -> Address:
    """A version as a table, by the ending of the file."""
    return partial(_export, framework_id, number)


def edit_href(framework_id: UUID) -> Address:
    """The form of a competency of the draft."""
    return partial(_edit, framework_id)


def remove_href(framework_id: UUID) -> Address:
    """Taking a competency out of the draft."""
    return partial(_remove, framework_id)


def shipped_href(code: str) -> str:
    """One of the nine."""
    return url_for("manage.shipped_competency", code=code)


def shipped_export(ending: str) -> str:
    """The nine as a table."""
    return url_for("manage.export_shipped", ending=ending)
