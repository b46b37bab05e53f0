"""offer templates of plans, and note where goals and items come from"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "plan_templates",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("post_type", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_key", sa.String(length=200), nullable=False),
        sa.Column("unit_id", types.Identifier(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("goals", types.Json, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("recorded_by", types.Identifier(), nullable=True),
        sa.Column("recorded_by_name", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", types.UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", types.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by_name", sa.String(length=300), nullable=False),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("unit_id IS NULL OR title <> ''", name=op.f("ck_plan_templates_unit")),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_plan_templates_order")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_name = '')",
            name=op.f("ck_plan_templates_withdrawn"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_plan_templates_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_plan_templates_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["people.id"], name=op.f("fk_plan_templates_recorded_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_templates")),
    )
    op.create_index(
        "ix_plan_templates_scope", "plan_templates", ["agency_id", "post_type", "title_key"]
    )

    # SQLite adds a column with its key or check in one word only; no table is rebuilt for it.
    kind = "BLOB" if op.get_bind().dialect.name == "sqlite" else "UUID"
    for table in ("plan_goals", "plan_items"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN template_id {kind} "
            f"CONSTRAINT fk_{table}_template_id_plan_templates REFERENCES plan_templates (id)"
        )
    op.execute(
        "ALTER TABLE plan_items ADD COLUMN template_line INTEGER CONSTRAINT "
        "ck_plan_items_template CHECK ((template_id IS NULL) = (template_line IS NULL))"
    )
    op.create_index(
        "uq_plan_items_template",
        "plan_items",
        ["plan_id", "template_id", "template_line"],
        unique=True,
    )

    op.add_column(
        "plan_goals",
        sa.Column("author_name", sa.String(length=300), nullable=False, server_default=""),
    )
    # What was written before was written by somebody; their name of today is the one known.
    op.execute(
        "UPDATE plan_goals SET author_name = ("
        "SELECT trim(title_before || ' ' || name) || "
        "CASE WHEN title_after <> '' THEN ', ' || title_after ELSE '' END "
        "FROM people WHERE people.id = plan_goals.author_id)"
    )


def downgrade():
    op.drop_index("uq_plan_items_template", "plan_items")
    op.execute("ALTER TABLE plan_items DROP COLUMN template_line")
    op.execute("ALTER TABLE plan_items DROP COLUMN template_id")
    op.execute("ALTER TABLE plan_goals DROP COLUMN template_id")
    op.execute("ALTER TABLE plan_goals DROP COLUMN author_name")
    op.drop_table("plan_templates")
