import { expect, test } from "vitest";
import { withAddresses } from "./pictures";

const addresses = new Map([["cat.png", "/api/projects/1/media/ab.png"]]);

test("a picture's name becomes its address, with or without its folder, and other words stay", () => {
  const row = '{"image": "pictures/cat.png", "text": "She said \\"cat.png\\" and left"}';
  expect(withAddresses(row, "jsonl", addresses)).toBe(
    '{"image": "/api/projects/1/media/ab.png", "text": "She said \\"cat.png\\" and left"}',
  );
});

test("cells of a table are replaced whole", () => {
  expect(withAddresses('id,image\n1,cat.png\n2,"cat.png"\n3,my cat.png', "csv", addresses)).toBe(
    'id,image\n1,/api/projects/1/media/ab.png\n2,"/api/projects/1/media/ab.png"\n3,my cat.png',
  );
});
