/** Builders for tests: a question, a suggestion, a task, with only what a test cares about said. */
import type {
  AnnotatorTask,
  ChoiceQuestion,
  ChoicesQuestion,
  Option,
  TaskSuggestion,
  TextQuestion,
} from "../api/types";

const PARTS = { help: "", required: true, shown_if: null, ask_confidence: false };

export function anOption(name: string, given: Partial<Option> = {}): Option {
  return { name, label: name, definition: "", examples: [], exclusive: false, key: null, ...given };
}

export function aChoice(options: string[], given: Partial<ChoiceQuestion> = {}): ChoiceQuestion {
  const name = given.name ?? "relevance";
  return { kind: "choice", name, title: name, ...PARTS, options: options.map((o) => anOption(o)), ...given };
}

/** Options; the one called `none` excludes the others. */
export function aChoices(options: string[], given: Partial<ChoicesQuestion> = {}): ChoicesQuestion {
  const name = given.name ?? "traits";
  const built = options.map((option) => anOption(option, { exclusive: option === "none" }));
  return { kind: "choices", name, title: name, ...PARTS, options: built, ...given };
}

const AIMS = { aim_min_words: null, aim_max_words: null };

export function aText(given: Partial<TextQuestion> = {}): TextQuestion {
  const name = given.name ?? "reason";
  return { kind: "text", name, title: name, ...PARTS, max_length: 100, multiline: true, ...AIMS, ...given };
}

let lastId = 0;

export function aSuggestion(question: string, given: Partial<TaskSuggestion> = {}): TaskSuggestion {
  lastId += 1;
  return {
    id: lastId,
    question,
    distribution: {},
    preselected: [],
    text: null,
    option_mass: null,
    status: "ok",
    reason: null,
    explanation: null,
    model: { name: "small", version: "1", recorded: false, calibrated: false, accuracy: null },
    ...given,
  };
}

export function aTask(assignment: number, given: Partial<AnnotatorTask> = {}): AnnotatorTask {
  return {
    assignment,
    item: {
      id: assignment,
      external_id: `item-${assignment}`,
      fields: { text: `Text ${assignment}` },
      language: null,
    },
    state: "leased",
    revision: 0,
    schema_version: 1,
    guideline_version: 1,
    guideline_changed: null,
    lease_until: null,
    draft: null,
    answers: null,
    suggestions: [],
    reveal: { policy: "immediate", held_out: false },
    seen_before: null,
    redo: null,
    assist: null,
    orders: {},
    ...given,
  };
}

type LockUse = (lock: Lock | null) => unknown;

/** The browser's locks, as far as one exclusive lock goes. */
class Locks {
  private isHeld = false;
  private waiting: (() => void)[] = [];

  async request(name: string, ...given: [LockUse] | [LockOptions, LockUse]): Promise<unknown> {
    const [options, use] = given.length === 1 ? [{} as LockOptions, given[0]] : given;
    if (this.isHeld && options.ifAvailable) return use(null);
    if (this.isHeld)
      await new Promise<void>((resolve, reject) => {
        this.waiting.push(resolve);
        options.signal?.addEventListener("abort", () => reject(options.signal?.reason));
      });
    this.isHeld = true;
    const used = await use({ name, mode: "exclusive" });
    this.isHeld = false;
    this.waiting.shift()?.();
    return used;
  }
}

export function someLocks(): LockManager {
  return new Locks() as unknown as LockManager;
}
