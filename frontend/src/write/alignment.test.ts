/** The known answers are the server's too. */
import { expect, test } from "vitest";
import known from "../../../tests/known_answers/alignment.json";
import { type AlignedDraft, align } from "./alignment";

interface Case {
  name: string;
  final: string;
  drafts: AlignedDraft[];
  share: number;
  edit_distance: number | null;
  blocks: { draft: number; text: string; draft_text: string }[];
}

const KNOWN: Case[] = known.cases;

test.each(KNOWN)("$name", ({ final, drafts, share, edit_distance, blocks }) => {
  const found = align(final, drafts);
  expect(found.share).toBeCloseTo(share, 6);
  expect(found.editDistance).toBe(edit_distance);
  const texts = new Map(drafts.map(({ id, text }) => [id, text]));
  expect(
    found.blocks.map(({ draft, start, end, draftStart, draftEnd }) => ({
      draft,
      text: final.slice(start, end),
      draft_text: texts.get(draft)?.slice(draftStart, draftEnd),
    })),
  ).toEqual(blocks);
});

test("the words of all blocks are the share", () => {
  for (const { final, drafts } of KNOWN) {
    const { blocks, share, words } = align(final, drafts);
    const counted = blocks.reduce((sum, block) => sum + block.words, 0);
    expect(counted).toBe(Math.round(share * words));
  }
});
