import { expect, test } from "vitest";
import type { Model } from "../api/researcher_types";
import type { AssistantPolicy, Question, SubjectField } from "../api/types";
import { i18next } from "../i18n";
import "../locales/assistant";
import {
  draftedQuestion,
  fieldsSeen,
  type Known,
  policySentences,
  querySource,
  readsPictures,
  withField,
  written,
} from "./policy";

const asText = (name: string, title: string) => ({ kind: "text", name, title }) as Question;
const QUESTIONS = [
  asText("query", "Query"),
  asText("response", "Response"),
  { kind: "choice", name: "topic" } as Question,
];
const field = (name: string, show: SubjectField["show"]): SubjectField => ({
  name,
  title: name === "picture" ? "Picture" : "Caption",
  show,
  hint: "",
  required: true,
});
const SUBJECT = [field("picture", "image"), field("caption", "text")];
const SPEC = { questions: QUESTIONS, subject: SUBJECT };

const policy = (changes: Partial<AssistantPolicy> = {}): AssistantPolicy => ({
  model: "Small",
  answers: null,
  query: "query",
  fields: null,
  instructions: "",
  guideline: false,
  examples: false,
  may_not_know: false,
  max_words: null,
  max_tokens: 400,
  temperature: 0.7,
  seed: 0,
  most_drafts: 20,
  copying: "warn",
  copy_limit: 0.5,
  holdout_share: 0,
  ...changes,
});
const say = (changes: Partial<AssistantPolicy>, known: Partial<Known> = {}, spec = SPEC) =>
  policySentences(policy(changes), spec, { examples: 0, readsPictures: true, ...known }, i18next.t).join(" ");

test("the last question that is written is drafted unless another is named", () => {
  expect(written(QUESTIONS).map(({ name }) => name)).toEqual(["query", "response"]);
  expect(draftedQuestion(policy(), QUESTIONS)?.name).toBe("response");
  expect(draftedQuestion(policy({ answers: "query" }), QUESTIONS)?.name).toBe("query");
  expect(draftedQuestion(policy({ answers: "gone" }), QUESTIONS)).toBeNull();
});

test("what is asked comes from a person, from the item, or from nobody", () => {
  expect(querySource(policy(), SPEC)?.by).toBe("person");
  expect(querySource(policy({ query: "caption" }), SPEC)?.by).toBe("item");
  expect(querySource(policy({ query: null }), SPEC)).toBeNull();
});

test("by default it sees the pictures, and choosing them again is the default", () => {
  expect(fieldsSeen(policy(), SUBJECT)).toEqual(["picture"]);
  const both = withField(policy(), SUBJECT, "caption", true);
  expect(both).toEqual(["picture", "caption"]);
  expect(withField(policy({ fields: both }), SUBJECT, "caption", false)).toBeNull();
  expect(withField(policy(), SUBJECT, "picture", false)).toEqual([]);
});

test("the policy in words names what reaches the model, and nothing that does not", () => {
  const words = say({});
  expect(words).toContain("Annotators write “Query”; Small then drafts “Response”");
  expect(words).toContain("what is asked and “Picture”, nothing else");
  expect(words).not.toContain("Caption");
  expect(say({ fields: ["caption"], guideline: true })).toContain("“Caption”, and the guideline");
  expect(say({ query: null, fields: [] })).toContain("It sees the title of the question, nothing else.");
  expect(say({ examples: true })).not.toContain("examples");
  expect(say({ examples: true }, { examples: 2 })).toContain("the examples of other items");
});

test("the words say what becomes of a copied draft and how many items have no assistant", () => {
  expect(say({ copying: "block", copy_limit: 0.8 })).toContain("more than 80 % of its words");
  expect(say({ holdout_share: 0.1 })).toContain("10 % of the items have no assistant");
  expect(say({ holdout_share: 0 })).not.toContain("of the items have no assistant");
  expect(say({ model: null })).toBe("There is no assistant: people write alone.");
});

test("a picture that is not sent to the model is not said to be seen", () => {
  const blind = say({}, { readsPictures: false });
  expect(blind).toContain("It sees what is asked, nothing else.");
  expect(blind).toContain("Small does not read pictures, so it gets none.");
  expect(say({ fields: ["caption"] }, { readsPictures: false })).not.toContain("does not read pictures");
});

test("whether a model reads pictures is as it was tested, or as its kind is", () => {
  const tested = (images: boolean) =>
    readsPictures({
      provider: "embedded",
      capabilities: { reachable: true, images } as Model["capabilities"],
    });
  expect([tested(true), tested(false)]).toEqual([true, false]);
  expect(readsPictures({ provider: "embedded", capabilities: null })).toBe(false);
  expect(readsPictures({ provider: "openai_compatible", capabilities: null })).toBe(true);
});

test("the next turn is asked for by the conversation itself", () => {
  const turn = { kind: "chat", name: "reply", title: "Reply", conversation: "talk" } as Question;
  const spec = { questions: [turn], subject: [{ ...field("talk", "chat"), title: "Talk" }] };
  expect(say({ query: null, fields: ["talk"] }, {}, spec)).toContain(
    "It sees the conversation, nothing else.",
  );
});
