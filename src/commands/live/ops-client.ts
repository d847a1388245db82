import { setTimeout as sleep } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { OpsConfig } from '../../config/load-config.ts';
import { ConfigError } from '../../errors.ts';
import { type DeliveryFilter, filterQuery } from '../../ops/dashboard/live/delivery-filter.ts';
import type { Session, Snapshot, Tick } from '../../ops/dashboard/messages.ts';
import { reachable } from '../../settings/loopback.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';

const ANSWER_TIMEOUT_MS = 5_000;
/** The daemon sends something every five seconds. */
const SILENCE_MS = 15_000;
const RECONNECT_MS = 1_000;

/** What a running daemon sends. `lost`: it no longer answers; the client keeps trying until it does. */
export type LiveMessage =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'tick'; readonly tick: Tick }
  | { readonly kind: 'lost'; readonly error: Error };

/** A client of the operations port, for the daemon that runs with these settings. */
export class OpsClient {
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws ConfigError when the port is off */
  constructor(ops: OpsConfig | undefined) {
    if (ops === undefined) {
      const expected = "the daemon's port, such as 9464 (off by default)";
      throw new ConfigError([`OPS_PORT: not set; expected ${expected}. The daemon must run with it, too.`]);
    }
    this.#origin = `http://${reachable(ops.host)}:${ops.port}`;
    // The viewer's token is enough to read.
    const token = ops.viewerToken ?? ops.token;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** @throws CommandError, ConfigError */
  async session(): Promise<Session> {
    return await this.#json<Session>('/api/session');
  }

  /** The current state. @throws CommandError, ConfigError */
  async snapshot(): Promise<Snapshot> {
    return await this.#json<Snapshot>('/api/now');
  }

  /**
   * Everything that happens, until the signal is aborted.
   *
   * @param filter limits the deliveries to those that match; more of these are sent than without a filter
   * @throws CommandError, ConfigError if the daemon does not answer at first, or refuses later
   */
  async *follow(signal: AbortSignal, filter: DeliveryFilter = {}): AsyncGenerator<LiveMessage> {
    let hasAnswered = false;
    while (!signal.aborted) {
      try {
        for await (const message of this.#stream(filter, signal)) {
          hasAnswered = true;
          yield message;
        }
      } catch (error) {
        if (signal.aborted) return;
        const isTransient = error instanceof CommandError && error.status === EXIT.unavailable;
        if (!hasAnswered || !isTransient) throw error;
        yield { kind: 'lost', error };
        await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Until the connection ends. @throws CommandError `unavailable` then */
  async *#stream(filter: DeliveryFilter, signal: AbortSignal): AsyncGenerator<LiveMessage> {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const response = await this.#request(
        `/api/live?${filterQuery(filter)}`,
        AbortSignal.any([signal, silence.signal]),
      );
      const events = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
      for await (const { event, data } of events ?? []) {
        timer.refresh();
        if (event === 'snapshot') yield { kind: 'snapshot', snapshot: JSON.parse(data) as Snapshot };
        else if (event === 'tick') yield { kind: 'tick', tick: JSON.parse(data) as Tick };
      }
      throw new CommandError(`The daemon at ${this.#origin} closed the connection.`, EXIT.unavailable);
    } catch (error) {
      throw error instanceof CommandError || error instanceof ConfigError ? error : this.#noAnswer(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Not validated: the daemon is expected to be of the same version. */
  async #json<T>(path: string): Promise<T> {
    const response = await this.#request(path, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
    try {
      return (await response.json()) as T;
    } catch (error) {
      throw this.#noAnswer(error);
    }
  }

  async #request(path: string, signal: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${this.#origin}${path}`, { headers: this.#headers, signal, redirect: 'error' });
    } catch (error) {
      throw this.#noAnswer(error);
    }
    if (response.ok) return response;
    const answer = (await response.text().catch(() => '')).trim().slice(0, 200);
    if (response.status === 401) {
      throw new ConfigError([
        `OPS_TOKEN: the daemon at ${this.#origin} refused it; expected the token that the daemon runs with, or one of a person in its OPS_TOKENS_FILE.`,
      ]);
    }
    if (response.status === 404) {
      throw new CommandError(`The server at ${this.#origin} is not order-sync, or an older version of it.`);
    }
    throw new CommandError(`The daemon at ${this.#origin} refused: ${answer} (${response.status})`, EXIT.unavailable);
  }

  #noAnswer(cause: unknown): CommandError {
    const why = cause instanceof Error && cause.cause instanceof Error ? ` (${cause.cause.message})` : '';
    const hint = 'Is it running on this machine, with the same OPS_PORT and OPS_HOST?';
    return new CommandError(`No daemon answers at ${this.#origin}${why}. ${hint}`, EXIT.unavailable);
  }
}
