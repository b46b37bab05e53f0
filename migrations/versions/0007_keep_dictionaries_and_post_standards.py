"""keep dictionaries and post standards"""

import sqlalchemy as sa
from alembic import op
from corpu import database as types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = "post_standards is append-only"
PUBLISHED = "a published version is never changed"
IS_PUBLISHED = (
    "(SELECT state FROM framework_versions WHERE id = {row}.version_id) = 'published'"
)

IN_THE_WAY = (
    ("post_standards", "id = NEW.id OR withdraws_id = NEW.withdraws_id", APPEND_ONLY),
    (
        "framework_versions",
        "state = 'published' AND (id = NEW.id OR (framework_id = NEW.framework_id"
        " AND (number = NEW.number OR starts_on = NEW.starts_on)))",
        PUBLISHED,
    ),
    (
        "framework_competencies",
        f"id = NEW.id AND {IS_PUBLISHED.format(row='framework_competencies')}",
        PUBLISHED,
    ),
)


def upgrade():
    op.create_table(
        "standards_stamp",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", types.Identifier(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_standards_stamp_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standards_stamp")),
    )
    op.create_table(
        "competency_frameworks",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('managerial', 'sociocultural', 'technical')",
            name=op.f("ck_competency_frameworks_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_competency_frameworks_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competency_frameworks")),
        sa.UniqueConstraint(
            "agency_id", "code", name=op.f("uq_competency_frameworks_agency_id_code")
        ),
    )
    op.create_table(
        "framework_versions",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("framework_id", types.Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("legal_basis", sa.String(300), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("published_at", types.UTCDateTime(), nullable=True),
        sa.Column("published_by", types.Identifier(), nullable=True),
        sa.Column("published_by_name", sa.String(300), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'published')", name=op.f("ck_framework_versions_state")
        ),
        sa.CheckConstraint(
            "(state = 'published') = (starts_on IS NOT NULL)",
            name=op.f("ck_framework_versions_starts_on"),
        ),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)",
            name=op.f("ck_framework_versions_published_at"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_framework_versions_number")),
        sa.ForeignKeyConstraint(
            ["framework_id"],
            ["competency_frameworks.id"],
            name=op.f("fk_framework_versions_framework_id_competency_frameworks"),
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["people.id"], name=op.f("fk_framework_versions_published_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_versions")),
        sa.UniqueConstraint(
            "framework_id", "number", name=op.f("uq_framework_versions_framework_id_number")
        ),
        sa.UniqueConstraint(
            "framework_id", "starts_on", name=op.f("uq_framework_versions_framework_id_starts_on")
        ),
    )
    op.create_index(
        "uq_framework_versions_draft",
        "framework_versions",
        ["framework_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "framework_competencies",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("version_id", types.Identifier(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("name_id", sa.String(160), nullable=False),
        sa.Column("name_en", sa.String(160), nullable=False),
        sa.Column("definition_id", sa.String(1000), nullable=False),
        sa.Column("definition_en", sa.String(1000), nullable=False),
        sa.Column("levels", types.Json, nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_framework_competencies_position")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["framework_versions.id"],
            name=op.f("fk_framework_competencies_version_id_framework_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_competencies")),
        sa.UniqueConstraint(
            "version_id", "code", name=op.f("uq_framework_competencies_version_id_code")
        ),
    )
    op.create_index(op.f("ix_framework_competencies_code"), "framework_competencies", ["code"])
    op.create_table(
        "post_standards",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("post_type", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("title_key", sa.String(200), nullable=False),
        sa.Column("unit_id", types.Identifier(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("levels", types.Json, nullable=False),
        sa.Column("legal_basis", sa.String(300), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("withdraws_id", types.Identifier(), nullable=True),
        sa.Column("recorded_by", types.Identifier(), nullable=True),
        sa.Column("recorded_by_name", sa.String(300), nullable=False),
        sa.Column("recorded_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('standard', 'end', 'withdrawal')", name=op.f("ck_post_standards_kind")
        ),
        sa.CheckConstraint(
            "(kind = 'withdrawal') = (withdraws_id IS NOT NULL)",
            name=op.f("ck_post_standards_withdraws"),
        ),
        sa.CheckConstraint("unit_id IS NULL OR title <> ''", name=op.f("ck_post_standards_unit")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_post_standards_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["people.id"], name=op.f("fk_post_standards_recorded_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_post_standards_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["withdraws_id"],
            ["post_standards.id"],
            name=op.f("fk_post_standards_withdraws_id_post_standards"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_standards")),
        sa.UniqueConstraint("withdraws_id", name=op.f("uq_post_standards_withdraws_id")),
    )
    op.create_index(
        "ix_post_standards_scope", "post_standards", ["agency_id", "post_type", "title_key"]
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_on_sqlite()
    else:
        _guard_on_postgresql()


def _guard_on_sqlite():
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER post_standards_no_{act.lower()} BEFORE {act} ON post_standards "
            f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
        )
        op.execute(
            f"CREATE TRIGGER framework_versions_no_{act.lower()} BEFORE {act} "
            "ON framework_versions WHEN OLD.state = 'published' "
            f"BEGIN SELECT RAISE(ABORT, '{PUBLISHED}'); END"
        )
    for act, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])):
        found = " OR ".join(IS_PUBLISHED.format(row=row) for row in rows)
        op.execute(
            f"CREATE TRIGGER framework_competencies_no_{act.lower()} BEFORE {act} "
            f"ON framework_competencies WHEN {found} "
            f"BEGIN SELECT RAISE(ABORT, '{PUBLISHED}'); END"
        )
    # REPLACE deletes what is in its way without asking the triggers above.
    for table, same, message in IN_THE_WAY:
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def _guard_on_postgresql():
    op.execute(
        "CREATE FUNCTION refuse_standard_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER post_standards_no_change BEFORE UPDATE OR DELETE ON post_standards "
        "FOR EACH ROW EXECUTE FUNCTION refuse_standard_change()"
    )
    op.execute(
        "CREATE TRIGGER post_standards_no_truncate BEFORE TRUNCATE ON post_standards "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_standard_change()"
    )
    op.execute(
        "CREATE FUNCTION refuse_published_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{PUBLISHED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER framework_versions_no_change BEFORE UPDATE OR DELETE "
        "ON framework_versions FOR EACH ROW WHEN (OLD.state = 'published') "
        "EXECUTE FUNCTION refuse_published_change()"
    )
    op.execute(
        "CREATE FUNCTION refuse_published_content() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM framework_versions WHERE state = 'published' "
        "AND ((TG_OP <> 'INSERT' AND id = OLD.version_id) "
        "OR (TG_OP <> 'DELETE' AND id = NEW.version_id))) "
        f"THEN RAISE EXCEPTION '{PUBLISHED}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER framework_competencies_no_change BEFORE INSERT OR UPDATE OR DELETE "
        "ON framework_competencies FOR EACH ROW EXECUTE FUNCTION refuse_published_content()"
    )
    for table in ("framework_versions", "framework_competencies"):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_published_change()"
        )


def downgrade():
    op.drop_table("post_standards")  # and the triggers of each
    op.drop_table("framework_competencies")
    op.drop_table("framework_versions")
    op.drop_table("competency_frameworks")
    op.drop_table("standards_stamp")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_standard_change()")
        op.execute("DROP FUNCTION refuse_published_change()")
        op.execute("DROP FUNCTION refuse_published_content()")
