/** What must survive a reload: answers waiting to be sent, and drafts. IndexedDB, or memory where there is none. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { LocalDraft } from "./drafts";
import type { Entry } from "./outbox";

export interface Storage {
  /** Whether it survives a reload. */
  readonly isLasting: boolean;
  entries(): Promise<Entry[]>;
  putEntry(entry: Entry): Promise<void>;
  removeEntry(clientId: string): Promise<void>;
  draft(person: number, assignment: number): Promise<LocalDraft | undefined>;
  putDraft(draft: LocalDraft): Promise<void>;
  removeDraft(person: number, assignment: number): Promise<void>;
}

interface Schema extends DBSchema {
  entries: { key: string; value: Entry };
  drafts: { key: [number, number]; value: LocalDraft };
}

/** IndexedDB when the browser lets us, else memory. */
export async function openStorage(name = "milo"): Promise<Storage> {
  try {
    const database = await openDB<Schema>(name, 1, {
      upgrade(opened) {
        opened.createObjectStore("entries", { keyPath: "client_id" });
        opened.createObjectStore("drafts", { keyPath: ["person", "assignment"] });
      },
    });
    return new LastingStorage(database);
  } catch {
    return new MemoryStorage(); // private windows and strict settings: the screen says so before work starts
  }
}

class LastingStorage implements Storage {
  readonly isLasting = true;

  constructor(private readonly database: IDBPDatabase<Schema>) {}

  async entries(): Promise<Entry[]> {
    const entries = await this.database.getAll("entries");
    return entries.sort((one, other) => one.number - other.number);
  }

  async putEntry(entry: Entry): Promise<void> {
    const write = this.database.transaction("entries", "readwrite", { durability: "strict" });
    await Promise.all([write.store.put(entry), write.done]);
  }

  async removeEntry(clientId: string): Promise<void> {
    await this.database.delete("entries", clientId);
  }

  async draft(person: number, assignment: number): Promise<LocalDraft | undefined> {
    return this.database.get("drafts", [person, assignment]);
  }

  async putDraft(draft: LocalDraft): Promise<void> {
    await this.database.put("drafts", draft);
  }

  async removeDraft(person: number, assignment: number): Promise<void> {
    await this.database.delete("drafts", [person, assignment]);
  }
}

export class MemoryStorage implements Storage {
  readonly isLasting: boolean = false;
  private readonly kept = new Map<string, Entry>();
  private readonly drafts = new Map<string, LocalDraft>();

  async entries(): Promise<Entry[]> {
    return [...this.kept.values()].sort((one, other) => one.number - other.number);
  }

  async putEntry(entry: Entry): Promise<void> {
    this.kept.set(entry.client_id, entry);
  }

  async removeEntry(clientId: string): Promise<void> {
    this.kept.delete(clientId);
  }

  async draft(person: number, assignment: number): Promise<LocalDraft | undefined> {
    return this.drafts.get(`${person} ${assignment}`);
  }

  async putDraft(draft: LocalDraft): Promise<void> {
    this.drafts.set(`${draft.person} ${draft.assignment}`, draft);
  }

  async removeDraft(person: number, assignment: number): Promise<void> {
    this.drafts.delete(`${person} ${assignment}`);
  }
}
