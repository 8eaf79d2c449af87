/** A conversation with the turn to write at its end; a turn to correct stands there from the start. */
import { useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ChatQuestion } from "../../api/types";
import { difference } from "../../review/difference";
import { Button } from "../../shared/Button";
import { Conversation } from "../../shared/Conversation";
import { useCommands } from "../../shared/keys";
import { Mark } from "../../shared/Mark";
import { WrittenField } from "../../write/WrittenField";
import { ItemContext, type KindProps } from "../kind";
import { Proposal } from "../text/Proposal";
import { candidateOf } from "./chat";
import "./chat.css";

export default function ChatInput(props: KindProps<ChatQuestion>) {
  const { question, text, isTouched, isActive, onWrite, onSettle } = props;
  const { t } = useTranslation();
  const { fields, subject, hasKeys } = useContext(ItemContext);
  const candidate = candidateOf(question, fields);
  const isWaiting = candidate !== "" && !isTouched;
  const take = () => onWrite(candidate);
  useCommands(
    isActive && hasKeys && isWaiting
      ? [{ id: "chat.take", keys: ["a"], label: "keys.chat_take", scope: "form", run: take }]
      : [],
  );
  const title = subject.find(({ name }) => name === question.conversation)?.title ?? "";
  return (
    <div className="chat-answer">
      <Conversation value={fields[question.conversation] ?? null} title={title}>
        <li className="own-turn" data-model={isWaiting || undefined}>
          <span className="row">
            <b dir="auto">{question.speaker}</b>
            {isWaiting && (
              <span className="tag m">
                <Mark of="model" /> {t("compare.candidate")}
              </span>
            )}
          </span>
          <div className={isWaiting ? "written" : "written text-answer"}>
            <Proposal {...props} />
            <WrittenField
              question={question}
              text={isTouched ? text : candidate}
              onWrite={onWrite}
              onSettle={onSettle}
            />
            {isWaiting && (
              <div className="row">
                <Button small command={isActive ? "chat.take" : undefined} onClick={take}>
                  {t("compare.take")}
                </Button>
                <span className="meta">{t("compare.or_correct")}</span>
              </div>
            )}
            {candidate !== "" && isTouched && <ChangesMade from={candidate} to={text} />}
          </div>
        </li>
      </Conversation>
    </div>
  );
}

/** What the person changed in the candidate. */
function ChangesMade({ from, to }: { from: string; to: string }) {
  const { t } = useTranslation();
  const pieces = useMemo(() => difference(from, to), [from, to]);
  if (from === to) return <p className="meta">{t("compare.unchanged")}</p>;
  let at = 0;
  return (
    <details className="changes-made" open>
      <summary className="ctl">{t("compare.changes")}</summary>
      <p className="plain" dir="auto">
        {pieces.map(({ text, change }) => {
          const key = at;
          at += text.length + 1;
          if (change === "same") return <span key={key}>{text}</span>;
          const Kind = change === "added" ? "ins" : "del";
          return (
            <Kind key={key} className={change === "added" ? "ins" : "del"}>
              <span className="vh">{t(`compare.${change}`)} </span>
              {text}
            </Kind>
          );
        })}
      </p>
    </details>
  );
}
