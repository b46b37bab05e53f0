"""keep what a qr holds"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("certificates", sa.Column("qr_payload", sa.String(length=260), nullable=True))


def downgrade():
    op.execute("ALTER TABLE certificates DROP COLUMN qr_payload")
