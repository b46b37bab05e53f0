"""note in whose name a goal was written"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "plan_goals",
        sa.Column("author_name", sa.String(length=300), nullable=False, server_default=""),
    )
    # What was written before was written by somebody; their name of today is the one known.
    op.execute(
        "UPDATE plan_goals SET author_name = ("
        "SELECT trim(title_before || ' ' || name) || "
        "CASE WHEN title_after <> '' THEN ', ' || title_after ELSE '' END "
        "FROM people WHERE people.id = plan_goals.author_id)"
    )


def downgrade():
    op.execute("ALTER TABLE plan_goals DROP COLUMN author_name")
