"""design documents"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KINDS = "kind IN ('sertifikat', 'sttp', 'surat-keterangan', 'piagam')"
REASONS = (
    "'no_issuer', 'no_signatory', 'no_place', 'broken_template', 'number_taken', 'unprintable', "
    "{more}'key_locked', 'failed'"
)


def upgrade():
    op.create_table(
        "certificate_templates",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("archived_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_certificate_templates_kind")),
        foreign("certificate_templates", "agency_id", "agencies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_templates")),
        sa.UniqueConstraint(
            "agency_id", "kind", "name", name=op.f("uq_certificate_templates_agency_id_kind_name")
        ),
    )
    op.create_table(
        "certificate_template_versions",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("template_id", types.Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("design", types.Json, nullable=False),
        sa.Column("changed_at", types.UTCDateTime(), nullable=False),
        sa.Column("published_at", types.UTCDateTime(), nullable=True),
        sa.Column("published_by", types.Identifier(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_certificate_template_versions_number")),
        foreign("certificate_template_versions", "template_id", "certificate_templates"),
        foreign("certificate_template_versions", "published_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_template_versions")),
        sa.UniqueConstraint(
            "template_id",
            "number",
            name=op.f("uq_certificate_template_versions_template_id_number"),
        ),
    )
    is_draft = sa.text("published_at IS NULL")
    op.create_index(
        "uq_certificate_template_versions_draft",
        "certificate_template_versions",
        ["template_id"],
        unique=True,
        postgresql_where=is_draft,
        sqlite_where=is_draft,
    )
    op.create_table(
        "document_kinds",
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("template_id", types.Identifier(), nullable=True),
        sa.Column("number_template", sa.String(length=200), nullable=False),
        sa.Column("allow_unsigned", sa.Boolean(), nullable=False),
        sa.Column("changed_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_document_kinds_kind")),
        foreign("document_kinds", "agency_id", "agencies"),
        foreign("document_kinds", "template_id", "certificate_templates"),
        sa.PrimaryKeyConstraint("agency_id", "kind", name=op.f("pk_document_kinds")),
    )
    op.create_table(
        "course_templates",
        sa.Column("course_id", types.Identifier(), nullable=False),
        sa.Column("template_id", types.Identifier(), nullable=False),
        sa.Column("changed_at", types.UTCDateTime(), nullable=False),
        foreign("course_templates", "course_id", "courses"),
        foreign("course_templates", "template_id", "certificate_templates"),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_templates")),
    )
    op.create_index(op.f("ix_course_templates_template_id"), "course_templates", ["template_id"])
    op.create_table(
        "template_pictures",
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint("width >= 1 AND height >= 1", name=op.f("ck_template_pictures_size")),
        foreign("template_pictures", "agency_id", "agencies"),
        sa.PrimaryKeyConstraint("agency_id", "sha256", name=op.f("pk_template_pictures")),
    )
    op.create_table(
        "voided_numbers",
        sa.Column("issuer_id", types.Identifier(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("voided_at", types.UTCDateTime(), nullable=False),
        sa.Column("voided_by", types.Identifier(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_voided_numbers_kind")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_voided_numbers_sequence")),
        foreign("voided_numbers", "issuer_id", "issuers"),
        foreign("voided_numbers", "voided_by", "people"),
        sa.PrimaryKeyConstraint(
            "issuer_id", "kind", "year", "sequence", name=op.f("pk_voided_numbers")
        ),
    )
    op.create_table(
        "course_registrations",
        sa.Column("course_id", types.Identifier(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("sourced_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", types.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", types.Identifier(), nullable=True),
        foreign("course_registrations", "course_id", "courses"),
        foreign("course_registrations", "recorded_by", "people"),
        sa.PrimaryKeyConstraint("course_id", "year", name=op.f("pk_course_registrations")),
    )
    allow_reasons(REASONS.format(more="'no_registration', "))


def foreign(table, column, other):
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def allow_reasons(words):
    with op.batch_alter_table("pending_certificates") as batch_op:
        batch_op.drop_constraint(op.f("ck_pending_certificates_reason"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_pending_certificates_reason"), f"reason IN ({words})"
        )


def downgrade():
    op.execute("UPDATE pending_certificates SET reason = 'failed' WHERE reason = 'no_registration'")
    allow_reasons(REASONS.format(more=""))
    for table in (
        "course_registrations",
        "voided_numbers",
        "template_pictures",
        "course_templates",
        "document_kinds",
        "certificate_template_versions",
        "certificate_templates",
    ):
        op.drop_table(table)
