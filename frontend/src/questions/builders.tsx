/** For tests: a comparing or written question as it works on screen, with the item it is about. */
import { useState } from "react";
import { EMPTY_FORM, type Form, marksOf, pick, rank, write } from "../annotate/form";
import type { ChatQuestion, FieldValue, PairwiseQuestion, Question, RankingQuestion } from "../api/types";
import { ItemContext } from "./kind";
import { QuestionView } from "./QuestionView";

const PARTS = { help: "", required: true, shown_if: null, ask_confidence: false };

export function aPairwise(given: Partial<PairwiseQuestion> = {}): PairwiseQuestion {
  const fields = { first: "gpt", second: "llama" };
  return {
    kind: "pairwise",
    name: "better",
    title: "Which is better?",
    ...PARTS,
    ...fields,
    ties: "one",
    ...given,
  };
}

export function aRanking(given: Partial<RankingQuestion> = {}): RankingQuestion {
  const fields = ["gpt", "llama", "qwen"];
  return { kind: "ranking", name: "order", title: "Order them", ...PARTS, fields, ties: true, ...given };
}

export function aChat(given: Partial<ChatQuestion> = {}): ChatQuestion {
  return {
    kind: "chat",
    name: "reply",
    title: "What comes next?",
    ...PARTS,
    conversation: "turns",
    speaker: "assistant",
    candidate: null,
    max_length: 1000,
    aim_min_words: null,
    aim_max_words: null,
    ...given,
  };
}

interface Props {
  question: Question;
  fields: Record<string, FieldValue>;
  order?: string[];
  form?: Form;
  onForm: (form: Form) => void;
}

/** The question alone, in focus; every change of its form is told. */
export function AskedAlone({ question, fields, order, form: initial = EMPTY_FORM, onForm }: Props) {
  const [form, setForm] = useState(initial);
  const change = (next: Form) => {
    setForm(next);
    onForm(next);
  };
  const subject = Object.keys(fields).map((name) => ({
    name,
    title: name,
    show: Array.isArray(fields[name]) ? ("chat" as const) : ("text" as const),
    hint: "",
    required: true,
  }));
  const orders = order ? { [question.name]: order } : {};
  return (
    <ItemContext.Provider value={{ subject, fields, orders, questions: [question], hasKeys: true }}>
      <QuestionView
        question={question}
        marks={marksOf(form, question.name)}
        text={form.texts[question.name] ?? ""}
        isTouched={question.name in form.texts}
        ranks={form.rankings[question.name] ?? null}
        confidence={undefined}
        preselected={[]}
        suggestion={undefined}
        showsConfidence
        isActive
        isExplained={false}
        onActivate={() => undefined}
        onExplain={() => undefined}
        onSettle={() => undefined}
        onPick={(option) => change(pick(form, question, option, {}))}
        onWrite={(value) => change(write(form, question, value))}
        onRank={(ranks) => change(rank(form, question, ranks))}
        onAccept={() => undefined}
        onRate={() => undefined}
      />
    </ItemContext.Provider>
  );
}
