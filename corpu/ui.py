"""What templates may call besides Flask's own: drawings, goal titles, the first error of a field.

Macros are imported without context, so everything they use is a global or an argument.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import get_locale
from markupsafe import Markup

from corpu import charts
from corpu.i18n import choose_locale


def init_app(app: Flask) -> None:
    """Make the template globals known."""
    app.jinja_env.globals.update(
        charts=charts,
        goal_title=goal_title,
        first_error=first_error,
        named=named,
        lang_of=lang_of,
        said=said,
    )


@cache
def _goal_titles() -> Mapping[int, Mapping[str, str]]:
    source = Path(__file__).parent / "data" / "sdgs.json"
    goals = json.loads(source.read_text(encoding="utf-8"))["goals"]
    return {goal["number"]: {"id": goal["title_id"], "en": goal["title_en"]} for goal in goals}


def goal_title(number: int) -> str:
    """The short title of goal 1 to 17 in the reader's language; KeyError for any other number."""
    titles = _goal_titles()[int(number)]
    locale = get_locale()
    return titles["en" if locale is not None and locale.language == "en" else "id"]


def named(row: Mapping[str, Any]) -> str:
    """The name of a row of the vocabulary (`name_id`, `name_en`) in the reader's language."""
    locale = get_locale()
    english = locale is not None and locale.language == "en"
    return row.get("name_en" if english else "name_id") or row["name_id"]


def lang_of(language: str = "", around: str = "") -> Markup:
    """` lang="…"` where words in `language` stand within words in another (WCAG 3.1.2), else
    nothing. Either of them left out is the reader's language; of what nobody noted the language
    of, nothing is said."""
    reader = choose_locale()
    language = language or reader
    return Markup("") if language == (around or reader) else Markup(' lang="{}"').format(language)


def said(text: str, language: str = "", around: str = "") -> str:
    """Text that keeps its own language, such as the title of a course, marked where the reader's
    is another. For what is shown; within an attribute there is no place for a mark."""
    lang = lang_of(language, around)
    return Markup("<span{}>{}</span>").format(lang, text) if lang else text


def first_error(field: Any) -> str:
    """The first sentence of a field's errors, also where they are nested (FormField, FieldList)."""
    return _first(field.errors)


def _first(errors: Any) -> Any:
    if isinstance(errors, Mapping):
        errors = list(errors.values())
    if isinstance(errors, list | tuple):
        return next((_first(error) for error in errors if error), "")
    return errors
