"""Drafts a model wrote, how texts came about, ratings, examples."""

import sqlalchemy as sa
from alembic import op

from milo.db.tables import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assistant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("model_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_assistant_model_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_assistant_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistant")),
        sa.UniqueConstraint(
            "project_id", "model_id", "version", name=op.f("uq_assistant_project_id_model_id_version")
        ),
    )
    op.create_table(
        "engine",
        sa.Column("model_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("base_url", sa.Text(), nullable=True),
        sa.Column("key_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("wanted_at", UtcDateTime(), nullable=False),
        sa.Column("ready_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_engine_job_id")),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_engine_model_id")),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_engine")),
    )
    op.create_table(
        "model_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assistant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question", sa.String(length=63), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("is_cut", sa.Boolean(), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("input_tokens", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("output_tokens", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cost_usd", sa.Float(), nullable=True),
        sa.Column("first_token_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("generation_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("unsure", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_model_draft_assignment_id")
        ),
        sa.ForeignKeyConstraint(["assistant_id"], ["assistant.id"], name=op.f("fk_model_draft_assistant_id")),
        sa.ForeignKeyConstraint(["call_id"], ["model_call.id"], name=op.f("fk_model_draft_call_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_model_draft_item_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_model_draft_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_draft")),
        sa.UniqueConstraint("assignment_id", "number", name=op.f("uq_model_draft_assignment_id_number")),
    )
    with op.batch_alter_table("model_draft", schema=None) as batch_op:
        batch_op.create_index("ix_model_draft_assistant", ["assistant_id", "status"], unique=False)
        batch_op.create_index("ix_model_draft_item", ["item_id"], unique=False)
        batch_op.create_index("ix_model_draft_project", ["project_id", "id"], unique=False)

    op.create_table(
        "rating",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rated", sa.String(length=12), nullable=False),
        sa.Column("target", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.String(length=63), nullable=False),
        sa.Column("question", sa.String(length=63), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("thumb", sa.String(length=4), nullable=False),
        sa.Column("complaints", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_rating_assignment_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_rating_item_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rating_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_rating_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint(
            "person_id", "rated", "target", "part", name=op.f("uq_rating_person_id_rated_target_part")
        ),
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index("ix_rating_assignment", ["assignment_id"], unique=False)
        batch_op.create_index("ix_rating_project", ["project_id", "rated", "thumb", "id"], unique=False)

    op.create_table(
        "example",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question", sa.String(length=63), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("rating_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_example_created_by")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_example_item_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_example_project_id")),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_example_rating_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_example")),
    )
    with op.batch_alter_table("example", schema=None) as batch_op:
        batch_op.create_index("ix_example_project", ["project_id", "question", "id"], unique=False)

    op.create_table(
        "writing",
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question", sa.String(length=63), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("words", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("draft_share", sa.Float(), nullable=False),
        sa.Column("edit_distance", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pasted", sa.JSON(), nullable=False),
        sa.Column("first_edit_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("edits", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_writing_assignment_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["model_draft.id"], name=op.f("fk_writing_draft_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_writing_project_id")),
        sa.PrimaryKeyConstraint("assignment_id", "revision", "question", name=op.f("pk_writing")),
    )
    with op.batch_alter_table("writing", schema=None) as batch_op:
        batch_op.create_index("ix_writing_project", ["project_id", "assignment_id"], unique=False)

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("assist_held_out", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("writing", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_column("writing")

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_column("assist_held_out")

    with op.batch_alter_table("writing", schema=None) as batch_op:
        batch_op.drop_index("ix_writing_project")

    op.drop_table("writing")
    with op.batch_alter_table("example", schema=None) as batch_op:
        batch_op.drop_index("ix_example_project")

    op.drop_table("example")
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_index("ix_rating_project")
        batch_op.drop_index("ix_rating_assignment")

    op.drop_table("rating")
    with op.batch_alter_table("model_draft", schema=None) as batch_op:
        batch_op.drop_index("ix_model_draft_project")
        batch_op.drop_index("ix_model_draft_item")
        batch_op.drop_index("ix_model_draft_assistant")

    op.drop_table("model_draft")
    op.drop_table("engine")
    op.drop_table("assistant")
