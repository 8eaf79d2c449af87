/** What the review screen speaks of: the server's own types, by the names screens use. */
import type { components } from "../api/schema";
import type { Whole } from "../api/types";

type Schemas = components["schemas"];

export type Grade = Whole<Schemas["Grade"]>;
export type Criterion = Whole<Schemas["Criterion"]>;
export type ErrorCategory = Whole<Schemas["ErrorCategory"]>;
export type Rubric = Whole<Schemas["Rubric"]>;
export type Finding = Whole<Schemas["Finding"]>;
export type Verdict = Whole<Schemas["Verdict"]>;
export type JudgeOpinion = Whole<Schemas["JudgeOpinion"]>;
export type Feedback = Whole<Schemas["Feedback"]>;
export type ReviewTask = Whole<Schemas["ReviewTask"]>;
export type ReviewQueue = Whole<Schemas["ReviewQueue"]>;
export type NextReview = Whole<Schemas["NextReview"]>;
export type ReviewEntry = Whole<Schemas["ListedReview"]>;
export type StoredReview = Whole<Schemas["Review"]>;
export type Status = "passed" | "redo";
export type Agreement = StoredReview["agreements"][string];
export type ListFilter = "all" | "due" | "passed" | "redo";
