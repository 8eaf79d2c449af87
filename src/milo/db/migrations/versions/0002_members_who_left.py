"""Who leaves a project keeps the pseudonym there."""

import sqlalchemy as sa
from alembic import op

from milo.db.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("membership", sa.Column("left_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM membership WHERE left_at IS NOT NULL")
    op.drop_column("membership", "left_at")
