/** Server-sent events of a reply that is read as it comes. */
import { fetchInSession } from "../api/client";
import { errorOf } from "../api/error";

export interface ServerEvent {
  event: string;
  data: string;
}

/** The events in order; comments are left out, an event cut off at the end too. */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = stream
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parse(block);
        if (event !== null) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined); // the connection has ended already
  }
}

function parse(block: string): ServerEvent | null {
  const lines = block.split(/\r?\n/);
  const values = (field: string) =>
    lines
      .filter((line) => line.startsWith(`${field}:`))
      .map((line) => line.slice(field.length + 1).replace(/^ /, ""));
  const data = values("data");
  return data.length === 0 ? null : { event: values("event")[0] ?? "message", data: data.join("\n") };
}

/** Post JSON and read the events of the reply; raises ApiError for anything but a success. */
export async function* postForEvents(
  path: string,
  body: unknown,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const request = new Request(`${location.origin}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  const response = await fetchInSession(request);
  if (!response.ok || response.body === null) throw await errorOf(response);
  yield* readEvents(response.body);
}
