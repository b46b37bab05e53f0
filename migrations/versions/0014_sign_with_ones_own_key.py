"""sign with one's own key"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0014"
down_revision = "0010"
branch_labels = None
depends_on = None

WHATS = (
    "'issued', 'voided', 'revoked', 'superseded', 'key.created', 'key.retired', 'key.compromised'"
)
REASONS = (
    "'no_issuer', 'no_signatory', 'no_place', 'broken_template', 'number_taken', 'unprintable'"
)
SENTENCE = "log_entries is append-only"
SIGNED = "(signature IS NULL) = (kid IS NULL) AND (kid IS NULL) = (signed_at IS NULL)"


def upgrade():
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.String(length=8), nullable=False),
        sa.Column("algorithm", sa.String(length=10), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        *validity(),
        sa.CheckConstraint(
            "(compromised_at IS NULL) = (compromised_why IS NULL)",
            name=op.f("ck_signing_keys_compromised"),
        ),
        sa.CheckConstraint(
            "(retired_at IS NULL AND compromised_at IS NULL) = (sealed IS NOT NULL)",
            name=op.f("ck_signing_keys_sealed"),
        ),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_keys")),
    )
    in_use = sa.text("retired_at IS NULL AND compromised_at IS NULL")
    op.create_index(
        "uq_signing_keys_in_use",
        "signing_keys",
        ["algorithm"],
        unique=True,
        postgresql_where=in_use,
        sqlite_where=in_use,
    )
    op.create_table(
        "trusted_keys",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("kid", sa.String(length=8), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        *validity(),
        sa.Column("imported_at", types.UTCDateTime(), nullable=False),
        sa.Column("imported_by", types.Identifier(), nullable=True),
        sa.CheckConstraint(
            "(compromised_at IS NULL) = (compromised_why IS NULL)",
            name=op.f("ck_trusted_keys_compromised"),
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["people.id"], name=op.f("fk_trusted_keys_imported_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_keys")),
        sa.UniqueConstraint("kid", name=op.f("uq_trusted_keys_kid")),
    )
    op.create_table(
        "log_entries",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.Column("logged_at", types.UTCDateTime(), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_log_entries_position")),
        sa.CheckConstraint(f"what IN ({WHATS})", name=op.f("ck_log_entries_what")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_log_entries")),
        sa.UniqueConstraint("subject", "what", name=op.f("uq_log_entries_subject_what")),
        sa.UniqueConstraint("previous", name=op.f("uq_log_entries_previous")),
        sa.UniqueConstraint("hash", name=op.f("uq_log_entries_hash")),
    )
    keep_append_only()
    sign_certificates()
    allow_reasons(f"{REASONS}, 'key_locked', 'failed'")


def validity():
    """When a key signs, and what ended that."""
    return [
        sa.Column("valid_from", types.UTCDateTime(), nullable=False),
        sa.Column("retired_at", types.UTCDateTime(), nullable=True),
        sa.Column("compromised_at", types.UTCDateTime(), nullable=True),
        sa.Column("compromised_why", sa.String(length=500), nullable=True),
    ]


def keep_append_only():
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER log_entries_no_{act.lower()} BEFORE {act} ON log_entries {refuse}"
            )
        # REPLACE deletes what is in its way without asking the triggers above.
        op.execute(
            "CREATE TRIGGER log_entries_no_replace BEFORE INSERT ON log_entries "
            "WHEN EXISTS (SELECT 1 FROM log_entries WHERE position = NEW.position "
            "OR previous = NEW.previous OR hash = NEW.hash "
            f"OR (subject = NEW.subject AND what = NEW.what)) {refuse}"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER log_entries_no_change BEFORE UPDATE OR DELETE ON log_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log()"
    )
    # TRUNCATE deletes no row in particular, so the trigger above does not see it.
    op.execute(
        "CREATE TRIGGER log_entries_no_truncate BEFORE TRUNCATE ON log_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_log()"
    )


def sign_certificates():
    # SQLite adds a column with its key in one word only; a rebuilt table is not needed for it.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    binary, moment = ("BLOB", "DATETIME") if is_sqlite else ("BYTEA", "TIMESTAMP WITH TIME ZONE")
    op.execute(f"ALTER TABLE certificates ADD COLUMN signature {binary}")
    op.execute(f"ALTER TABLE certificates ADD COLUMN signed_at {moment}")
    op.execute(
        "ALTER TABLE certificates ADD COLUMN kid VARCHAR(8) "
        "CONSTRAINT fk_certificates_kid_signing_keys REFERENCES signing_keys (kid) "
        f"CONSTRAINT ck_certificates_signed CHECK ({SIGNED})"
    )
    unsigned = sa.text("signature IS NULL")
    op.create_index(
        "ix_certificates_unsigned",
        "certificates",
        ["id"],
        postgresql_where=unsigned,
        sqlite_where=unsigned,
    )


def allow_reasons(words):
    with op.batch_alter_table("pending_certificates") as batch_op:
        batch_op.drop_constraint(op.f("ck_pending_certificates_reason"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_pending_certificates_reason"), f"reason IN ({words})"
        )


def downgrade():
    op.execute("UPDATE pending_certificates SET reason = 'failed' WHERE reason = 'key_locked'")
    allow_reasons(f"{REASONS}, 'failed'")
    op.drop_index("ix_certificates_unsigned", table_name="certificates")
    with op.batch_alter_table("certificates") as batch_op:
        batch_op.drop_constraint(op.f("ck_certificates_signed"), type_="check")
        for column in ("kid", "signed_at", "signature"):
            batch_op.drop_column(column)
    for table in ("log_entries", "trusted_keys", "signing_keys"):
        op.drop_table(table)  # and its triggers
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change_of_log()")
