"""keep the audit append-only"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SENTENCE = "audit_entries is append-only"


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entries_no_{act.lower()} BEFORE {act} ON audit_entries "
                f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
        # REPLACE deletes what is in its way without asking the trigger above.
        op.execute(
            "CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries "
            "WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id) "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    # TRUNCATE deletes no row in particular, so the trigger above does not see it.
    op.execute(
        "CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER audit_entries_no_{act}")
        return
    op.execute("DROP TRIGGER audit_entries_no_change ON audit_entries")
    op.execute("DROP TRIGGER audit_entries_no_truncate ON audit_entries")
    op.execute("DROP FUNCTION refuse_change()")
