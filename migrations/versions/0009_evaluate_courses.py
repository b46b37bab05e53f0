"""evaluate courses"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "evaluation_indicators",
        sa.Column("course_id", types.Identifier(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("before", types.Exact(18, 4), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=False),
        sa.Column("after", types.Exact(18, 4), nullable=False),
        sa.Column("after_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("by_id", types.Identifier(), nullable=False),
        sa.Column("recorded_at", types.UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", types.UTCDateTime(), nullable=True),
        sa.Column("id", types.Identifier(), nullable=False),
        sa.CheckConstraint("after_on > before_on", name=op.f("ck_evaluation_indicators_order")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_evaluation_indicators_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_evaluation_indicators_course_id_courses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_indicators")),
    )
    op.create_index(
        op.f("ix_evaluation_indicators_course_id"),
        "evaluation_indicators",
        ["course_id"],
        unique=False,
    )
    op.create_table(
        "evaluation_rules",
        sa.Column("course_id", types.Identifier(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("changed_at", types.UTCDateTime(), nullable=False),
        sa.Column("id", types.Identifier(), nullable=False),
        sa.CheckConstraint(
            "is_default = (course_id IS NULL)", name=op.f("ck_evaluation_rules_scope")
        ),
        sa.CheckConstraint("months BETWEEN 1 AND 12", name=op.f("ck_evaluation_rules_months")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_evaluation_rules_course_id_courses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_rules")),
        sa.UniqueConstraint("course_id", name=op.f("uq_evaluation_rules_course_id")),
    )
    op.create_index(
        "uq_evaluation_rules_default",
        "evaluation_rules",
        ["is_default"],
        unique=True,
        postgresql_where=sa.text("is_default"),
        sqlite_where=sa.text("is_default"),
    )
    op.create_table(
        "evaluation_boxes",
        sa.Column("course_id", types.Identifier(), nullable=False),
        sa.Column("edition_id", types.Identifier(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("part", sa.String(32), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("tally", types.Json, nullable=False),
        sa.Column("waiting", types.Json, nullable=False),
        sa.Column("remarks", types.Json, nullable=False),
        sa.Column("id", types.Identifier(), nullable=False),
        sa.CheckConstraint(
            "part IN ('reaction', 'self', 'peer', 'subordinate')",
            name=op.f("ck_evaluation_boxes_part"),
        ),
        sa.CheckConstraint("held BETWEEN 0 AND 4", name=op.f("ck_evaluation_boxes_held")),
        sa.CheckConstraint("shown >= 0 AND shown % 5 = 0", name=op.f("ck_evaluation_boxes_shown")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_evaluation_boxes_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_evaluation_boxes_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_boxes")),
        sa.UniqueConstraint(
            "edition_id",
            "period_on",
            "part",
            "form",
            name=op.f("uq_evaluation_boxes_edition_id_period_on_part_form"),
        ),
    )
    op.create_index(
        op.f("ix_evaluation_boxes_course_id"), "evaluation_boxes", ["course_id"], unique=False
    )
    op.create_table(
        "survey_seats",
        sa.Column("enrolment_id", types.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolments.id"],
            name=op.f("fk_survey_seats_enrolment_id_enrolments"),
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_survey_seats")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "evaluation_remarks",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("box_id", types.Identifier(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["box_id"],
            ["evaluation_boxes.id"],
            name=op.f("fk_evaluation_remarks_box_id_evaluation_boxes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_remarks")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_evaluation_remarks_box_id"), "evaluation_remarks", ["box_id"], unique=False
    )
    op.create_table(
        "evaluation_rounds",
        sa.Column("completion_id", types.Identifier(), nullable=False),
        sa.Column("course_id", types.Identifier(), nullable=False),
        sa.Column("edition_id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("unit_id", types.Identifier(), nullable=True),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("opened_at", types.UTCDateTime(), nullable=False),
        sa.Column("closes_at", types.UTCDateTime(), nullable=False),
        sa.Column("id", types.Identifier(), nullable=False),
        sa.CheckConstraint("closes_at > opened_at", name=op.f("ck_evaluation_rounds_window")),
        sa.ForeignKeyConstraint(
            ["completion_id"],
            ["completions.id"],
            name=op.f("fk_evaluation_rounds_completion_id_completions"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_evaluation_rounds_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_evaluation_rounds_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_evaluation_rounds_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_evaluation_rounds_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_rounds")),
        sa.UniqueConstraint("completion_id", name=op.f("uq_evaluation_rounds_completion_id")),
    )
    op.create_index(
        op.f("ix_evaluation_rounds_closes_at"), "evaluation_rounds", ["closes_at"], unique=False
    )
    op.create_index(
        op.f("ix_evaluation_rounds_course_id"), "evaluation_rounds", ["course_id"], unique=False
    )
    op.create_index(
        op.f("ix_evaluation_rounds_person_id"), "evaluation_rounds", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_evaluation_rounds_unit_id"), "evaluation_rounds", ["unit_id"], unique=False
    )
    op.create_table(
        "evaluation_invitations",
        sa.Column("round_id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("revoked_at", types.UTCDateTime(), nullable=True),
        sa.Column("id", types.Identifier(), nullable=False),
        sa.CheckConstraint(
            "role IN ('self', 'supervisor', 'peer', 'subordinate')",
            name=op.f("ck_evaluation_invitations_role"),
        ),
        sa.CheckConstraint("reminders >= 0", name=op.f("ck_evaluation_invitations_reminders")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_evaluation_invitations_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["evaluation_rounds.id"],
            name=op.f("fk_evaluation_invitations_round_id_evaluation_rounds"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_invitations")),
        sa.UniqueConstraint(
            "round_id", "person_id", name=op.f("uq_evaluation_invitations_round_id_person_id")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_evaluation_invitations_token_hash")),
    )
    op.create_index(
        op.f("ix_evaluation_invitations_person_id"),
        "evaluation_invitations",
        ["person_id"],
        unique=False,
    )
    op.create_table(
        "supervisor_answers",
        sa.Column("round_id", types.Identifier(), nullable=False),
        sa.Column("supervisor_id", types.Identifier(), nullable=False),
        sa.Column("scores", types.Json, nullable=False),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("answered_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["evaluation_rounds.id"],
            name=op.f("fk_supervisor_answers_round_id_evaluation_rounds"),
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["people.id"],
            name=op.f("fk_supervisor_answers_supervisor_id_people"),
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_supervisor_answers")),
    )
    op.create_index(
        op.f("ix_supervisor_answers_supervisor_id"),
        "supervisor_answers",
        ["supervisor_id"],
        unique=False,
    )


def downgrade():
    for table in (
        "supervisor_answers",
        "evaluation_invitations",
        "evaluation_rounds",
        "evaluation_remarks",
        "survey_seats",
        "evaluation_boxes",
        "evaluation_rules",
        "evaluation_indicators",
    ):
        op.drop_table(table)
