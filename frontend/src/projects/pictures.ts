/** Pictures a file names: stored first, then named by their address in the rows. */
import type { ImportFormat } from "../api/researcher_types";

const JSON_STRING = /"((?:[^"\\]|\\.)*)"/g;
const CELL = /[^,;\t\r\n"]+/g;

/** The text of a file in which each named picture stands with the address it was stored under. */
export function withAddresses(
  text: string,
  format: ImportFormat,
  addresses: ReadonlyMap<string, string>,
): string {
  const isJson = format === "jsonl" || format === "json";
  const address = (value: string) => addresses.get(value.split(/[/\\]/).at(-1) ?? value);
  if (isJson)
    return text.replace(JSON_STRING, (whole, value: string) => {
      const found = address(value);
      return found === undefined ? whole : JSON.stringify(found);
    });
  return text.replace(CELL, (cell) => address(cell.trim()) ?? cell);
}
