"""issue certificates in batches"""

import sqlalchemy as sa
from alembic import op

from corpu import database as types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

REASONS = (
    "'no_issuer', 'no_signatory', 'no_place', 'broken_template', 'number_taken', 'unprintable', "
    "'no_registration', 'key_locked', "
)


def upgrade():
    allow_reasons(f"{REASONS}'batch', 'failed'")
    op.create_table('batch_courses',
    sa.Column('course_id', types.Identifier(), nullable=False),
    sa.Column('unit_id', types.Identifier(), nullable=False),
    sa.Column('since', types.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_batch_courses_course_id_courses')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_batch_courses_unit_id_units')),
    sa.PrimaryKeyConstraint('course_id', name=op.f('pk_batch_courses'))
    )
    op.create_table('certificate_batches',
    sa.Column('unit_id', types.Identifier(), nullable=False),
    sa.Column('course_id', types.Identifier(), nullable=False),
    sa.Column('chosen', types.Json, nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('run', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('created_by', types.Identifier(), nullable=True),
    sa.Column('created_by_name', sa.String(length=300), nullable=False),
    sa.Column('created_at', types.UTCDateTime(), nullable=False),
    sa.Column('begun_at', types.UTCDateTime(), nullable=True),
    sa.Column('finished_at', types.UTCDateTime(), nullable=True),
    sa.Column('id', types.Identifier(), nullable=False),
    sa.CheckConstraint("(state = 'done') = (finished_at IS NOT NULL)", name=op.f('ck_certificate_batches_finished')),
    sa.CheckConstraint("(state = 'draft') = (begun_at IS NULL)", name=op.f('ck_certificate_batches_begun')),
    sa.CheckConstraint("state IN ('draft', 'waiting', 'running', 'stopped', 'done')", name=op.f('ck_certificate_batches_state')),
    sa.CheckConstraint('run >= 0', name=op.f('ck_certificate_batches_run')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_certificate_batches_course_id_courses')),
    sa.ForeignKeyConstraint(['created_by'], ['people.id'], name=op.f('fk_certificate_batches_created_by_people')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_certificate_batches_unit_id_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_batches'))
    )
    op.create_index(op.f('ix_certificate_batches_unit_id'), 'certificate_batches', ['unit_id'], unique=False)
    op.create_table('batch_files',
    sa.Column('batch_id', types.Identifier(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('first', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.Column('documents', sa.Integer(), nullable=False),
    sa.Column('missing', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('asked_at', types.UTCDateTime(), nullable=False),
    sa.Column('made_at', types.UTCDateTime(), nullable=True),
    sa.Column('id', types.Identifier(), nullable=False),
    sa.CheckConstraint("kind IN ('zip', 'print')", name=op.f('ck_batch_files_kind')),
    sa.CheckConstraint('part >= 1 AND documents >= 0 AND size >= 0', name=op.f('ck_batch_files_counts')),
    sa.ForeignKeyConstraint(['batch_id'], ['certificate_batches.id'], name=op.f('fk_batch_files_batch_id_certificate_batches')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch_files')),
    sa.UniqueConstraint('batch_id', 'kind', 'part', name=op.f('uq_batch_files_batch_id_kind_part'))
    )
    op.create_table('batch_items',
    sa.Column('batch_id', types.Identifier(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('person_id', types.Identifier(), nullable=True),
    sa.Column('enrolment_id', types.Identifier(), nullable=True),
    sa.Column('completion_id', types.Identifier(), nullable=True),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=32), nullable=True),
    sa.Column('detail', sa.String(length=200), nullable=False),
    sa.Column('mail', sa.String(length=32), nullable=True),
    sa.Column('mailed_at', types.UTCDateTime(), nullable=True),
    sa.CheckConstraint("(state = 'unknown') = (person_id IS NULL)", name=op.f('ck_batch_items_person')),
    sa.CheckConstraint("completion_id IS NOT NULL OR state NOT IN ('chosen', 'issued', 'present', 'refused')", name=op.f('ck_batch_items_completion')),
    sa.CheckConstraint("mail IN ('sending', 'sent', 'failed', 'no_address')", name=op.f('ck_batch_items_mail')),
    sa.CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name=op.f('ck_batch_items_refused')),
    sa.CheckConstraint("state IN ('chosen', 'issued', 'present', 'refused', 'learning', 'absent', 'unknown')", name=op.f('ck_batch_items_state')),
    sa.ForeignKeyConstraint(['batch_id'], ['certificate_batches.id'], name=op.f('fk_batch_items_batch_id_certificate_batches')),
    sa.ForeignKeyConstraint(['completion_id'], ['completions.id'], name=op.f('fk_batch_items_completion_id_completions')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolments.id'], name=op.f('fk_batch_items_enrolment_id_enrolments')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_batch_items_person_id_people')),
    sa.PrimaryKeyConstraint('batch_id', 'position', name=op.f('pk_batch_items')),
    sa.UniqueConstraint('batch_id', 'completion_id', name=op.f('uq_batch_items_batch_id_completion_id'))
    )
    op.create_index(op.f('ix_batch_items_person_id'), 'batch_items', ['person_id'], unique=False)
    op.create_index('ix_batch_items_state', 'batch_items', ['batch_id', 'state', 'position'], unique=False)


def allow_reasons(words):
    with op.batch_alter_table("pending_certificates") as batch_op:
        batch_op.drop_constraint(op.f("ck_pending_certificates_reason"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_pending_certificates_reason"), f"reason IN ({words})"
        )


def downgrade():
    op.drop_index('ix_batch_items_state', table_name='batch_items')
    op.drop_index(op.f('ix_batch_items_person_id'), table_name='batch_items')
    op.drop_table('batch_items')
    op.drop_table('batch_files')
    op.drop_index(op.f('ix_certificate_batches_unit_id'), table_name='certificate_batches')
    op.drop_table('certificate_batches')
    op.drop_table('batch_courses')
    op.execute("UPDATE pending_certificates SET reason = 'failed' WHERE reason = 'batch'")
    allow_reasons(f"{REASONS}'failed'")
