/** What the rubric screen speaks of: the server's own types, by the names screens use. */
import type { components } from "../api/schema";
import type { Whole } from "../api/types";

type Schemas = components["schemas"];

export type { Criterion, ErrorCategory, Grade, Rubric } from "../review/types";
export type RubricTemplate = Whole<Schemas["RubricTemplate"]>;
export type RubricVersionSummary = Whole<Schemas["RubricVersionSummary"]>;
export type CheckedRubrics = Whole<Schemas["CheckedRubrics"]>;
export type Calibration = Whole<Schemas["Calibration"]>;
export type ReviewPolicy = Whole<Schemas["ReviewPolicy"]>;
export type ReviewRule = Whole<Schemas["ReviewRule"]>;
export type Reviewer = ReviewRule["by"];
