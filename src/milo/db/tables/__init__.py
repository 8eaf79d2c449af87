"""Every table. Payloads (fields, answers, messages) stand in tables of their own, outside list queries."""

from milo.db.tables.answers import (
    AnswerRow,
    AssignmentRow,
    ClaimCursorRow,
    DraftRow,
    QueueRow,
    RevisionRow,
    SlotRow,
)
from milo.db.tables.assistant import AssistantRow, EngineRow, ExampleRow, ModelDraftRow, RatingRow, WritingRow
from milo.db.tables.items import ImportRow, ItemContentRow, ItemPayloadRow, ItemRow, RejectedRow
from milo.db.tables.jobs import ExportRow, JobRow, WorkerRow
from milo.db.tables.models import ModelCallRow, ModelRow, PromptVersionRow, SuggestionRow, UnitRow
from milo.db.tables.people import ApiKeyRow, AuditRow, LoginSessionRow, MembershipRow, PersonRow
from milo.db.tables.projects import (
    GuidelineVersionRow,
    InquiryRow,
    ProjectRow,
    RubricVersionRow,
    SchemaVersionRow,
)
from milo.db.tables.reviews import (
    CalibrationRow,
    CheckRow,
    DecisionRow,
    FeedbackRow,
    JudgeRow,
    ReviewClaimRow,
    VerdictRow,
)
from milo.db.tables.table import Table, UtcDateTime

__all__ = [
    "AnswerRow",
    "ApiKeyRow",
    "AssignmentRow",
    "AssistantRow",
    "AuditRow",
    "CalibrationRow",
    "CheckRow",
    "ClaimCursorRow",
    "DecisionRow",
    "DraftRow",
    "EngineRow",
    "ExampleRow",
    "ExportRow",
    "FeedbackRow",
    "GuidelineVersionRow",
    "ImportRow",
    "InquiryRow",
    "ItemContentRow",
    "ItemPayloadRow",
    "ItemRow",
    "JobRow",
    "JudgeRow",
    "LoginSessionRow",
    "MembershipRow",
    "ModelCallRow",
    "ModelDraftRow",
    "ModelRow",
    "PersonRow",
    "ProjectRow",
    "PromptVersionRow",
    "QueueRow",
    "RatingRow",
    "RejectedRow",
    "ReviewClaimRow",
    "RevisionRow",
    "RubricVersionRow",
    "SchemaVersionRow",
    "SlotRow",
    "SuggestionRow",
    "Table",
    "UnitRow",
    "UtcDateTime",
    "VerdictRow",
    "WorkerRow",
    "WritingRow",
]
