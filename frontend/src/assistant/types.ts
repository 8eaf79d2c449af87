/** What the assistant screen speaks of: the server's own types, by the names screens use. */

import type { components } from "../api/schema";
import type { Answer, Complaint, Whole } from "../api/types";

type Schemas = components["schemas"];

export type AssistantReport = Whole<Schemas["AssistantReport"]>;
export type DraftFigures = Whole<Schemas["DraftFigures"]>;
export type SuggestionFigures = Whole<Schemas["SuggestionFigures"]>;
export type VerdictFigures = Whole<Schemas["VerdictFigures"]>;
export type HoldOut = Whole<Schemas["HoldOut"]>;
export type AnswerGroup = Whole<Schemas["AnswerGroup"]>;
export type Thumbs = Whole<Schemas["Thumbs"]>;
export type Median = Whole<Schemas["Median"]>;
export type RatedCase = Omit<Whole<Schemas["RatedCase"]>, "sent" | "complaints"> & {
  sent: Answer | null;
  complaints: Complaint[];
};
export type RatedCases = { items: RatedCase[]; next_cursor: string | null };
export type Rated = RatedCase["rated"];
export type Example = Omit<Whole<Schemas["Example"]>, "answer"> & { answer: Answer };
export type Examples = { examples: Example[]; most_shown: number };
export type ExampleInput = Schemas["ExampleInput"];
export type PreviewInput = Required<Schemas["PreviewInput"]>;
export type AssistantPrompt = Whole<Schemas["AssistantPrompt"]>;
