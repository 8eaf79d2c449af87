import { WrittenField } from "../../write/WrittenField";
import type { KindProps, WrittenQuestion } from "../kind";
import { Proposal } from "./Proposal";

export function TextInput(props: KindProps<WrittenQuestion>) {
  const { question, text, onWrite, onSettle } = props;
  return (
    <div className="text-answer">
      <Proposal {...props} />
      <WrittenField question={question} text={text} onWrite={onWrite} onSettle={onSettle} />
    </div>
  );
}
