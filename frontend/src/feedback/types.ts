/** What the feedback screen speaks of. */
import type { components } from "../api/schema";
import type { Answers, Whole } from "../api/types";

type Schemas = components["schemas"];

export type Source = Schemas["FeedbackSource"]["source"];
export type Finding = Whole<Schemas["FeedbackFinding"]>;
export type RubricScore = Whole<Schemas["RubricScore"]>;
export type Feedback = Whole<Schemas["Feedback"]>;
export type Decision = Whole<Schemas["StandingDecision"]>;
export type FeedbackRevision = Omit<Whole<Schemas["ReviewedRevision"]>, "answers"> & { answers: Answers };
export type FirstPass = Whole<Schemas["FirstPass"]>;
/** One's own answer with all that was said about it. */
export type AnswerFeedback = Omit<Whole<Schemas["OwnFeedback"]>, "revisions"> & {
  revisions: FeedbackRevision[];
};
export type FeedbackEntry = Whole<Schemas["FeedbackEntry"]>;
export type FeedbackPage = Whole<Schemas["FeedbackList"]>;
export type FeedbackCounts = Whole<Schemas["FeedbackCounts"]>;
export type MyQuality = Whole<Schemas["OverTime"]>;
/** Why an answer came back, as the labeling screen receives it. */
export type RedoTask = Omit<Whole<Schemas["RedoTask"]>, "answers"> & { answers: Answers };
