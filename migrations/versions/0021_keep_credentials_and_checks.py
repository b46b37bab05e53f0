"""keep digital credentials and what was found in proofs"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "badges",
        sa.Column("certificate_id", types.Identifier(), nullable=False),
        sa.Column("status_list", sa.Integer(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("jwt", sa.LargeBinary(), nullable=False),
        sa.Column("kid", sa.String(length=8), nullable=False),
        sa.Column("made_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint("status_list >= 1", name=op.f("ck_badges_status_list")),
        sa.CheckConstraint(
            "status_index >= 0 AND status_index < 131072", name=op.f("ck_badges_status_index")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_badges_certificate_id_certificates"),
        ),
        sa.ForeignKeyConstraint(
            ["kid"], ["signing_keys.kid"], name=op.f("fk_badges_kid_signing_keys")
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_badges")),
        sa.UniqueConstraint(
            "status_list", "status_index", name=op.f("uq_badges_status_list_status_index")
        ),
    )
    op.create_index(op.f("ix_badges_kid"), "badges", ["kid"])
    op.create_table(
        "proof_checks",
        sa.Column("claim_id", types.Identifier(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("found", types.JsonOrNull, nullable=True),
        sa.Column("checked_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(found IS NULL) = (checked_at IS NULL)", name=op.f("ck_proof_checks_checked")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["learning_claims.id"],
            name=op.f("fk_proof_checks_claim_id_learning_claims"),
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_proof_checks")),
    )


def downgrade():
    op.drop_table("proof_checks")
    op.drop_table("badges")
