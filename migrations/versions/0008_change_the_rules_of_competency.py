"""change the rules of competency"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What a row is known by: REPLACE deletes what is in its way by any of these.
APPEND_ONLY = {
    "rule_changes": "rule_id = NEW.rule_id AND person_id = NEW.person_id"
    " AND competency = NEW.competency",
    "evidence_corrections": "id = NEW.id OR evidence_id = NEW.evidence_id",
}


def key(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
    )


def levels(table):
    return [
        sa.CheckConstraint(f"{side}_level BETWEEN 0 AND 5", name=op.f(f"ck_{table}_{side}_level"))
        for side in ("before", "after")
    ]


def sides():
    return [
        sa.Column(f"{side}_{what}", kind, nullable=True)
        for side in ("before", "after")
        for what, kind in (("level", sa.Integer()), ("score", types.Exact(3, 2)))
    ]


def upgrade():
    op.create_table(
        "rule_drafts",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("rule", types.Json, nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("valid_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("rule_id", types.Identifier(), nullable=True),
        sa.Column("created_by", types.Identifier(), nullable=True),
        sa.Column("created_by_name", sa.String(length=300), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("changed_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'applied', 'discarded')", name=op.f("ck_rule_drafts_state")
        ),
        sa.CheckConstraint(
            "(state = 'applied') = (rule_id IS NOT NULL)", name=op.f("ck_rule_drafts_applied")
        ),
        sa.CheckConstraint("base_version >= 0", name=op.f("ck_rule_drafts_base_version")),
        key("rule_drafts", "agency_id", "agencies"),
        key("rule_drafts", "rule_id", "competency_rules"),
        key("rule_drafts", "created_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_drafts")),
        sa.UniqueConstraint("rule_id", name=op.f("uq_rule_drafts_rule_id")),
    )
    op.create_table(
        "rule_previews",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("draft_id", types.Identifier(), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.Column("mark", types.Json, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("after_person", types.Identifier(), nullable=True),
        sa.Column("finished_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_rule_previews_counts")),
        sa.CheckConstraint(
            "finished_at IS NULL OR finished_at >= at", name=op.f("ck_rule_previews_order")
        ),
        key("rule_previews", "draft_id", "rule_drafts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_previews")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_rule_previews_draft_id")),
    )
    op.create_table(
        "rule_preview_effects",
        sa.Column("preview_id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("competency", sa.String(length=12), nullable=False),
        sa.Column("unit_id", types.Identifier(), nullable=True),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        *sides(),
        *levels("rule_preview_effects"),
        key("rule_preview_effects", "preview_id", "rule_previews"),
        key("rule_preview_effects", "person_id", "people"),
        key("rule_preview_effects", "unit_id", "units"),
        sa.PrimaryKeyConstraint(
            "preview_id", "person_id", "competency", name=op.f("pk_rule_preview_effects")
        ),
    )
    op.create_index(
        "ix_rule_preview_effects_unit", "rule_preview_effects", ["preview_id", "unit_id"]
    )
    op.create_table(
        "rule_applications",
        sa.Column("rule_id", types.Identifier(), nullable=False),
        sa.Column("former_rule", types.Json, nullable=False),
        sa.Column("former_version", sa.Integer(), nullable=True),
        sa.Column("moment", types.UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("after_person", types.Identifier(), nullable=True),
        sa.Column("applied_by", types.Identifier(), nullable=True),
        sa.Column("applied_by_name", sa.String(length=300), nullable=False),
        sa.Column("applied_at", types.UTCDateTime(), nullable=False),
        sa.Column("finished_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'stopped', 'done')",
            name=op.f("ck_rule_applications_state"),
        ),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_rule_applications_counts")),
        sa.CheckConstraint("run >= 1", name=op.f("ck_rule_applications_run")),
        sa.CheckConstraint(
            "(state = 'done') = (finished_at IS NOT NULL)",
            name=op.f("ck_rule_applications_finished"),
        ),
        key("rule_applications", "rule_id", "competency_rules"),
        key("rule_applications", "applied_by", "people"),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_rule_applications")),
    )
    op.create_table(
        "rule_changes",
        sa.Column("rule_id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("competency", sa.String(length=12), nullable=False),
        sa.Column("moment", types.UTCDateTime(), nullable=False),
        *sides(),
        sa.Column("unit_id", types.Identifier(), nullable=True),
        *levels("rule_changes"),
        key("rule_changes", "rule_id", "competency_rules"),
        key("rule_changes", "person_id", "people"),
        key("rule_changes", "unit_id", "units"),
        sa.PrimaryKeyConstraint("rule_id", "person_id", "competency", name=op.f("pk_rule_changes")),
    )
    op.create_index("ix_rule_changes_person", "rule_changes", ["person_id", "competency"])

    op.create_table(
        "assessment_imports",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", types.Json, nullable=False),
        sa.Column("sent_by", types.Identifier(), nullable=False),
        sa.Column("sent_by_name", sa.String(length=300), nullable=False),
        sa.Column("sent_at", types.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", types.Identifier(), nullable=True),
        sa.Column("recorded_at", types.UTCDateTime(), nullable=True),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.CheckConstraint("recorded >= 0", name=op.f("ck_assessment_imports_recorded")),
        sa.CheckConstraint(
            "(recorded_at IS NULL) = (recorded_by IS NULL)",
            name=op.f("ck_assessment_imports_recorded_by"),
        ),
        key("assessment_imports", "sent_by", "people"),
        key("assessment_imports", "recorded_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_imports")),
    )
    op.create_index("ix_assessment_imports_digest", "assessment_imports", ["digest"])
    op.create_index(op.f("ix_assessment_imports_sent_by"), "assessment_imports", ["sent_by"])
    op.create_table(
        "evidence_corrections",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("evidence_id", types.Identifier(), nullable=False),
        sa.Column("replaced_by", types.Identifier(), nullable=True),
        sa.Column("by_id", types.Identifier(), nullable=True),
        sa.Column("by_name", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_evidence_corrections_reason")),
        key("evidence_corrections", "evidence_id", "evidence"),
        key("evidence_corrections", "replaced_by", "evidence"),
        key("evidence_corrections", "by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_corrections")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_evidence_corrections_evidence_id")),
    )
    op.create_index(op.f("ix_evidence_corrections_by_id"), "evidence_corrections", ["by_id"])
    op.create_table(
        "peer_requests",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("peer_id", types.Identifier(), nullable=False),
        sa.Column("asked_by", types.Identifier(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=300), nullable=False),
        sa.Column("competencies", types.Json, nullable=False),
        sa.Column("asked_at", types.UTCDateTime(), nullable=False),
        sa.Column("answered_at", types.UTCDateTime(), nullable=True),
        sa.Column("closed_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint("person_id <> peer_id", name=op.f("ck_peer_requests_another")),
        key("peer_requests", "person_id", "people"),
        key("peer_requests", "peer_id", "people"),
        key("peer_requests", "asked_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_requests")),
    )
    for column in ("person_id", "peer_id", "asked_by"):
        op.create_index(op.f(f"ix_peer_requests_{column}"), "peer_requests", [column])
    waits = sa.text("answered_at IS NULL AND closed_at IS NULL")
    op.create_index(
        "uq_peer_requests_open",
        "peer_requests",
        ["person_id", "peer_id"],
        unique=True,
        postgresql_where=waits,
        sqlite_where=waits,
    )
    keep_append_only()


def keep_append_only():
    if op.get_bind().dialect.name == "sqlite":
        for table, same in APPEND_ONLY.items():
            refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {refuse}"
                )
            # REPLACE deletes what is in its way without asking the triggers above.
            op.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_competency_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_competency_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_competency_change()"
        )


def downgrade():
    for table in (
        "peer_requests",
        "evidence_corrections",
        "assessment_imports",
        "rule_changes",
        "rule_applications",
        "rule_preview_effects",
        "rule_previews",
        "rule_drafts",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_competency_change()")
