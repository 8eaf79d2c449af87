/** What screens know of a project's assistant. */
import type { components } from "../api/schema";
import type { Rating, Whole } from "../api/types";

type Schemas = components["schemas"];

/** With what was measured on this project. */
export type AssistantCard = Whole<Schemas["AssistantCard"]>;
export type Measured = Whole<Schemas["AssistantMeasured"]>;

/** The assistant of a project, as everybody in it may know it. */
export type AssistantSummary = Omit<
  AssistantCard,
  "version" | "instructions_shown" | "model_card" | "measured"
>;

/** What a person says of one thing a model made; null takes it back. */
export type Said = Rating | null;
