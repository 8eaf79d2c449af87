/**
 * Answers on their way to the server. An entry is kept until the server has acknowledged it; entries are sent one
 * after the other, those of one assignment in order, again and again with growing pauses while the server cannot be
 * reached. Entries of somebody else are kept and named, never sent. Every tab has the entries of all; the one that
 * holds the lock sends, after a look at what the others have sent, made or taken back meanwhile.
 */
import type { RejectReason, Submission, SubmitReply, Times } from "../api/types";
import type { Storage } from "./storage";

export type Act =
  | { kind: "submit"; body: Omit<Submission, "client_id"> }
  | { kind: "skip"; body: Times }
  | { kind: "reject"; body: Times & { reason: RejectReason; note: string } };

export interface Entry {
  client_id: string;
  /** Order of making; grows over reloads. */
  number: number;
  person: number;
  person_name: string;
  project: string;
  assignment: number;
  /** What the person calls the item. */
  label: string;
  act: Act;
  made_at: string;
  /** `waiting` is sent by itself; the other two wait for the person. */
  state: "waiting" | "conflict" | "refused";
  /** Whether it was tried before: the server may have it although no answer came back. */
  wasTried: boolean;
  /** What the server said when it refused. */
  problem: string | null;
  /** What stands there instead, in a conflict. */
  current: Current | null;
}

export interface Current {
  revision: number;
  answers: Submission["answers"];
  submitted_at: string | null;
}

/** What came of sending one entry. */
export type Outcome =
  | { kind: "sent"; reply: SubmitReply | null }
  | { kind: "unreachable"; retryAfterMs?: number }
  | { kind: "logged_out" }
  | { kind: "conflict"; current: Current | null; problem: string }
  | { kind: "refused"; problem: string };

export interface OutboxState {
  /** Entries of the person at work, oldest first. */
  entries: readonly Entry[];
  /** Entries of others on this machine: whose, and how many. */
  others: readonly { name: string; count: number }[];
  isReachable: boolean;
  isSending: boolean;
  isLasting: boolean;
}

/** What concerns a tab of the browser: one of them holds the lock and sends. */
const LOCK = "milo.outbox";

export interface OutboxOptions {
  storage: Storage;
  person: { id: number; name: string };
  send: (entry: Entry) => Promise<Outcome>;
  /** Resolves when the same person is logged in again. */
  logInAgain: () => Promise<unknown>;
  now?: () => Date;
  /** Undefined where the browser has none, as without HTTPS: then every tab sends, and the server counts once. */
  locks?: LockManager | undefined;
  /** Pauses between attempts while the server cannot be reached; the last one repeats. */
  pausesMs?: readonly number[];
  onSent?: (entry: Entry, reply: SubmitReply | null) => void;
}

const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];

export class Outbox {
  private all: Entry[] = [];
  private sendingId: string | null = null;
  private isReachable = true;
  private isStopped = false;
  /** Nothing is sent until the person is logged in again. */
  private asksToLogIn = false;
  /** Whether this tab is the one that sends. */
  private isSender = false;
  /** Entries that are not in the storage: being put there, or there was no room. */
  private unkept = new Set<string>();
  private isKept = true;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private lastNumber = 0;
  private listeners = new Set<() => void>();
  private state: OutboxState;

  private constructor(private readonly options: OutboxOptions) {
    this.state = this.describe();
  }

  /** Load what was left from before and start sending it. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    const outbox = new Outbox(options);
    outbox.all = await options.storage.entries();
    outbox.lastNumber = outbox.all.at(-1)?.number ?? 0;
    outbox.changed();
    outbox.wake();
    return outbox;
  }

  /** Keep an act and send it. The promise resolves when it is safe on this machine. */
  async add(clientId: string, given: Pick<Entry, "project" | "assignment" | "label" | "act">): Promise<void> {
    const { person, now = () => new Date() } = this.options;
    this.lastNumber = Math.max(this.lastNumber + 1, now().getTime());
    const entry: Entry = {
      ...given,
      client_id: clientId,
      number: this.lastNumber,
      person: person.id,
      person_name: person.name,
      made_at: now().toISOString(),
      state: "waiting",
      wasTried: false,
      problem: null,
      current: null,
    };
    this.all = [...this.all, entry];
    this.changed();
    await this.keep(entry);
    this.wake();
  }

  /** Take an entry back that never left this machine; false when the server has it or may have it. */
  async takeBack(clientId: string): Promise<boolean> {
    if (this.isSender || this.locks === undefined) return this.takeBackAlone(clientId);
    return this.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock === null) return false; // another tab is sending, perhaps this one
      await this.catchUp();
      return this.takeBackAlone(clientId);
    });
  }

  private async takeBackAlone(clientId: string): Promise<boolean> {
    const entry = this.find(clientId);
    if (entry === undefined || entry.wasTried || this.sendingId === clientId) return false;
    await this.forget(entry);
    return true;
  }

  /** Give up an entry the server did not accept. */
  async discard(clientId: string): Promise<void> {
    const entry = this.find(clientId);
    if (entry !== undefined && entry.state !== "waiting") await this.forget(entry);
  }

  /** Whether an entry still waits to be sent. */
  isWaiting(clientId: string): boolean {
    return this.find(clientId)?.state === "waiting";
  }

  /** The assignments about which something of the person has not arrived yet. */
  assignments(): number[] {
    return this.mine().map(({ assignment }) => assignment);
  }

  /** Send again what the server refused, perhaps changed. */
  async sendAgain(clientId: string, act?: Act): Promise<void> {
    const entry = this.find(clientId);
    if (entry === undefined) return;
    await this.replace(entry, { state: "waiting", problem: null, current: null, act: act ?? entry.act });
    this.wake();
  }

  /** Whether an entry is neither waiting nor on its way any more; waits for the one that is on its way. */
  async settled(clientId: string): Promise<void> {
    while (this.sendingId === clientId) await new Promise<void>((resolve) => this.once(resolve));
  }

  /** Try now: the network is back, or the person asks. */
  wake(): void {
    if (this.isStopped || this.asksToLogIn) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running ??= this.drainAlone().finally(() => {
      this.running = null;
      this.changed();
      if (this.next() !== undefined && this.timer === undefined) this.wake();
    });
  }

  /** Stop sending; what is kept stays kept. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getState = (): OutboxState => this.state;

  /** One tab of the browser sends at a time, so that the order holds across tabs. */
  private async drainAlone(): Promise<void> {
    await Promise.resolve(); // whoever woke us paints first
    if (this.locks === undefined) return this.drain();
    await this.locks.request(LOCK, async () => {
      this.isSender = true;
      await this.drain().finally(() => {
        this.isSender = false;
      });
    });
  }

  private async drain(): Promise<void> {
    await this.catchUp();
    for (let entry = this.next(); entry !== undefined && !this.isStopped; entry = this.next()) {
      this.sendingId = entry.client_id;
      this.changed();
      const outcome = await this.options.send(entry);
      this.sendingId = null;
      const goOn = await this.settle(entry, outcome);
      this.changed();
      if (!goOn) return;
    }
  }

  /** Keep the outcome; true when the next entry may go. */
  private async settle(entry: Entry, outcome: Outcome): Promise<boolean> {
    this.isReachable = outcome.kind !== "unreachable";
    if (this.isReachable) this.failures = 0;
    switch (outcome.kind) {
      case "sent":
        await this.forget(entry);
        this.options.onSent?.(entry, outcome.reply);
        return true;
      case "conflict":
        await this.replace(entry, { state: "conflict", problem: outcome.problem, current: outcome.current });
        return true;
      case "refused":
        await this.replace(entry, { state: "refused", problem: outcome.problem });
        return true;
      case "logged_out":
        if (!this.isStopped) this.askToLogIn();
        return false;
      case "unreachable":
        await this.replace(entry, { wasTried: true });
        this.pause(outcome.retryAfterMs);
        return false;
    }
  }

  /** Go on once the same person is logged in; another tab may send meanwhile. */
  private askToLogIn(): void {
    this.asksToLogIn = true;
    this.options.logInAgain().then(
      () => {
        this.asksToLogIn = false;
        this.wake();
      },
      () => this.stop(), // somebody else logged in: these entries stay, and are not theirs to send
    );
  }

  /** Take over what other tabs did: the storage is right about everything that was put into it. */
  private async catchUp(): Promise<void> {
    let before: Entry[];
    let stored: Entry[];
    do {
      before = this.all;
      stored = await this.options.storage.entries();
    } while (this.all !== before); // something was made or taken back here while it was read
    const unkept = before.filter(({ client_id }) => this.unkept.has(client_id));
    const others = stored.filter(({ client_id }) => !this.unkept.has(client_id));
    this.all = [...others, ...unkept].sort((one, other) => one.number - other.number);
    this.changed();
  }

  private get locks(): LockManager | undefined {
    return "locks" in this.options ? this.options.locks : navigator.locks;
  }

  private pause(atLeastMs = 0): void {
    if (this.isStopped) return;
    const pauses = this.options.pausesMs ?? PAUSES_MS;
    const pause = pauses[Math.min(this.failures, pauses.length - 1)] ?? 1000;
    this.failures += 1;
    this.timer = setTimeout(() => this.wake(), Math.max(pause, atLeastMs));
  }

  /** The oldest entry of the person whose assignment has nothing older that waits for them. */
  private next(): Entry | undefined {
    const held = new Set<number>();
    for (const entry of this.mine()) {
      if (entry.state !== "waiting") held.add(entry.assignment);
      else if (!held.has(entry.assignment)) return entry;
    }
    return undefined;
  }

  private mine(): Entry[] {
    return this.all.filter(({ person }) => person === this.options.person.id);
  }

  private find(clientId: string): Entry | undefined {
    return this.mine().find((entry) => entry.client_id === clientId);
  }

  private async forget(entry: Entry): Promise<void> {
    this.all = this.all.filter(({ client_id }) => client_id !== entry.client_id);
    this.unkept.delete(entry.client_id);
    this.changed();
    await this.options.storage.removeEntry(entry.client_id);
  }

  private async replace(entry: Entry, change: Partial<Entry>): Promise<void> {
    const changed = { ...entry, ...change };
    this.all = this.all.map((other) => (other.client_id === entry.client_id ? changed : other));
    this.changed();
    await this.keep(changed);
  }

  private async keep(entry: Entry): Promise<void> {
    this.unkept.add(entry.client_id);
    await this.options.storage.putEntry(entry).then(
      () => this.unkept.delete(entry.client_id),
      () => {
        this.isKept = false; // a full disk: it is still sent, and the browser asks before the page closes
        this.changed();
      },
    );
  }

  private once(listener: () => void): void {
    const stop = this.subscribe(() => {
      stop();
      listener();
    });
  }

  private changed(): void {
    this.state = this.describe();
    for (const listener of this.listeners) listener();
  }

  private describe(): OutboxState {
    const others = new Map<string, number>();
    for (const { person, person_name: name } of this.all)
      if (person !== this.options.person.id) others.set(name, (others.get(name) ?? 0) + 1);
    return {
      entries: this.mine(),
      others: [...others].map(([name, count]) => ({ name, count })),
      isReachable: this.isReachable,
      isSending: this.sendingId !== null,
      isLasting: this.options.storage.isLasting && this.isKept,
    };
  }
}
