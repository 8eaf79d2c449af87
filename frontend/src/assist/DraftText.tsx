/** The text of a draft, with what of it stands in the response and what the model was unsure of. */
import { useMemo } from "react";
import { Markdown } from "../shared/Markdown";
import { type Passage, piecesOf } from "./passages";

interface Props {
  text: string;
  inserted: readonly Passage[];
  unsure: readonly Passage[];
  isFormatted: boolean;
}

export function DraftText({ text, inserted, unsure, isFormatted }: Props) {
  const plugins = useMemo(() => [marking(text, inserted, unsure)], [text, inserted, unsure]);
  if (isFormatted) return <Markdown rehype={plugins}>{text}</Markdown>;
  return (
    <p className="plain" dir="auto">
      <Marked text={text} from={0} inserted={inserted} unsure={unsure} />
    </p>
  );
}

interface MarkedProps {
  text: string;
  /** Where the text stands in the draft. */
  from: number;
  inserted: readonly Passage[];
  unsure: readonly Passage[];
}

export function Marked({ text, from, inserted, unsure }: MarkedProps) {
  let at = from;
  return piecesOf(text, from, inserted, unsure).map((piece) => {
    const key = at;
    at += piece.text.length;
    const look = piece.isUnsure ? "unsure" : undefined;
    return piece.isInserted ? (
      <mark key={key} className="ev">
        <span className={look}>{piece.text}</span>
      </mark>
    ) : (
      <span key={key} className={look}>
        {piece.text}
      </span>
    );
  });
}

/** As much of a tree of HTML as marking needs. */
interface Node {
  type: string;
  value?: string;
  tagName?: string;
  properties?: { className?: string[]; href?: unknown; alt?: unknown };
  children?: Node[];
  position?: { start: { offset?: number }; end: { offset?: number } };
}

/** Marks passages of the source in what Markdown made of it; a link is words with an address, a picture its words. */
function marking(source: string, inserted: readonly Passage[], unsure: readonly Passage[]) {
  const mark = (node: Node): Node[] => {
    if (node.tagName === "img") return [{ type: "text", value: String(node.properties?.alt ?? "") }];
    if (node.tagName === "a")
      return [
        ...(node.children ?? []).flatMap(mark),
        { type: "text", value: ` (${node.properties?.href ?? ""})` },
      ];
    if (node.type !== "text" || node.value === undefined) {
      if (node.children) node.children = node.children.flatMap(mark);
      return [node];
    }
    const from = placeOf(source, node);
    if (from === null) return [node];
    return piecesOf(node.value, from, inserted, unsure).map((piece) => {
      const words: Node = { type: "text", value: piece.text };
      const doubted = piece.isUnsure ? element("span", "unsure", words) : words;
      return piece.isInserted ? element("mark", "ev", doubted) : doubted;
    });
  };
  return () => (tree: unknown) => void mark(tree as Node);
}

function element(tagName: string, className: string, child: Node): Node {
  return { type: "element", tagName, properties: { className: [className] }, children: [child] };
}

/** Where a text of the tree stands in the source; null where it was written otherwise there. */
function placeOf(source: string, { value = "", position }: Node): number | null {
  const [start, end] = [position?.start.offset, position?.end.offset];
  if (start === undefined || end === undefined) return null;
  const at = source.slice(start, end).indexOf(value);
  return at < 0 ? null : start + at;
}
