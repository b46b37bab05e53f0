"""take other learning into the hours"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("claim_decisions", "hour_statements")


def upgrade():
    op.create_table(
        "learning_claims",
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("rule_version", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("organiser", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", types.Exact(6, 2), nullable=False),
        sa.Column("jp", types.Exact(6, 2), nullable=False),
        sa.Column("counted_jp", types.Exact(6, 2), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("proof_sha256", sa.String(length=64), nullable=True),
        sa.Column("proof_kind", sa.String(32), nullable=True),
        sa.Column("proof_name", sa.String(length=200), nullable=False),
        sa.Column("unit_id", types.Identifier(), nullable=True),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("claimed_at", types.UTCDateTime(), nullable=False),
        sa.Column("id", types.Identifier(), nullable=False),
        sa.CheckConstraint(
            "state IN ('claimed', 'verified', 'refused', 'withdrawn')",
            name=op.f("ck_learning_claims_state"),
        ),
        sa.CheckConstraint(
            "proof_kind IS NULL OR proof_kind IN ('pdf', 'png', 'jpeg')",
            name=op.f("ck_learning_claims_proof_kind"),
        ),
        sa.CheckConstraint(
            "(proof_sha256 IS NULL) = (proof_kind IS NULL)", name=op.f("ck_learning_claims_proof")
        ),
        sa.CheckConstraint("started_on <= ended_on", name=op.f("ck_learning_claims_days")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_learning_claims_amount")),
        sa.CheckConstraint("jp > 0", name=op.f("ck_learning_claims_jp")),
        sa.CheckConstraint(
            "counted_jp >= 0 AND counted_jp <= jp", name=op.f("ck_learning_claims_counted")
        ),
        sa.CheckConstraint(
            "state = 'verified' OR counted_jp = 0",
            name=op.f("ck_learning_claims_counted_when_verified"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_learning_claims_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_learning_claims_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_claims")),
    )
    with op.batch_alter_table("learning_claims", schema=None) as batch_op:
        batch_op.create_index("ix_learning_claims_person_year", ["person_id", "year"])
        batch_op.create_index("ix_learning_claims_state", ["state", "claimed_at"])
        batch_op.create_index(batch_op.f("ix_learning_claims_proof_sha256"), ["proof_sha256"])
        batch_op.create_index(batch_op.f("ix_learning_claims_unit_id"), ["unit_id"])

    op.create_table(
        "claim_decisions",
        sa.Column("claim_id", types.Identifier(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(32), nullable=False),
        sa.Column("by_id", types.Identifier(), nullable=False),
        sa.Column("by_name", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.Column("id", types.Identifier(), nullable=False),
        sa.CheckConstraint("ordinal >= 1", name=op.f("ck_claim_decisions_ordinal")),
        sa.CheckConstraint(
            "decision IN ('verified', 'refused', 'withdrawn')",
            name=op.f("ck_claim_decisions_decision"),
        ),
        sa.CheckConstraint(
            "decision <> 'refused' OR reason <> ''", name=op.f("ck_claim_decisions_reason")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["learning_claims.id"],
            name=op.f("fk_claim_decisions_claim_id_learning_claims"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_claim_decisions_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_decisions")),
        sa.UniqueConstraint(
            "claim_id", "ordinal", name=op.f("uq_claim_decisions_claim_id_ordinal")
        ),
    )
    with op.batch_alter_table("claim_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_decisions_by_id"), ["by_id"])

    op.create_table(
        "hour_statements",
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("jp", types.Exact(9, 2), nullable=False),
        sa.Column("content", types.Json, nullable=False),
        sa.Column("unit_id", types.Identifier(), nullable=True),
        sa.Column("frozen_at", types.UTCDateTime(), nullable=False),
        sa.Column("frozen_by", types.Identifier(), nullable=False),
        sa.Column("frozen_by_name", sa.String(length=300), nullable=False),
        sa.Column("id", types.Identifier(), nullable=False),
        sa.CheckConstraint("jp >= 0", name=op.f("ck_hour_statements_jp")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_hour_statements_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_hour_statements_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by"], ["people.id"], name=op.f("fk_hour_statements_frozen_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_statements")),
        sa.UniqueConstraint("person_id", "year", name=op.f("uq_hour_statements_person_id_year")),
    )
    with op.batch_alter_table("hour_statements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hour_statements_year"), ["year"])
        batch_op.create_index(batch_op.f("ix_hour_statements_unit_id"), ["unit_id"])
        batch_op.create_index(batch_op.f("ix_hour_statements_frozen_by"), ["frozen_by"])
    _keep_append_only()


def _keep_append_only():
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {refuse}"
                )
            # REPLACE deletes what is in its way without asking the triggers above.
            op.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_of_hours() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_hours()"
        )
        # TRUNCATE deletes no row in particular, so the trigger above does not see it.
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_hours()"
        )


def downgrade():
    for table in ("hour_statements", "claim_decisions", "learning_claims"):
        op.drop_table(table)  # and its triggers
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change_of_hours()")
