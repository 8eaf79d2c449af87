"""The one table of routes: what each needs. A route without a row is refused, and fails a test."""

from __future__ import annotations

from typing import Literal

from milo.core.person import Permission

#: `anyone` needs no log-in; `logged_in` any person; a permission is checked in the project the route names,
#: or, where it names none, on the person alone.
Need = Literal["anyone", "logged_in"] | Permission

ROUTES: dict[tuple[str, str], Need] = {
    ("GET", "/healthz"): "anyone",
    ("GET", "/metrics"): "anyone",
    ("GET", "/api/openapi.json"): "anyone",
    ("POST", "/api/login"): "anyone",
    ("POST", "/api/logout"): "logged_in",
    ("GET", "/api/me"): "logged_in",
    ("PUT", "/api/me/preferences"): "logged_in",
    # projects
    ("GET", "/api/templates"): "create_project",
    ("POST", "/api/specs/check"): "create_project",
    ("GET", "/api/projects"): "logged_in",
    ("POST", "/api/projects"): "create_project",
    ("GET", "/api/projects/{p}"): "read_project",
    ("PATCH", "/api/projects/{p}"): "edit_project",
    ("GET", "/api/projects/{p}/spec"): "edit_project",
    ("GET", "/api/projects/{p}/spec.yaml"): "edit_project",
    ("GET", "/api/projects/{p}/schemas/{v}"): "read_project",
    ("GET", "/api/projects/{p}/guidelines/{v}"): "read_project",
    ("GET", "/api/projects/{p}/preview"): "edit_project",
    ("GET", "/api/projects/{p}/media/{name:path}"): "read_project",
    ("POST", "/api/projects/{p}/media"): "import_items",
    # rubrics and judges
    ("GET", "/api/rubric-templates"): "create_project",
    ("GET", "/api/projects/{p}/rubrics"): "read_progress",
    ("GET", "/api/projects/{p}/rubrics/{v}"): "read_project",
    ("POST", "/api/projects/{p}/rubrics/check"): "edit_project",
    ("GET", "/api/projects/{p}/rubrics.yaml"): "edit_project",
    ("GET", "/api/projects/{p}/judges"): "read_progress",
    ("GET", "/api/judges/{j}"): "read_progress",
    ("POST", "/api/judges/{j}/card"): "run_jobs",
    ("POST", "/api/projects/{p}/judging/estimate"): "run_jobs",
    ("POST", "/api/assignments/{a}/check"): "annotate",
    ("POST", "/api/checks/{c}/shown"): "annotate",
    # annotating
    ("POST", "/api/projects/{p}/next"): "annotate",
    ("GET", "/api/projects/{p}/mine"): "read_own_work",
    ("GET", "/api/projects/{p}/progress/mine"): "read_own_work",
    ("GET", "/api/assignments/{a}/suggestions"): "annotate",
    ("PUT", "/api/assignments/{a}/draft"): "annotate",
    ("POST", "/api/assignments/{a}/submit"): "annotate",
    ("POST", "/api/assignments/{a}/skip"): "annotate",
    ("POST", "/api/assignments/{a}/reject"): "annotate",
    ("POST", "/api/assignments/{a}/reopen"): "annotate",
    ("POST", "/api/assignments/{a}/redo"): "annotate",
    ("POST", "/api/assignments/{a}/release"): "annotate",
    ("POST", "/api/assignments/{a}/extend"): "annotate",
    ("POST", "/api/assignments/{a}/inquiries"): "inquire",
    ("GET", "/api/projects/{p}/inquiries"): "inquire",
    ("POST", "/api/inquiries/{q}/seen"): "inquire",
    ("POST", "/api/inquiries/{q}/reply"): "reply_inquiries",
    # items
    ("POST", "/api/projects/{p}/items"): "import_items",
    ("POST", "/api/projects/{p}/imports/preview"): "import_items",
    ("GET", "/api/projects/{p}/imports"): "import_items",
    ("GET", "/api/imports/{m}"): "import_items",
    ("GET", "/api/imports/{m}/rejected"): "import_items",
    ("GET", "/api/projects/{p}/items"): "read_items",
    ("GET", "/api/items/{i}"): "read_items",
    ("GET", "/api/projects/{p}/progress"): "read_progress",
    # jobs
    ("POST", "/api/projects/{p}/jobs"): "run_jobs",
    ("GET", "/api/projects/{p}/jobs"): "run_jobs",
    ("GET", "/api/jobs/{j}"): "run_jobs",
    ("POST", "/api/jobs/{j}/cancel"): "run_jobs",
    ("POST", "/api/jobs/{j}/resume"): "run_jobs",
    ("GET", "/api/jobs/{j}/failures"): "run_jobs",
    ("POST", "/api/projects/{p}/bench"): "run_jobs",
    ("GET", "/api/jobs/{j}/bench"): "run_jobs",
    ("GET", "/api/projects/{p}/prompts"): "run_jobs",
    ("GET", "/api/projects/{p}/preselection"): "run_jobs",
    ("GET", "/api/projects/{p}/exports/counts"): "export",
    ("GET", "/api/projects/{p}/exports"): "export",
    ("GET", "/api/exports/{e}"): "export",
    ("GET", "/api/exports/{e}/file"): "export",
    # models
    ("GET", "/api/models"): "read_models",
    ("POST", "/api/models"): "manage_models",
    ("PATCH", "/api/models/{m}"): "manage_models",
    ("DELETE", "/api/models/{m}"): "manage_models",
    ("POST", "/api/models/{m}/test"): "manage_models",
    # people
    ("GET", "/api/people"): "manage_people",
    ("POST", "/api/people"): "manage_people",
    ("PATCH", "/api/people/{id}"): "manage_people",
    ("GET", "/api/projects/{p}/members"): "manage_members",
    ("PUT", "/api/projects/{p}/members"): "manage_members",
    ("GET", "/api/me/keys"): "logged_in",
    ("POST", "/api/me/keys"): "logged_in",
    ("DELETE", "/api/me/keys/{k}"): "logged_in",
    ("GET", "/api/audit"): "manage_people",
    # the single-page application
    ("GET", "/{path:path}"): "anyone",
}
