"""let others act for a supervisor"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "acting_posts",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("unit_id", types.Identifier(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("line_of_id", types.Identifier(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('plt', 'plh', 'pj')", name=op.f("ck_acting_posts_kind")),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_acting_posts_order")),
        sa.CheckConstraint(
            "line_of_id IS NULL OR line_of_id <> person_id",
            name=op.f("ck_acting_posts_not_own_line"),
        ),
        *keys("acting_posts", person_id="people", unit_id="units", line_of_id="people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acting_posts")),
    )
    op.create_index(op.f("ix_acting_posts_person_id"), "acting_posts", ["person_id"])
    op.create_index(op.f("ix_acting_posts_unit_id"), "acting_posts", ["unit_id"])

    op.create_table(
        "delegations",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("principal_id", types.Identifier(), nullable=False),
        sa.Column("deputy_id", types.Identifier(), nullable=False),
        sa.Column("basis", sa.String(32), nullable=False),
        sa.Column("acting_post_id", types.Identifier(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("created_by_id", types.Identifier(), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("revoked_by_id", types.Identifier(), nullable=True),
        sa.Column("revoked_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint("principal_id <> deputy_id", name=op.f("ck_delegations_not_oneself")),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_delegations_order")),
        sa.CheckConstraint("basis IN ('deputy', 'acting')", name=op.f("ck_delegations_basis")),
        sa.CheckConstraint(
            "(basis = 'acting') = (acting_post_id IS NOT NULL)",
            name=op.f("ck_delegations_acting_post"),
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)", name=op.f("ck_delegations_revoked")
        ),
        *keys(
            "delegations",
            principal_id="people",
            deputy_id="people",
            acting_post_id="acting_posts",
            created_by_id="people",
            revoked_by_id="people",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
        sa.UniqueConstraint("acting_post_id", name=op.f("uq_delegations_acting_post_id")),
    )
    op.create_index(op.f("ix_delegations_principal_id"), "delegations", ["principal_id"])
    op.create_index(op.f("ix_delegations_deputy_id"), "delegations", ["deputy_id"])

    op.create_table(
        "reminders",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("by_id", types.Identifier(), nullable=False),
        sa.Column("by_name", sa.String(length=300), nullable=False),
        sa.Column("unit_id", types.Identifier(), nullable=True),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("post_title", sa.String(length=200), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint("subject IN ('plan', 'hours')", name=op.f("ck_reminders_subject")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_reminders_text")),
        *keys("reminders", person_id="people", by_id="people", unit_id="units"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "person_id", "subject", "day", name=op.f("uq_reminders_person_id_subject_day")
        ),
    )
    op.create_index("ix_reminders_person_at", "reminders", ["person_id", "at"])

    # SQLite adds a column with its key in one word only; a rebuilt table is not needed for it.
    kind = "BLOB" if op.get_bind().dialect.name == "sqlite" else "UUID"
    op.execute(
        f"ALTER TABLE evidence ADD COLUMN on_behalf_of_id {kind} "
        "CONSTRAINT fk_evidence_on_behalf_of_id_people REFERENCES people (id)"
    )


def keys(table, **columns):
    """Foreign keys from columns to identifiers, named as the models name them."""
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
        for column, to in columns.items()
    ]


def downgrade():
    op.execute("ALTER TABLE evidence DROP COLUMN on_behalf_of_id")
    for table in ("reminders", "delegations", "acting_posts"):
        op.drop_table(table)
