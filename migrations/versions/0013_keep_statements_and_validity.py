"""keep statements of hours, and until when a certificate holds"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "statement_documents",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("statement_id", types.Identifier(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("drawn_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["hour_statements.id"],
            name=op.f("fk_statement_documents_statement_id_hour_statements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_documents")),
        sa.UniqueConstraint(
            "statement_id", "state", name=op.f("uq_statement_documents_statement_id_state")
        ),
    )
    # SQLite adds a column with its check in one word only; a rebuilt table is not needed for it.
    op.execute(
        "ALTER TABLE learning_claims ADD COLUMN valid_until DATE "
        "CONSTRAINT ck_learning_claims_valid_until "
        "CHECK (valid_until IS NULL OR valid_until >= ended_on)"
    )
    op.create_index(op.f("ix_learning_claims_valid_until"), "learning_claims", ["valid_until"])


def downgrade():
    op.drop_index(op.f("ix_learning_claims_valid_until"), "learning_claims")
    op.execute("ALTER TABLE learning_claims DROP COLUMN valid_until")
    op.drop_table("statement_documents")
