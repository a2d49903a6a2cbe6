import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Kind, Records } from '../model/records.ts';

/** One record that was set or, with null, removed. */
type Change = [kind: Kind, account: string, region: string, id: string, record: unknown];

/** The records of one kind in one account and region. */
export interface Collection<K extends Kind> {
  get(id: string): Records[K] | undefined;
  list(): Records[K][];
  put(id: string, record: Records[K]): void;
  delete(id: string): void;
}

const format = 1;

/**
 * The state of the sandbox, in memory and in `state.ndjson`: a first line with the state's identity, then one line per
 * transaction. A line is written in one piece before its transaction returns, so that a process killed at any moment leaves
 * complete transactions and at most one truncated last line, which opening drops. One process at a time.
 */
export class Store {
  #file: string;
  #descriptor: number;
  #id: string;
  #size: number;
  #records = new Map<string, Map<string, unknown>>();
  #made: (kind: Kind, id: string) => void;
  /** Changes of the current transaction, with their inverse. */
  #pending: { changes: Change[]; undo: Change[] } | undefined;

  /**
   * Reads, compacts and opens the state in a folder, which is created if it is missing. Throws for a damaged file. `made` is
   * called for each record that a transaction added.
   */
  constructor(folder: string, made: (kind: Kind, id: string) => void = () => undefined) {
    this.#made = made;
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, 'state.ndjson');
    this.#id = this.#read() ?? randomUUID();
    this.#size = this.#compact();
    this.#descriptor = openSync(this.#file, 'r+');
  }

  /** Identity of this state; a reset changes it. */
  get id(): string {
    return this.#id;
  }

  of<K extends Kind>(kind: K, account: string, region: string): Collection<K> {
    const records = this.#bucket(kind, account, region) as Map<string, Records[K]>;
    return {
      get: (id) => records.get(id),
      list: () => [...records.values()],
      put: (id, record) => this.#change([kind, account, region, id, record]),
      delete: (id) => this.#change([kind, account, region, id, null]),
    };
  }

  /** The records of one kind in one account and region with their ids. */
  entries<K extends Kind>(kind: K, account: string, region: string): [string, Records[K]][] {
    return [...(this.#bucket(kind, account, region) as Map<string, Records[K]>)];
  }

  /** The records of a kind in all accounts of a region, or of all regions. */
  everywhere<K extends Kind>(
    kind: K,
    region?: string,
  ): { account: string; region: string; record: Records[K] }[] {
    const found: { account: string; region: string; record: Records[K] }[] = [];
    for (const [key, records] of this.#records) {
      if (!key.startsWith(`${kind}/`)) continue;
      const [, account = '', itsRegion = ''] = key.split('/');
      if (region !== undefined && region !== itsRegion) continue;
      for (const record of records.values())
        found.push({ account, region: itsRegion, record: record as Records[K] });
    }
    return found;
  }

  /** Runs `work` as one transaction: on disk when this returns, undone if `work` or the write throws. */
  transact<T>(work: () => T): T {
    if (this.#pending) throw new Error('A transaction is already in progress');
    const pending = { changes: [] as Change[], undo: [] as Change[] };
    this.#pending = pending;
    try {
      const result = work();
      if (pending.changes.length > 0) this.#append(`${JSON.stringify(pending.changes)}\n`);
      for (const [index, [kind, , , id, record]] of pending.changes.entries()) {
        if (record !== null && pending.undo[index]?.[4] === null) this.#made(kind, id);
      }
      return result;
    } catch (error) {
      for (const change of pending.undo.reverse()) this.#apply(change);
      throw error;
    } finally {
      this.#pending = undefined;
    }
  }

  /** Deletes everything and takes a new identity. */
  reset(): void {
    this.#records.clear();
    this.#id = randomUUID();
    closeSync(this.#descriptor);
    this.#size = this.#compact();
    this.#descriptor = openSync(this.#file, 'r+');
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #change(change: Change): void {
    if (!this.#pending) throw new Error('State changes only within a transaction');
    const [kind, account, region, id] = change;
    const before = this.#bucket(kind, account, region).get(id) ?? null;
    this.#pending.undo.push([kind, account, region, id, before]);
    this.#pending.changes.push(change);
    this.#apply(change);
  }

  #apply([kind, account, region, id, record]: Change): void {
    const records = this.#bucket(kind, account, region);
    if (record === null) records.delete(id);
    else records.set(id, record);
  }

  #bucket(kind: Kind, account: string, region: string): Map<string, unknown> {
    const key = `${kind}/${account}/${region}`;
    let records = this.#records.get(key);
    if (!records) {
      records = new Map();
      this.#records.set(key, records);
    }
    return records;
  }

  /** A line that could not be written completely is cut off again, or the next one would be appended to it. */
  #append(line: string): void {
    const bytes = Buffer.from(line, 'utf8');
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#descriptor, bytes, written, bytes.length - written, this.#size + written);
      }
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#size);
      throw error;
    }
    this.#size += bytes.length;
  }

  #read(): string | undefined {
    if (!existsSync(this.#file)) return undefined;
    const text = readFileSync(this.#file, 'utf8');
    const [header, ...lines] = text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .slice(0, -1);
    if (header === undefined) return undefined;
    try {
      const { id, format: its } = JSON.parse(header) as { id: string; format: number };
      if (its !== format) throw new Error(`its format is ${its}, not ${format}`);
      for (const line of lines) for (const change of JSON.parse(line) as Change[]) this.#apply(change);
      return id;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(
        `${this.#file} is damaged (${why}). \`gopackgo sandbox reset\` starts over with empty state.`,
      );
    }
  }

  #compact(): number {
    const lines = [JSON.stringify({ id: this.#id, format })];
    for (const [key, records] of this.#records) {
      const [kind, account, region] = key.split('/');
      for (const [id, record] of records) lines.push(JSON.stringify([[kind, account, region, id, record]]));
    }
    const text = `${lines.join('\n')}\n`;
    const temporary = `${this.#file}.${process.pid}.tmp`;
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, this.#file);
    return Buffer.byteLength(text);
  }
}
