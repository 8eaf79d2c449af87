/** What stands above the question a model drafts: what is asked, where it came with the item, and the bar. */
import { lazy, Suspense } from "react";
import type { SubjectField, TaskItem } from "../api/types";
import { GivenQuery } from "../write/GivenQuery";
import type { Assistance } from "./useAssistance";

const AssistBar = lazy(() => import("../assist/AssistBar"));

interface Props {
  assistance: Assistance;
  subject: readonly SubjectField[];
  item: TaskItem;
}

export function AboveDrafted({ assistance, subject, item }: Props) {
  const { assist, assistant, without, hasQuery, generate } = assistance;
  const given = assistant.query_is_field ? subject.find(({ name }) => name === assistant.query) : undefined;
  return (
    <>
      {given && <GivenQuery field={given} value={item.fields[given.name] ?? null} />}
      <Suspense fallback={<div className="assist-bar" />}>
        <AssistBar
          assist={assist}
          assistant={assistant}
          without={without}
          hasQuery={hasQuery}
          onGenerate={generate}
        />
      </Suspense>
    </>
  );
}
