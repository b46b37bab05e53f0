"""record what the ip asn needs"""

import sqlalchemy as sa
from alembic import op
from corpu import database as types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SENTENCE = "ipasn_entries is append-only"


def upgrade():
    op.create_table(
        "ipasn_entries",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("jp", types.Exact(6, 2), nullable=True),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("total", types.Exact(7, 4), nullable=True),
        sa.Column("qualification", types.Exact(7, 4), nullable=True),
        sa.Column("competence", types.Exact(7, 4), nullable=True),
        sa.Column("performance", types.Exact(7, 4), nullable=True),
        sa.Column("discipline", types.Exact(7, 4), nullable=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("withdraws_id", types.Identifier(), nullable=True),
        sa.Column("recorded_by", types.Identifier(), nullable=True),
        sa.Column("recorded_by_name", sa.String(300), nullable=False),
        sa.Column("recorded_at", types.UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "kind IN ('education', 'performance', 'sanction', 'training', 'official',"
            " 'withdrawal')",
            name=op.f("ck_ipasn_entries_kind"),
        ),
        sa.CheckConstraint(
            "(kind = 'withdrawal') = (withdraws_id IS NOT NULL)",
            name=op.f("ck_ipasn_entries_withdraws"),
        ),
        sa.CheckConstraint(
            "(kind IN ('performance', 'official')) = (year IS NOT NULL)",
            name=op.f("ck_ipasn_entries_year"),
        ),
        sa.CheckConstraint(
            "(kind IN ('sanction', 'training')) = (day IS NOT NULL)",
            name=op.f("ck_ipasn_entries_day"),
        ),
        sa.CheckConstraint(
            "(kind = 'official') = (total IS NOT NULL)", name=op.f("ck_ipasn_entries_total")
        ),
        sa.CheckConstraint("jp >= 0", name=op.f("ck_ipasn_entries_jp")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_ipasn_entries_not_negative")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_ipasn_entries_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["people.id"], name=op.f("fk_ipasn_entries_recorded_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["withdraws_id"],
            ["ipasn_entries.id"],
            name=op.f("fk_ipasn_entries_withdraws_id_ipasn_entries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ipasn_entries")),
        sa.UniqueConstraint("withdraws_id", name=op.f("uq_ipasn_entries_withdraws_id")),
    )
    op.create_index(op.f("ix_ipasn_entries_person_id"), "ipasn_entries", ["person_id"])
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ipasn_entries_no_{act.lower()} BEFORE {act} ON ipasn_entries "
                f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_ipasn_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER ipasn_entries_no_change BEFORE UPDATE OR DELETE ON ipasn_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_ipasn_change()"
    )
    op.execute(
        "CREATE TRIGGER ipasn_entries_no_truncate BEFORE TRUNCATE ON ipasn_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_ipasn_change()"
    )


def downgrade():
    op.drop_table("ipasn_entries")  # and its triggers
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_ipasn_change()")
