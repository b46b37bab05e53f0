"""find the ratings of a person"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STANDING = sa.text("kind = 'supervisor' AND revoked_at IS NULL")


def upgrade():
    op.create_index(
        "ix_evidence_ratings",
        "evidence",
        ["person_id", "competency", "observed_at"],
        postgresql_where=STANDING,
        sqlite_where=STANDING,
    )


def downgrade():
    op.drop_index("ix_evidence_ratings", "evidence")
