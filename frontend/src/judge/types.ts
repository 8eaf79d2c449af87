/** What the judge screen speaks of: the server's own types, by the names screens use. */
import type { components } from "../api/schema";
import type { Whole } from "../api/types";

type Schemas = components["schemas"];

export type Judge = Whole<Schemas["Judge"]>;
export type JudgeDetail = Whole<Schemas["JudgeDetail"]>;
export type JudgeCard = Whole<Schemas["JudgeCard"]>;
export type PartFigures = Whole<Schemas["PartFigures"]>;
export type StatusFigures = Whole<Schemas["StatusFigures"]>;
export type Share = Whole<Schemas["Share"]>;
export type Probe = Whole<Schemas["Probe"]>;
export type Disagreement = Whole<Schemas["Disagreement"]>;
export type BarCheck = Whole<Schemas["BarCheck"]>;
export type Coverage = Whole<Schemas["Coverage"]>;
export type Estimate = Whole<Schemas["Estimate"]>;
export type JudgeRun = Schemas["JudgeRun"];
