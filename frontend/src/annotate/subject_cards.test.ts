import { expect, test } from "vitest";
import type { SubjectField } from "../api/types";
import { asText, isPicture, pictures, subjectCards } from "./subject_cards";

function field(name: string, show: SubjectField["show"]): SubjectField {
  return { name, title: name, show, hint: "", required: true };
}

const SUBJECT = [
  field("post", "text"),
  field("picture", "image"),
  field("community", "context"),
  field("comment", "text"),
  field("secret", "hidden"),
];

test("a text opens a card, the picture joins it, context stands beside the first", () => {
  const fields = { post: "p", picture: "/a.png", community: "garden", comment: "c", secret: "s" };
  const cards = subjectCards(SUBJECT, { fields });
  expect(cards.map(({ title, contents }) => [title, contents.length])).toEqual([
    ["post", 2],
    ["comment", 1],
  ]);
  expect(cards[0]?.context.map(({ value }) => value)).toEqual(["garden"]);
});

test("a structure is shown as its pairs, beside the text where a picture stands alone before it", () => {
  const subject = [field("picture", "image"), field("caption", "text"), field("about", "context")];
  const fields = { picture: "/a.png", caption: "c", about: { Source: "Travel", Empty: "", Size: 2 } };
  const cards = subjectCards(subject, { fields });
  expect(cards.map(({ context }) => context.map((one) => [one.field.title, one.value]))).toEqual([
    [],
    [
      ["Source", "Travel"],
      ["Size", 2],
    ],
  ]);
});

test("fields without a value leave no empty card", () => {
  const cards = subjectCards(SUBJECT, { fields: { post: "", comment: "c", picture: null } });
  expect(cards.map(({ title }) => title)).toEqual(["comment"]);
});

test("zero and false are values", () => {
  const cards = subjectCards([field("score", "context")], { fields: { score: 0 } });
  expect(cards[0]?.context).toHaveLength(1);
  expect(asText(false)).toBe("false");
});

test("only addresses of pictures are loaded", () => {
  expect(pictures(SUBJECT, { fields: { picture: "javascript:alert(1)" } })).toEqual([]);
  expect(pictures(SUBJECT, { fields: { picture: ["/a.png", "https://x.test/b.png"] } })).toHaveLength(2);
  expect(isPicture("data:text/html,x")).toBe(false);
});
