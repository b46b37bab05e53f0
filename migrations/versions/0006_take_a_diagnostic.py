"""take a diagnostic"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ONCE = sa.text("page_id = 'uji_awal'")


def upgrade():
    op.create_table(
        "proven_pages",
        sa.Column("enrolment_id", types.Identifier(), nullable=False),
        sa.Column("page_id", sa.String(length=200), nullable=False),
        sa.Column("edition_id", types.Identifier(), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("has_hours", sa.Boolean(), nullable=False),
        sa.Column("proven_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolments.id"],
            name=op.f("fk_proven_pages_enrolment_id_enrolments"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_proven_pages_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "page_id", name=op.f("pk_proven_pages")),
    )
    op.create_table(
        "completion_hours",
        sa.Column("completion_id", types.Identifier(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("jp_full", types.Exact(6, 2), nullable=False),
        sa.Column("jp_left_out", types.Exact(6, 2), nullable=False),
        sa.Column("modules", types.Json, nullable=False),
        sa.CheckConstraint(
            "rule IN ('full', 'without-proven')", name=op.f("ck_completion_hours_rule")
        ),
        sa.CheckConstraint(
            "jp_left_out >= 0 AND jp_left_out <= jp_full", name=op.f("ck_completion_hours_jp")
        ),
        sa.CheckConstraint(
            "rule <> 'full' OR jp_left_out = 0",
            name=op.f("ck_completion_hours_left_out_by_rule"),
        ),
        sa.ForeignKeyConstraint(
            ["completion_id"],
            ["completions.id"],
            name=op.f("fk_completion_hours_completion_id_completions"),
        ),
        sa.PrimaryKeyConstraint("completion_id", name=op.f("pk_completion_hours")),
    )
    # A diagnostic is taken once per enrolment; no quiz can have its id, which no author can write.
    op.create_index(
        "uq_attempts_diagnostic",
        "attempts",
        ["enrolment_id"],
        unique=True,
        postgresql_where=ONCE,
        sqlite_where=ONCE,
    )


def downgrade():
    op.drop_index("uq_attempts_diagnostic", table_name="attempts")
    op.drop_table("completion_hours")
    op.drop_table("proven_pages")
