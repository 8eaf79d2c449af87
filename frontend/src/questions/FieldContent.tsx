/** What stands in one field, where a question shows it itself: a picture, a conversation, a text. */
import { useContext } from "react";
import { Picture } from "../annotate/Picture";
import { asText, isPicture } from "../annotate/subject_cards";
import { Conversation } from "../shared/Conversation";
import { Markdown } from "../shared/Markdown";
import { ItemContext } from "./kind";

/** `title` is what the reader knows it by: where texts are compared that is a letter, never the field. */
export function FieldContent({ field, title }: { field: string; title: string }) {
  const { subject, fields } = useContext(ItemContext);
  const show = subject.find(({ name }) => name === field)?.show;
  const value = fields[field] ?? null;
  if (show === "image") {
    const addresses = (Array.isArray(value) ? value : [value]).map(asText).filter(isPicture);
    return addresses.map((address) => <Picture key={address} address={address} title={title} />);
  }
  if (show === "chat") return <Conversation value={value} title={title} />;
  if (show === "markdown") return <Markdown>{asText(value)}</Markdown>;
  return (
    <p className="plain" dir="auto">
      {asText(value)}
    </p>
  );
}
