import { createHash, timingSafeEqual } from 'node:crypto';

export interface GateOptions {
  /** The names that may stand in the path. */
  readonly names: readonly string[];
  /** As they are now: the one in use, and the old one while it is replaced. Empty when the shop cannot sign. */
  readonly secrets: () => readonly string[];
  /** As it is now; undefined when the shop signs. */
  readonly token: (() => string) | undefined;
}

/** Which way a webhook comes in: signed, or with the token in its path. */
export class Gate {
  readonly secrets: () => readonly string[];
  readonly #names: readonly string[];
  readonly #token: (() => string) | undefined;

  constructor({ names, secrets, token }: GateOptions) {
    this.secrets = secrets;
    this.#names = [...new Set(names)];
    this.#token = token;
  }

  /** For people. */
  get paths(): string {
    return this.#names.map((name) => `/webhooks/${name}`).join(' or ');
  }

  /** `signed`: it still has to be checked. `open`: the token is right. */
  entrance(path: string): 'signed' | 'open' | 'wrong-token' | 'unknown' {
    const [, name, token] = /^\/webhooks\/([^/]+)(?:\/([^/]+))?\/?$/.exec(path) ?? [];
    if (name === undefined || !this.#names.includes(name)) return 'unknown';
    if (token === undefined) return 'signed';
    if (this.#token === undefined) return 'unknown';
    return timingSafeEqual(digest(token), digest(this.#token())) ? 'open' : 'wrong-token';
  }
}

/** Of one length, whatever the length of the text. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
