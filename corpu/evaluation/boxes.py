"""Where answers without a name are kept: counted, and opened in fives."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.database import insert_unless_taken
from corpu.evaluation import rules
from corpu.evaluation.items import MOST_REMARK
from corpu.evaluation.models import (
    EvaluationBox,
    EvaluationRemark,
)
from corpu.evaluation.rules import Part


def drop(
    session: Session,
    course_id: UUID,
    edition_id: UUID,
    period_on: date,
    part: Part,
    form: str,
    answer: Mapping[str, str],
    remark: str,
) -> None:
    """Put an answer into its box; whoever is at the box has it alone."""
    key = {"edition_id": edition_id, "period_on": period_on, "part": part, "form": form}
    empty: dict[str, Any] = {"shown": 0, "held": 0, "tally": {}, "waiting": {}, "remarks": []}
    insert_unless_taken(  # by chance: an ordered identifier would say when the first answer came
        session, EvaluationBox, {"id": uuid4(), "course_id": course_id, **key, **empty}
    )
    row = session.scalars(
        select(EvaluationBox)
        .filter_by(**key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    box, released = rules.dropped(
        rules.Box(row.shown, row.tally, row.held, row.waiting, row.remarks),
        answer,
        remark[:MOST_REMARK],
    )
    row.shown, row.tally = box.shown, dict(box.tally)
    row.held, row.waiting, row.remarks = box.held, dict(box.waiting), list(box.remarks)
    session.add_all(EvaluationRemark(box_id=row.id, text=text) for text in released)
    session.flush()
