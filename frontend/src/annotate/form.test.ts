import { describe, expect, test } from "vitest";
import type { Answers } from "../api/types";
import { aChoice, aChoices, aSuggestion, aText } from "./builders";
import {
  accept,
  answersOf,
  askedQuestions,
  confirmAll,
  EMPTY_FORM,
  formOf,
  isAsked,
  outlook,
  pick,
  preselectedBy,
  rate,
  reject,
  shownOf,
  write,
} from "./form";

describe("a suggestion", () => {
  const relevance = aChoice(["fully", "somewhat"]);
  const preselected = { relevance: ["fully"] };

  test("is no answer until a person acts", () => {
    expect(answersOf(EMPTY_FORM, [relevance])).toEqual({});
    expect(outlook(EMPTY_FORM, [relevance], preselected)).toEqual({
      toConfirm: 1,
      open: null,
      tooLong: null,
    });
  });

  test("becomes the person's by Enter, by A, or by picking it", () => {
    const answer: Answers = { relevance: { kind: "choice", value: "fully", confidence: null } };
    expect(answersOf(confirmAll(EMPTY_FORM, [relevance], preselected), [relevance])).toEqual(answer);
    expect(accept(EMPTY_FORM, relevance, preselected).marks.relevance).toEqual({ fully: "confirmed" });
    expect(pick(EMPTY_FORM, relevance, "fully", preselected).marks.relevance).toEqual({ fully: "confirmed" });
  });

  test("that was rejected leaves a required question open", () => {
    const form = reject(EMPTY_FORM, relevance, preselected);
    expect(form.marks.relevance).toEqual({ fully: "rejected" });
    expect(outlook(form, [relevance], preselected)).toMatchObject({ toConfirm: 0, open: relevance });
  });

  test("of a model that abstained preselects nothing", () => {
    const abstained = aSuggestion("relevance", { status: "abstained", preselected: ["fully"] });
    expect(preselectedBy([abstained], false)).toEqual({});
  });

  test("revealed after the own choice preselects nothing and is reported so", () => {
    const suggestion = aSuggestion("relevance", { preselected: ["fully"] });
    const none = preselectedBy([suggestion], true);
    expect(shownOf([suggestion], none, { [suggestion.id]: "2026-01-01T00:00:00Z" })).toEqual([
      { suggestion: suggestion.id, preselected: [], revealed_at: "2026-01-01T00:00:00Z" },
    ]);
  });
});

describe("choosing another option than the model", () => {
  const question = aChoice(["fully", "somewhat", "not"]);
  const preselected = { relevance: ["fully"] };

  test("marks the choice as the person's and the preselection as rejected", () => {
    const form = pick(EMPTY_FORM, question, "not", preselected);
    expect(form.marks.relevance).toEqual({ fully: "rejected", not: "you" });
  });

  test("and then the model's after all confirms it, with one option chosen", () => {
    const form = pick(pick(EMPTY_FORM, question, "not", preselected), question, "fully", preselected);
    expect(form.marks.relevance).toEqual({ fully: "confirmed" });
  });
});

describe("an exclusive option", () => {
  const traits = aChoices(["useful", "funny", "none"]);

  test("clears the others", () => {
    const form = pick(pick(EMPTY_FORM, traits, "funny", {}), traits, "none", { traits: ["useful"] });
    expect(form.marks.traits).toEqual({ useful: "rejected", none: "you" });
  });

  test("is cleared by any other", () => {
    const form = pick(pick(EMPTY_FORM, traits, "none", {}), traits, "useful", {});
    expect(answersOf(form, [traits]).traits?.value).toEqual(["useful"]);
  });

  test("preselected beside others is not taken over with them", () => {
    const form = confirmAll(EMPTY_FORM, [traits], { traits: ["useful", "none"] });
    expect(answersOf(form, [traits]).traits?.value).toEqual(["useful"]);
    expect(outlook(EMPTY_FORM, [traits], { traits: ["useful", "none"] }).toConfirm).toBe(1);
  });
});

describe("several options", () => {
  const traits = aChoices(["useful", "funny", "kind"]);
  const preselected = { traits: ["useful", "kind"] };

  test("are answered in the order of the question, whatever the order of the keys", () => {
    const form = pick(pick(EMPTY_FORM, traits, "kind", {}), traits, "useful", {});
    expect(answersOf(form, [traits]).traits?.value).toEqual(["useful", "kind"]);
  });

  test("a preselected one goes from the model's to confirmed to rejected", () => {
    const once = pick(EMPTY_FORM, traits, "useful", preselected);
    expect(once.marks.traits).toEqual({ useful: "confirmed" });
    expect(pick(once, traits, "useful", preselected).marks.traits).toEqual({ useful: "rejected" });
  });

  test("rejecting the suggestion keeps what the person added", () => {
    const form = reject(pick(EMPTY_FORM, traits, "funny", preselected), traits, preselected);
    expect(answersOf(form, [traits]).traits?.value).toEqual(["funny"]);
  });

  test("all refused in an optional question is an answer: none applies", () => {
    const optional = aChoices(["useful", "kind"], { required: false });
    expect(answersOf(reject(EMPTY_FORM, optional, preselected), [optional]).traits?.value).toEqual([]);
    expect(answersOf(EMPTY_FORM, [optional])).toEqual({});
  });
});

describe("a question shown only if", () => {
  const civil = aChoice(["yes", "no"], { name: "civil" });
  const why = aText({ name: "why", shown_if: { question: "civil", any_of: ["no"] } });
  const questions = [civil, why];

  test("appears with the answer it waits for, also with the model's", () => {
    expect(askedQuestions(EMPTY_FORM, questions, {}).map(({ name }) => name)).toEqual(["civil"]);
    expect(askedQuestions(pick(EMPTY_FORM, civil, "no", {}), questions, {})).toHaveLength(2);
    expect(askedQuestions(EMPTY_FORM, questions, { civil: ["no"] })).toHaveLength(2);
  });

  test("is not sent when it went away again, and comes back with its text", () => {
    const written = write(pick(EMPTY_FORM, civil, "no", {}), why, "an insult");
    const gone = pick(written, civil, "yes", {});
    expect(Object.keys(answersOf(gone, questions))).toEqual(["civil"]);
    expect(answersOf(pick(gone, civil, "no", {}), questions).why?.value).toBe("an insult");
  });

  test("depends on any of the options of a multiple choice", () => {
    const traits: Answers = { traits: { kind: "choices", value: ["funny", "kind"], confidence: null } };
    const asked = { ...why, shown_if: { question: "traits", any_of: ["kind", "useful"] } };
    expect(isAsked(asked, traits)).toBe(true);
    expect(isAsked(asked, {})).toBe(false);
  });
});

describe("texts and own confidence", () => {
  test("a blank text is no answer; one that is too long stops the submit", () => {
    const reason = aText({ max_length: 3 });
    expect(answersOf(write(EMPTY_FORM, reason, "  "), [reason])).toEqual({});
    expect(outlook(write(EMPTY_FORM, reason, "🍅🍅🍅"), [reason], {}).tooLong).toBeNull();
    expect(outlook(write(EMPTY_FORM, reason, "four"), [reason], {}).tooLong).toBe(reason);
  });

  test("confidence goes with the answer, and the same again takes it back", () => {
    const question = aChoice(["a", "b"], { ask_confidence: true });
    const sure = rate(pick(EMPTY_FORM, question, "a", {}), question, "sure");
    expect(answersOf(sure, [question]).relevance?.confidence).toBe("sure");
    expect(answersOf(rate(sure, question, "sure"), [question]).relevance?.confidence).toBeNull();
  });
});

test("a reopened answer shows what was confirmed, added and refused", () => {
  const traits = aChoices(["useful", "funny", "kind"]);
  const answers: Answers = { traits: { kind: "choices", value: ["useful", "funny"], confidence: null } };
  const form = formOf(answers, [traits], { traits: ["useful", "kind"] }, true);
  expect(form.marks.traits).toEqual({ useful: "confirmed", funny: "you", kind: "rejected" });
  expect(answersOf(form, [traits])).toEqual(answers);
});

test("a draft from elsewhere leaves untouched preselections to the person", () => {
  const traits = aChoices(["useful", "kind"]);
  const answers: Answers = { traits: { kind: "choices", value: ["useful"], confidence: null } };
  expect(formOf(answers, [traits], { traits: ["useful", "kind"] }, false).marks.traits).toEqual({
    useful: "confirmed",
  });
});
