"""Rubrics, feedback, judges, and what an assignment knows of its review."""

import sqlalchemy as sa
from alembic import op

from milo.db.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "judge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("model_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("rubric_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("binds", sa.Boolean(), nullable=False),
        sa.Column("card", sa.JSON(), nullable=True),
        sa.Column("card_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_judge_model_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_judge_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge")),
        sa.UniqueConstraint(
            "project_id", "model_id", "version", name=op.f("uq_judge_project_id_model_id_version")
        ),
    )
    op.create_table(
        "rubric_version",
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rubrics", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_rubric_version_created_by")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_rubric_version_project_id")),
        sa.PrimaryKeyConstraint("project_id", "version", name=op.f("pk_rubric_version")),
    )
    op.create_table(
        "answer_check",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("verdicts", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_answer_check_assignment_id")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_answer_check_job_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_answer_check_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_answer_check_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_check")),
    )
    with op.batch_alter_table("answer_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_check_assignment_id"), ["assignment_id"], unique=False)

    op.create_table(
        "calibration",
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_calibration_assignment_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_calibration_project_id")),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_calibration")),
    )
    with op.batch_alter_table("calibration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calibration_project_id"), ["project_id"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("prompt_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("judge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("binds", sa.Boolean(), nullable=False),
        sa.Column("is_calibration", sa.Boolean(), nullable=False),
        sa.Column("rubric_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("only", sa.JSON(), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("judged_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("own_findings", sa.JSON(), nullable=True),
        sa.Column("agreements", sa.JSON(), nullable=False),
        sa.Column("active_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_feedback_assignment_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_feedback_item_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_feedback_judge_id")),
        sa.ForeignKeyConstraint(["judged_by"], ["feedback.id"], name=op.f("fk_feedback_judged_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_feedback_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_feedback_project_id")),
        sa.ForeignKeyConstraint(
            ["prompt_version_id"], ["prompt_version.id"], name=op.f("fk_feedback_prompt_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("client_id", "project_id", name=op.f("uq_feedback_client_id_project_id")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index("ix_feedback_assignment", ["assignment_id", "revision"], unique=False)
        batch_op.create_index("ix_feedback_item", ["item_id"], unique=False)
        batch_op.create_index("ix_feedback_project", ["project_id", "id"], unique=False)
        batch_op.create_index(
            "ix_feedback_judge",
            ["judge_id", "id"],
            unique=False,
            sqlite_where=sa.text("judge_id IS NOT NULL"),
            postgresql_where=sa.text("judge_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_feedback_person",
            ["project_id", "person_id", "created_at"],
            unique=False,
            sqlite_where=sa.text("person_id IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL"),
        )

    op.create_table(
        "review_claim",
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=False),
        sa.Column("own_findings", sa.JSON(), nullable=True),
        sa.Column("shown_feedback_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_review_claim_assignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["shown_feedback_id"], ["feedback.id"], name=op.f("fk_review_claim_shown_feedback_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_claim_person_id")),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_review_claim")),
    )
    with op.batch_alter_table("review_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_claim_person_id"), ["person_id"], unique=False)

    op.create_table(
        "verdict",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("judge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("prompt_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.String(length=63), nullable=False),
        sa.Column("sample", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_verdict_assignment_id")),
        sa.ForeignKeyConstraint(["call_id"], ["model_call.id"], name=op.f("fk_verdict_call_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_verdict_item_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_verdict_job_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_verdict_judge_id")),
        sa.ForeignKeyConstraint(
            ["prompt_version_id"], ["prompt_version.id"], name=op.f("fk_verdict_prompt_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index("ix_verdict_job", ["job_id"], unique=False)
        batch_op.create_index(
            "uq_verdict_assignment",
            ["judge_id", "assignment_id", "revision", "part", "sample"],
            unique=True,
            sqlite_where=sa.text("assignment_id IS NOT NULL"),
            postgresql_where=sa.text("assignment_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_verdict_label",
            ["judge_id", "item_id", "prompt_version_id", "revision", "part", "sample"],
            unique=True,
            sqlite_where=sa.text("prompt_version_id IS NOT NULL"),
            postgresql_where=sa.text("prompt_version_id IS NOT NULL"),
        )

    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("by", sa.String(length=12), nullable=False),
        sa.Column("feedback_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_decision_assignment_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_decision_feedback_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_decision_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index("ix_decision_assignment", ["assignment_id", "revision"], unique=False)
        batch_op.create_index("ix_decision_project", ["project_id", "id"], unique=False)

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("review", sa.String(length=8), server_default="none", nullable=False))
        batch_op.add_column(sa.Column("asked_judge", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("asked_person", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("judge_due", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(
            sa.Column("review_rank", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column(
                "redo_rounds",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                server_default="0",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("redo_until", UtcDateTime(), nullable=True))
        batch_op.create_index(
            "ix_assignment_judge",
            ["project_id", "id"],
            unique=False,
            sqlite_where=sa.text("judge_due = 1"),
            postgresql_where=sa.text("judge_due"),
        )
        batch_op.create_index(
            "ix_assignment_absent",
            ["project_id", "redo_until"],
            unique=False,
            sqlite_where=sa.text("state = 'redo'"),
            postgresql_where=sa.text("state = 'redo'"),
        )
        batch_op.create_index(
            "ix_assignment_reviewed",
            ["project_id", "review", "id"],
            unique=False,
            sqlite_where=sa.text("review <> 'none'"),
            postgresql_where=sa.text("review <> 'none'"),
        )
        batch_op.create_index(
            "ix_assignment_redo",
            ["project_id", "annotator_id"],
            unique=False,
            sqlite_where=sa.text("state = 'redo'"),
            postgresql_where=sa.text("state = 'redo'"),
        )
        batch_op.create_index(
            "ix_assignment_review",
            ["project_id", "review_rank", "id", "state", "asked_person", "annotator_id"],
            unique=False,
            sqlite_where=sa.text("review_rank IS NOT NULL"),
            postgresql_where=sa.text("review_rank IS NOT NULL"),
        )

    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "rubric_version",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                server_default="0",
                nullable=False,
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_column("rubric_version")

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_assignment_review",
            sqlite_where=sa.text("review_rank IS NOT NULL"),
            postgresql_where=sa.text("review_rank IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_assignment_reviewed",
            sqlite_where=sa.text("review <> 'none'"),
            postgresql_where=sa.text("review <> 'none'"),
        )
        batch_op.drop_index(
            "ix_assignment_absent",
            sqlite_where=sa.text("state = 'redo'"),
            postgresql_where=sa.text("state = 'redo'"),
        )
        batch_op.drop_index(
            "ix_assignment_redo",
            sqlite_where=sa.text("state = 'redo'"),
            postgresql_where=sa.text("state = 'redo'"),
        )
        batch_op.drop_index(
            "ix_assignment_judge",
            sqlite_where=sa.text("judge_due = 1"),
            postgresql_where=sa.text("judge_due"),
        )
        batch_op.drop_column("redo_until")
        batch_op.drop_column("redo_rounds")
        batch_op.drop_column("review_rank")
        batch_op.drop_column("judge_due")
        batch_op.drop_column("asked_person")
        batch_op.drop_column("asked_judge")
        batch_op.drop_column("review")

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index("ix_decision_project")
        batch_op.drop_index("ix_decision_assignment")

    op.drop_table("decision")
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_verdict_label",
            sqlite_where=sa.text("prompt_version_id IS NOT NULL"),
            postgresql_where=sa.text("prompt_version_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_verdict_assignment",
            sqlite_where=sa.text("assignment_id IS NOT NULL"),
            postgresql_where=sa.text("assignment_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_verdict_job")

    op.drop_table("verdict")
    with op.batch_alter_table("review_claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_claim_person_id"))

    op.drop_table("review_claim")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_feedback_person",
            sqlite_where=sa.text("person_id IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_feedback_project")
        batch_op.drop_index("ix_feedback_item")
        batch_op.drop_index("ix_feedback_assignment")

    op.drop_table("feedback")
    with op.batch_alter_table("calibration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calibration_project_id"))

    op.drop_table("calibration")
    with op.batch_alter_table("answer_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_check_assignment_id"))

    op.drop_table("answer_check")
    op.drop_table("rubric_version")
    op.drop_table("judge")
