import { expect, test } from "vitest";
import { draftsInAll } from "./drafts_in_all";

const thumbs = (up: number, down: number) => ({
  up,
  down,
  wrong: down,
  made_up: 0,
  too_long: 0,
  off_guideline: 0,
});

test("drafts of all versions count together, and a rating is a thumb, not a complaint", () => {
  const versions = [
    { drafts: 5, thumbs: thumbs(1, 2) },
    { drafts: 4, thumbs: thumbs(3, 0) },
  ];
  expect(draftsInAll(versions)).toEqual({ drafts: 9, up: 4, down: 2, rated: 6 });
  expect(draftsInAll([])).toEqual({ drafts: 0, up: 0, down: 0, rated: 0 });
});
