import { expect, test } from "vitest";
import { readEvents } from "./sse";

function streamOf(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks)
        controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
      controller.close();
    },
  });
}

async function all(stream: ReadableStream<Uint8Array>) {
  const found: unknown[] = [];
  for await (const event of readEvents(stream)) found.push(event);
  return found;
}

test("events are read however they are cut, comments are left out", async () => {
  const [start, end] = [
    "event: verdict\nda",
    'ta: {"part": "tone"}\n\n: the judge is at work\n\nevent: done\ndata: {}\n\n',
  ];
  expect(await all(streamOf(start, end))).toEqual([
    { event: "verdict", data: '{"part": "tone"}' },
    { event: "done", data: "{}" },
  ]);
});

test("a letter cut in two arrives whole, an event cut off does not arrive", async () => {
  const bytes = new TextEncoder().encode("data: é\n\ndata: half");
  expect(await all(streamOf(bytes.slice(0, 7), bytes.slice(7)))).toEqual([{ event: "message", data: "é" }]);
});
