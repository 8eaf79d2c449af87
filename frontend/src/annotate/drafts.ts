/**
 * Work not yet submitted, kept within two seconds: on this machine with everything on screen, on the server as the
 * answers so far, so that a person may go on elsewhere. Drafts carry a growing number; the server ignores late ones.
 */
import { ApiError } from "../api/error";
import type { Answers, Writing } from "../api/types";
import type { Form } from "./form";
import type { Storage } from "./storage";

export interface LocalDraft {
  person: number;
  assignment: number;
  /** The revision the draft edits; of an older one it is out of date. */
  revision: number;
  seq: number;
  form: Form;
  /** How the texts came about; absent in drafts of earlier releases. */
  writing?: Record<string, Writing>;
}

/** What is saved: the form for this machine, the rest for the server too. */
export interface Unsaved {
  form: Form;
  answers: Answers;
  writing: Record<string, Writing>;
}

export type DraftState = "saved" | "saving" | "kept_here";

export interface AutosaveOptions {
  storage: Storage;
  person: number;
  assignment: number;
  revision: number;
  /** The last number the server or this machine has seen. */
  seq: number;
  put: (seq: number, unsaved: Pick<Unsaved, "answers" | "writing">) => Promise<unknown>;
  onState: (state: DraftState) => void;
  delayMs?: number;
}

const DELAY_MS = 1200;
const RETRY_MS = 4000;

export class Autosave {
  private seq: number;
  private newest: Unsaved | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;

  constructor(private readonly options: AutosaveOptions) {
    this.seq = options.seq;
  }

  /** Something changed. The first change starts the clock; later ones do not put it back. */
  note(unsaved: Unsaved): void {
    if (this.isClosed) return;
    this.seq += 1;
    this.newest = unsaved;
    const { person, assignment, revision, storage } = this.options;
    const { form, writing } = unsaved;
    void storage.putDraft({ person, assignment, revision, seq: this.seq, form, writing });
    this.options.onState("saving");
    clearTimeout(this.retry);
    this.timer ??= setTimeout(() => void this.flush(), this.options.delayMs ?? DELAY_MS);
  }

  /** A draft of this machine that the server lacks: send it at once. */
  catchUp(unsaved: Unsaved): void {
    this.note(unsaved);
    void this.flush();
  }

  /** Send what is unsaved now. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.newest === null || this.isClosed) return;
    const sent = this.newest;
    const seq = this.seq;
    this.newest = null;
    const isNewest = () => seq === this.seq && !this.isClosed;
    try {
      await this.options.put(seq, sent);
      if (isNewest()) this.options.onState("saved");
    } catch (failure) {
      if (!isNewest()) return; // what came after it says how it stands
      this.options.onState("kept_here");
      if (isRefused(failure)) return; // only a change can be accepted
      this.newest = sent;
      this.retry = setTimeout(() => void this.flush(), RETRY_MS);
    }
  }

  /** The item is submitted or off the screen; with `forget` the draft on this machine goes too. */
  close(forget: boolean): void {
    if (!forget) void this.flush();
    this.isClosed = true;
    clearTimeout(this.timer);
    clearTimeout(this.retry);
    if (forget) void this.options.storage.removeDraft(this.options.person, this.options.assignment);
  }
}

/** Whether the server understood the request and said no; anything else may succeed later. */
function isRefused(failure: unknown): boolean {
  return failure instanceof ApiError && failure.status < 500 && ![408, 429].includes(failure.status);
}
