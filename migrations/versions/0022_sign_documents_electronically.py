"""sign documents electronically"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PROBLEMS = (
    "problem IN ('wrong_passphrase', 'certificate', 'unknown_signer', 'credentials', 'key', "
    "'refused', 'no_answer', 'no_time', 'unreadable', 'altered', 'no_document', 'no_space', "
    "'example', 'revoked', 'fault')"
)


def upgrade():
    op.add_column("certificates", sa.Column("signed_pdf_sha256", sa.String(length=64), nullable=True))
    op.create_index(
        op.f("ix_certificates_signed_pdf_sha256"), "certificates", ["signed_pdf_sha256"], unique=True
    )
    op.create_table(
        "signing_runs",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("started_by", types.Identifier(), nullable=False),
        sa.Column("started_at", types.UTCDateTime(), nullable=False),
        sa.Column("alive_until", types.UTCDateTime(), nullable=False),
        sa.Column("ended_at", types.UTCDateTime(), nullable=True),
        sa.Column("problem", sa.String(32), nullable=True),
        sa.CheckConstraint(PROBLEMS, name=op.f("ck_signing_runs_problem")),
        sa.ForeignKeyConstraint(
            ["started_by"], ["people.id"], name=op.f("fk_signing_runs_started_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_runs")),
    )
    op.create_table(
        "signed_documents",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("certificate_id", types.Identifier(), nullable=False),
        sa.Column("run_id", types.Identifier(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("next_try_at", types.UTCDateTime(), nullable=False),
        sa.Column("claimed_until", types.UTCDateTime(), nullable=True),
        sa.Column("problem", sa.String(32), nullable=True),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("remote_id", sa.String(length=100), nullable=True),
        sa.Column("queued_at", types.UTCDateTime(), nullable=False),
        sa.Column("settled_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'signed', 'failed')", name=op.f("ck_signed_documents_state")
        ),
        sa.CheckConstraint(PROBLEMS, name=op.f("ck_signed_documents_problem")),
        sa.CheckConstraint(
            "state <> 'failed' OR problem IS NOT NULL", name=op.f("ck_signed_documents_failed")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_signed_documents_certificate_id_certificates"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["signing_runs.id"], name=op.f("fk_signed_documents_run_id_signing_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_documents")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_signed_documents_certificate_id")),
    )
    op.create_index("ix_signed_documents_due", "signed_documents", ["state", "next_try_at"])
    op.create_index(op.f("ix_signed_documents_run_id"), "signed_documents", ["run_id"])


def downgrade():
    op.drop_table("signed_documents")
    op.drop_table("signing_runs")
    op.drop_index(op.f("ix_certificates_signed_pdf_sha256"), table_name="certificates")
    op.execute("ALTER TABLE certificates DROP COLUMN signed_pdf_sha256")
