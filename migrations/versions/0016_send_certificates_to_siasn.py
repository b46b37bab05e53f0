"""send certificates to siasn"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PROBLEMS = (
    "problem IN ('no_nip', 'unknown_nip', 'refused', 'no_answer', 'unreadable', 'no_document', "
    "'example', 'fault')"
)


def upgrade():
    op.create_table(
        "siasn_records",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("certificate_id", types.Identifier(), nullable=False),
        sa.Column("wish", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("remote_id", sa.String(length=100), nullable=True),
        sa.Column("pns_id", sa.String(length=100), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("next_try_at", types.UTCDateTime(), nullable=False),
        sa.Column("claimed_until", types.UTCDateTime(), nullable=True),
        sa.Column("problem", sa.String(32), nullable=True),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("hand_reason", sa.String(length=500), nullable=True),
        sa.Column("queued_at", types.UTCDateTime(), nullable=False),
        sa.Column("settled_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed', 'deleted')",
            name=op.f("ck_siasn_records_state"),
        ),
        sa.CheckConstraint("wish IN ('save', 'delete')", name=op.f("ck_siasn_records_wish")),
        sa.CheckConstraint(PROBLEMS, name=op.f("ck_siasn_records_problem")),
        sa.CheckConstraint(
            "state <> 'failed' OR problem IS NOT NULL", name=op.f("ck_siasn_records_failed")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_siasn_records_certificate_id_certificates"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siasn_records")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_siasn_records_certificate_id")),
    )
    op.create_index("ix_siasn_records_due", "siasn_records", ["state", "next_try_at"])

    op.create_table(
        "siasn_exchanges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", types.Identifier(), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("sent", types.JsonOrNull, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answered", types.JsonOrNull, nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["siasn_records.id"], name=op.f("fk_siasn_exchanges_record_id_siasn_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siasn_exchanges")),
    )
    op.create_index(op.f("ix_siasn_exchanges_record_id"), "siasn_exchanges", ["record_id"])

    op.create_table(
        "siasn_gate",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stop", sa.String(32), nullable=True),
        sa.Column("stopped_at", types.UTCDateTime(), nullable=True),
        sa.Column("not_before", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_siasn_gate_one")),
        sa.CheckConstraint(
            "stop IN ('token', 'credentials', 'forbidden')", name=op.f("ck_siasn_gate_stop")
        ),
        sa.CheckConstraint(
            "(stop IS NULL) = (stopped_at IS NULL)", name=op.f("ck_siasn_gate_stopped")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siasn_gate")),
    )


def downgrade():
    for table in ("siasn_gate", "siasn_exchanges", "siasn_records"):
        op.drop_table(table)
