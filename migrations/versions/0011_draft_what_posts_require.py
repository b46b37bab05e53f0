"""draft what posts require"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "standard_drafts",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("asked", types.Json, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("created_by", types.Identifier(), nullable=True),
        sa.Column("created_by_name", sa.String(length=300), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("changed_at", types.UTCDateTime(), nullable=False),
        sa.Column("published_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'published', 'discarded')", name=op.f("ck_standard_drafts_state")
        ),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)",
            name=op.f("ck_standard_drafts_published_at"),
        ),
        sa.CheckConstraint("edits >= 0", name=op.f("ck_standard_drafts_edits")),
        key("agency_id", "agencies"),
        key("created_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_drafts")),
    )


def key(column, target):
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_standard_drafts_{column}_{target}")
    )


def downgrade():
    op.drop_table("standard_drafts")
