"""plan one's development"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SENTENCE = "plan_transitions is append-only"
STATES = "'draft', 'submitted', 'returned', 'approved', 'running', 'finished'"


def upgrade():
    op.create_table(
        "plans",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", types.Identifier(), nullable=True),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("post_title", sa.String(length=200), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("changed_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_plans_state")),
        sa.CheckConstraint("year BETWEEN 2020 AND 2100", name=op.f("ck_plans_year")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_plans_version")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_plans_person_id_people")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_plans_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("person_id", "year", name=op.f("uq_plans_person_id_year")),
    )
    op.create_index(op.f("ix_plans_unit_id"), "plans", ["unit_id"])

    op.create_table(
        "plan_goals",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("plan_id", types.Identifier(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("competency", sa.String(length=12), nullable=True),
        sa.Column("from_level", sa.Integer(), nullable=True),
        sa.Column("to_level", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("author_id", types.Identifier(), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "source IN ('gap', 'own', 'supervisor')", name=op.f("ck_plan_goals_source")
        ),
        sa.CheckConstraint(
            "competency IS NOT NULL OR text <> ''", name=op.f("ck_plan_goals_content")
        ),
        sa.CheckConstraint(
            "(competency IS NULL) = (to_level IS NULL)", name=op.f("ck_plan_goals_target")
        ),
        sa.CheckConstraint("from_level BETWEEN 0 AND 5", name=op.f("ck_plan_goals_from_level")),
        sa.CheckConstraint("to_level BETWEEN 1 AND 5", name=op.f("ck_plan_goals_to_level")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_goals_plan_id_plans")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_plan_goals_author_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_goals")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_plan_goals_plan_id_position")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_plan_goals_position")),
    )

    op.create_table(
        "plan_items",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("plan_id", types.Identifier(), nullable=False),
        sa.Column("goal_id", types.Identifier(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("course_id", types.Identifier(), nullable=True),
        sa.Column("form_code", sa.String(length=8), nullable=False),
        sa.Column("mix", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("jp", types.Exact(6, 2), nullable=False),
        sa.Column("rule_version", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("begun_at", types.UTCDateTime(), nullable=True),
        sa.Column("done_at", types.UTCDateTime(), nullable=True),
        sa.Column("completion_id", types.Identifier(), nullable=True),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('course', 'coaching', 'mentoring', 'secondment', 'reading', 'project')",
            name=op.f("ck_plan_items_kind"),
        ),
        sa.CheckConstraint(
            "(course_id IS NOT NULL) = (kind = 'course')", name=op.f("ck_plan_items_course")
        ),
        sa.CheckConstraint("mix IN (10, 20, 70)", name=op.f("ck_plan_items_mix")),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_plan_items_quantity")),
        sa.CheckConstraint("jp > 0", name=op.f("ck_plan_items_jp")),
        sa.CheckConstraint(
            "done_at IS NULL OR begun_at IS NOT NULL", name=op.f("ck_plan_items_done")
        ),
        sa.CheckConstraint(
            "completion_id IS NULL OR done_at IS NOT NULL",
            name=op.f("ck_plan_items_completion"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_items_plan_id_plans")
        ),
        sa.ForeignKeyConstraint(
            ["goal_id"], ["plan_goals.id"], name=op.f("fk_plan_items_goal_id_plan_goals")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_plan_items_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["completion_id"],
            ["completions.id"],
            name=op.f("fk_plan_items_completion_id_completions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_items")),
        sa.UniqueConstraint("plan_id", "course_id", name=op.f("uq_plan_items_plan_id_course_id")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_plan_items_plan_id_position")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_plan_items_position")),
    )
    op.create_index(op.f("ix_plan_items_course_id"), "plan_items", ["course_id"])
    op.create_index(op.f("ix_plan_items_goal_id"), "plan_items", ["goal_id"])

    op.create_table(
        "plan_transitions",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("plan_id", types.Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(32), nullable=True),
        sa.Column("to_state", sa.String(32), nullable=False),
        sa.Column("by_id", types.Identifier(), nullable=True),
        sa.Column("by_name", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("unit_id", types.Identifier(), nullable=True),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("post_title", sa.String(length=200), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            f"from_state IS NULL OR from_state IN ({STATES})",
            name=op.f("ck_plan_transitions_from_state"),
        ),
        sa.CheckConstraint(f"to_state IN ({STATES})", name=op.f("ck_plan_transitions_to_state")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_plan_transitions_number")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_transitions_plan_id_plans")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_plan_transitions_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_plan_transitions_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_transitions")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_transitions_plan_id_number")),
    )
    keep_append_only()


def keep_append_only():
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER plan_transitions_no_{act.lower()} BEFORE {act} "
                f"ON plan_transitions BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
        # REPLACE deletes what is in its way, by either key, without asking the trigger above.
        op.execute(
            "CREATE TRIGGER plan_transitions_no_replace BEFORE INSERT ON plan_transitions "
            "WHEN EXISTS (SELECT 1 FROM plan_transitions WHERE id = NEW.id "
            "OR (plan_id = NEW.plan_id AND number = NEW.number)) "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_plan_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER plan_transitions_no_change BEFORE UPDATE OR DELETE ON plan_transitions "
        "FOR EACH ROW EXECUTE FUNCTION refuse_plan_change()"
    )
    op.execute(
        "CREATE TRIGGER plan_transitions_no_truncate BEFORE TRUNCATE ON plan_transitions "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_plan_change()"
    )


def downgrade():
    for table in ("plan_transitions", "plan_items", "plan_goals", "plans"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_plan_change()")
