/** An item whose compared texts stand with the answers, under their letters, and what is left of its subject. */
import { useMemo } from "react";
import type { Schema, SubjectField, TaskItem } from "../api/types";
import { fieldsOf, isComparing, type QuestionItem } from "./kind";

export function useQuestionItem(
  { subject, questions }: Pick<Schema, "subject" | "questions">,
  item: Pick<TaskItem, "fields">,
  orders: QuestionItem["orders"],
): { questionItem: QuestionItem; left: SubjectField[] } {
  return useMemo(() => {
    const compared = questions.filter(isComparing).flatMap(fieldsOf);
    return {
      questionItem: { subject, fields: item.fields, orders, questions, hasKeys: false },
      left: subject.filter(({ name }) => !compared.includes(name)),
    };
  }, [subject, questions, item, orders]);
}
