/**
 * The words of a model, which likes to write Markdown where a sentence is shown: emphasis and the other marks go,
 * the words stay. Nothing is ever made markup.
 */

/** Marks before and after words; not those inside a word or a formula, such as `snake_case` or `2*3*4`. */
const EMPHASIS =
  /(?<![\p{L}\p{N}\\*_])([*_]{1,3})(?![\s*_])([^\n]{1,400}?)(?<![\s\\*_])\1(?![\p{L}\p{N}*_])/gu;
const CODE = /(`+)([^`\n]+)\1/g;
const LINK = /!?\[([^\]\n]*)\]\([^()\s]*\)/g;
const HEADING_OR_QUOTE = /^[ \t]*(?:#{1,6}|>)[ \t]+/gm;
const BULLET = /^([ \t]*)[*+](?=[ \t])/gm;
const ESCAPED = /\\([\\`*_{}[\]()#+\-.!>])/g;

export function withoutMarkdown(text: string): string {
  const plain = text
    .replace(HEADING_OR_QUOTE, "")
    .replace(BULLET, "$1-")
    .replace(LINK, "$1")
    .replace(CODE, "$2");
  return withoutEmphasis(plain).replace(ESCAPED, "$1");
}

/** Emphasis within emphasis goes from the outside in. */
function withoutEmphasis(text: string): string {
  const less = text.replace(EMPHASIS, "$2");
  return less === text ? text : withoutEmphasis(less);
}
