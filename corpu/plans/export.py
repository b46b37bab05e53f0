"""A person's plans in their own file."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.plans.queries import Origin, plan_of, years_of


def own_part(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Every plan ever, for the person's own file."""
    return [
        {
            "year": year,
            "state": state,
            "unit": plan.unit_name,
            "post": plan.post_title,
            "goals": [
                {
                    "source": goal.source,
                    "competency": goal.code,
                    "from_level": goal.from_level,
                    "to_level": goal.to_level,
                    "text": goal.text,
                    "written_by": goal.author,
                    "template": _origin(goal.origin),
                    "items": [
                        {
                            "kind": item.kind,
                            "title": item.title,
                            "form": item.form_code,
                            "share": item.mix,
                            "quantity": item.quantity,
                            "jp": item.jp,
                            "rule_version": item.rule_version,
                            "template": _origin(item.origin),
                            "due_on": item.due_on,
                            "begun_at": item.begun_at,
                            "done_at": item.done_at,
                        }
                        for item in goal.items
                    ],
                }
                for goal in plan.goals
            ],
            "steps": [
                {
                    "from": step.before,
                    "to": step.after,
                    "by": step.by,
                    "reason": step.reason,
                    "at": step.at,
                }
                for step in reversed(plan.steps)
            ],
        }
        for year, state in years_of(session, person_id).items()
        for plan in [plan_of(session, person_id, year)]
    ]


def _origin(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None:
        return None
    return {
        "post_type": origin.post_type,
        "post": origin.title,
        "unit": origin.unit_name,
        "valid_from": origin.starts_on,
    }
