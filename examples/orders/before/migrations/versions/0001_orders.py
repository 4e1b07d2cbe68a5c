"""orders"""
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "order",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer", sa.String(64), nullable=False),
        sa.Column("total", sa.Numeric(10, 2), nullable=False),
        sa.Column("booked", sa.Boolean, nullable=False),
    )


def downgrade():
    op.drop_table("order")
