import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import type { PeopleFile } from '../../config/ops-config.ts';
import { type Person, readPeople } from '../../config/people.ts';
import { digest } from './digest.ts';
import type { SessionHolder } from './sessions.ts';

export interface Holder extends Person, SessionHolder {}

const LOOK_MS = 1_000;

/** How the daemon's log hears of changes to OPS_TOKENS_FILE. */
export type NotePeople = (level: 'info' | 'error', message: string) => void;

export interface KnownPeopleOptions {
  /** That of the operations port. */
  readonly port: number;
  readonly token: string | undefined;
  readonly viewerToken: string | undefined;
  readonly people: PeopleFile | undefined;
  readonly sessionSecret: string | undefined;
}

/**
 * Who has a token: OPS_TOKEN and OPS_VIEWER_TOKEN, and the people of OPS_TOKENS_FILE, which is read again when it changes. While there
 * is a mistake in it, those whom it named before stay.
 */
export class KnownPeople {
  readonly #fixed: readonly Holder[];
  readonly #path: string | undefined;
  readonly #key: Buffer;
  readonly #keyName: string;
  readonly #note: NotePeople;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #people: readonly Holder[];
  #problems: readonly string[] = [];

  constructor({ port, token, viewerToken, people, sessionSecret }: KnownPeopleOptions, note: NotePeople) {
    const given = [
      { name: 'operator', role: 'operator', token } as const,
      { name: 'viewer', role: 'viewer', token: viewerToken } as const,
    ];
    this.#fixed = given.flatMap(({ token, ...who }) =>
      token === undefined
        ? []
        : // scrypt: a stolen cookie must not be a way to try out tokens quickly.
          [{ ...who, digest: digest(token), sessionKey: scryptSync(token, `order-sync session ${who.role}`, 32) }],
    );
    // Not made of the hashes: who can read the file must not be able to sign.
    this.#key = sessionSecret === undefined ? randomBytes(32) : scryptSync(sessionSecret, 'order-sync people', 32);
    this.#keyName = sessionSecret === undefined ? `${people?.path} ${port}` : this.#key.toString('base64');
    this.#note = note;
    this.#path = people?.path;
    this.#people = this.#holders(people?.people ?? []);
  }

  /** From now on, until `close()`. */
  watch(): void {
    if (this.#path !== undefined) this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** With none at all, nobody is asked who they are. */
  get areConfigured(): boolean {
    return this.#fixed.length > 0 || this.#path !== undefined;
  }

  get all(): readonly Holder[] {
    return [...this.#fixed, ...this.#people];
  }

  /** What is wrong with the file since it was changed. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /**
   * Two daemons on one machine differ in it, and it is the same after a restart. Those that share OPS_SESSION_SECRET share their
   * sessions as well.
   */
  get identity(): string {
    const keys = this.#fixed.map(({ sessionKey }) => sessionKey.toString('base64'));
    return [...keys, ...(this.#path === undefined ? [] : [this.#keyName])].join();
  }

  /** @param listener called when somebody came, left or has another token or role @returns ends it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #holders(people: readonly Person[]): Holder[] {
    return people.map((person) => ({ ...person, sessionKey: this.#sessionKey(person) }));
  }

  #sessionKey({ name, role, digest }: Person): Buffer {
    return createHmac('sha256', this.#key).update(`${name} ${role} `).update(digest).digest();
  }

  /** The whole file each time, which is small: its time stamp need not move with each change. */
  #look(): void {
    const problems: string[] = [];
    const people = readPeople(this.#path ?? '', problems);
    if (people === undefined) {
      if (problems.join() !== this.#problems.join())
        for (const problem of problems) this.#note('error', `${problem} Those whom it named before stay until then.`);
      this.#problems = problems;
      return;
    }
    const isMended = this.#problems.length > 0;
    this.#problems = [];
    const holders = this.#holders(people);
    if (holders.map(keyText).join() === this.#people.map(keyText).join()) {
      if (isMended) this.#note('info', 'OPS_TOKENS_FILE: the mistake is gone.');
      return;
    }
    this.#people = holders;
    this.#note(
      'info',
      `OPS_TOKENS_FILE: read again: ${people.map(({ name, role }) => `${name} (${role})`).join(', ')}`,
    );
    for (const listener of this.#listeners) listener();
  }
}

function keyText({ sessionKey }: Holder): string {
  return sessionKey.toString('base64');
}
