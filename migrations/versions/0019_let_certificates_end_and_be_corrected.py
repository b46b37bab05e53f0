"""let certificates end, be corrected and be revoked by two"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

CLASSES = "'identity', 'data', 'requirements', 'fraud', 'duplicate', 'order', 'other'"
CURRENT = sa.text("superseded_at IS NULL")
WAITING = sa.text("state = 'waiting'")


def upgrade():
    op.add_column(
        "issuers",
        sa.Column("needs_consent", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("issuers", sa.Column("consent_until", types.UTCDateTime(), nullable=True))
    for column in (
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("renews_id", types.Identifier(), nullable=True),
        sa.Column("replaces_id", types.Identifier(), nullable=True),
        sa.Column("superseded_at", types.UTCDateTime(), nullable=True),
        sa.Column("revocation_class", sa.String(32), nullable=True),
    ):
        op.add_column("certificates", column)
    # What was revoked before there were classes.
    op.execute(
        "UPDATE certificates SET revocation_class = 'other' WHERE revoked_at IS NOT NULL"
    )
    with op.batch_alter_table("certificates") as batch_op:
        batch_op.drop_constraint(op.f("uq_certificates_completion_id"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_certificates_replaces_id"), ["replaces_id"])
        for name in ("renews_id", "replaces_id"):
            batch_op.create_foreign_key(
                op.f(f"fk_certificates_{name}_certificates"), "certificates", [name], ["id"]
            )
        batch_op.create_check_constraint(
            op.f("ck_certificates_classed"), "(revoked_at IS NULL) = (revocation_class IS NULL)"
        )
        batch_op.create_check_constraint(
            op.f("ck_certificates_revocation_class"), f"revocation_class IN ({CLASSES})"
        )
        batch_op.create_check_constraint(
            op.f("ck_certificates_one_end"), "superseded_at IS NULL OR revoked_at IS NULL"
        )
    op.create_index(op.f("ix_certificates_completion_id"), "certificates", ["completion_id"])
    op.create_index(op.f("ix_certificates_valid_until"), "certificates", ["valid_until"])
    op.create_index(
        "uq_certificates_current",
        "certificates",
        ["completion_id"],
        unique=True,
        postgresql_where=CURRENT,
        sqlite_where=CURRENT,
    )

    op.create_table(
        "certificate_proposals",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("certificate_id", types.Identifier(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("revocation_class", sa.String(32), nullable=True),
        sa.Column("changes", types.JsonOrNull, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_at", types.UTCDateTime(), nullable=False),
        sa.Column("asked_by", types.Identifier(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=300), nullable=False),
        sa.Column("lapses_at", types.UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("answered_at", types.UTCDateTime(), nullable=True),
        sa.Column("answered_by", types.Identifier(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "kind IN ('revoke', 'correct')", name=op.f("ck_certificate_proposals_kind")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'agreed', 'refused', 'withdrawn', 'lapsed', 'overtaken')",
            name=op.f("ck_certificate_proposals_state"),
        ),
        sa.CheckConstraint(
            f"revocation_class IN ({CLASSES})",
            name=op.f("ck_certificate_proposals_revocation_class"),
        ),
        sa.CheckConstraint(
            "(kind = 'revoke') = (revocation_class IS NOT NULL)",
            name=op.f("ck_certificate_proposals_class_of"),
        ),
        sa.CheckConstraint(
            "(kind = 'correct') = (changes IS NOT NULL)",
            name=op.f("ck_certificate_proposals_changes_of"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (answered_at IS NULL)",
            name=op.f("ck_certificate_proposals_answered"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('agreed', 'refused') OR answered_by IS NOT NULL",
            name=op.f("ck_certificate_proposals_answerer"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('agreed', 'refused') OR asked_by IS NULL OR answered_by <> asked_by",
            name=op.f("ck_certificate_proposals_second_person"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR answer IS NOT NULL",
            name=op.f("ck_certificate_proposals_refused_why"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_proposals_certificate_id_certificates"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["people.id"], name=op.f("fk_certificate_proposals_asked_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name=op.f("fk_certificate_proposals_answered_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_proposals")),
    )
    waiting("certificate_proposals")

    op.create_table(
        "correction_wishes",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("certificate_id", types.Identifier(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("asked_at", types.UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("answered_at", types.UTCDateTime(), nullable=True),
        sa.Column("answered_by", types.Identifier(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'granted', 'refused', 'withdrawn', 'overtaken')",
            name=op.f("ck_correction_wishes_state"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (answered_at IS NULL)",
            name=op.f("ck_correction_wishes_answered"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR answer IS NOT NULL",
            name=op.f("ck_correction_wishes_refused_why"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_correction_wishes_certificate_id_certificates"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name=op.f("fk_correction_wishes_answered_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_wishes")),
    )
    waiting("correction_wishes")

    op.create_table(
        "expiry_reminders",
        sa.Column("certificate_id", types.Identifier(), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint("days IN (90, 30, 7)", name=op.f("ck_expiry_reminders_days")),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_expiry_reminders_certificate_id_certificates"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", "days", name=op.f("pk_expiry_reminders")),
    )

    op.create_table(
        "course_validities",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("course_id", types.Identifier(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("set_at", types.UTCDateTime(), nullable=False),
        sa.Column("set_by", types.Identifier(), nullable=True),
        sa.CheckConstraint("months BETWEEN 1 AND 120", name=op.f("ck_course_validities_months")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_validities_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["people.id"], name=op.f("fk_course_validities_set_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_validities")),
        sa.UniqueConstraint(
            "course_id", "from_on", name=op.f("uq_course_validities_course_id_from_on")
        ),
    )


def waiting(table):
    """Found by certificate; at most one of each waits."""
    op.create_index(op.f(f"ix_{table}_certificate_id"), table, ["certificate_id"])
    op.create_index(
        f"uq_{table}_waiting",
        table,
        ["certificate_id"],
        unique=True,
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )


def downgrade():
    for table in (
        "course_validities",
        "expiry_reminders",
        "correction_wishes",
        "certificate_proposals",
    ):
        op.drop_table(table)
    op.drop_index("uq_certificates_current", table_name="certificates")
    op.drop_index(op.f("ix_certificates_valid_until"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_completion_id"), table_name="certificates")
    with op.batch_alter_table("certificates") as batch_op:
        for name in ("classed", "revocation_class", "one_end"):
            batch_op.drop_constraint(op.f(f"ck_certificates_{name}"), type_="check")
        batch_op.drop_constraint(op.f("uq_certificates_replaces_id"), type_="unique")
        for name in ("renews_id", "replaces_id"):
            batch_op.drop_constraint(
                op.f(f"fk_certificates_{name}_certificates"), type_="foreignkey"
            )
        for name in (
            "valid_until",
            "renews_id",
            "replaces_id",
            "superseded_at",
            "revocation_class",
        ):
            batch_op.drop_column(name)
        # Superseded certificates cannot be told from their successors without these columns: a
        # database that has any is not led back.
        batch_op.create_unique_constraint(op.f("uq_certificates_completion_id"), ["completion_id"])
    op.drop_column("issuers", "consent_until")
    op.drop_column("issuers", "needs_consent")
