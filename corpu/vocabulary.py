"""The codes of the field, as data: goals, competencies, kinds of training, posts, programmes.

They come from regulations that change; each file names its source and how sure it is.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from corpu.codes import Vocabulary

DATA = Path(__file__).parent / "data"


@cache
def load(name: str) -> Any:
    """A file of `corpu/data/` as read; never changed by its readers."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


@cache
def goals() -> dict[int, dict[str, Any]]:
    """The seventeen goals by number: title_id, title_en, hex, text_on_colour, targets."""
    return {row["number"]: row for row in load("sdgs")["goals"]}


@cache
def competencies() -> dict[str, dict[str, Any]]:
    """The nine competencies by code, in the order of the regulation (PermenPANRB 38/2017)."""
    return {row["code"]: row for row in load("competencies")["competencies"]}


@cache
def required_level(post_type: str) -> int:
    """The level that a post type asks of every competency; 0 where the type is unknown."""
    return int(load("competencies")["required_level_default"].get(post_type, 0))


@cache
def kinds() -> dict[str, dict[str, Any]]:
    """Kinds of training by code (training_types): name_id, name_en, document."""
    return {row["code"]: row for row in load("training_types")["types"]}


@cache
def vocabulary() -> Vocabulary:
    """All codes that a course may name, except courses: `Vocabulary.with_courses` adds them."""
    programmes = load("east_java")["regional_head_programmes"]["period_2"]["items"]
    return Vocabulary.of(
        competencies=competencies(),
        goals=goals(),
        targets=(code for goal in goals().values() for code in goal["target_codes"]),
        programmes=(programme["code"] for programme in programmes),
        kinds=kinds(),
        post_types=load("competencies")["required_level_default"],
    )
