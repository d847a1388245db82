import { isUtf8 } from 'node:buffer';
import { BrokerError } from '../../../broker/errors.ts';
import type { RabbitMQOptions } from '../../../broker/options.ts';
import type { RabbitMQ } from '../../../broker/rabbitmq.ts';
import { DeadLetters } from '../../../dead-letters/dead-letters.ts';
import { discardDeadLetters } from '../../../dead-letters/discard.ts';
import { beginningOf, excerptOf } from '../../../dead-letters/excerpt.ts';
import { replayDeadLetters } from '../../../dead-letters/replay.ts';
import { type Selected, Selection } from '../../../dead-letters/selection.ts';
import type { DeadLetterSummary } from '../../../dead-letters/summary.ts';
import { SyncError } from '../../../errors.ts';
import type { Actor } from '../../../internal-system/audit-store.ts';
import type { InternalSystem } from '../../../internal-system/internal-system.ts';
import type { Role } from '../../http/access.ts';
import { Refused } from '../../http/json-body.ts';
import { cached } from '../cached.ts';
import type { DeadLetterList, ListedDeadLetter } from '../list-messages.ts';
import type { DeadLetterDetails, DeadLettersSettled } from '../messages.ts';
import { personalValue } from './order-details.ts';

const MAX_LISTED = 1_000;
const LONGEST_CONTENT = 4_096;
/** While the dead letters are being read, no other consumer sees them: read them no more often than this. */
const CACHE_MS = 3_000;

/** A dead letter as it was read, for whoever asks. */
type Read = DeadLetterSummary & { readonly excerpt: string | null };

interface Sources {
  readonly rabbitmq: RabbitMQOptions;
  readonly rabbit: Pick<RabbitMQ, 'publish' | 'queue'>;
  readonly internalSystem: InternalSystem;
}

/** The dead letters, for the web page. One operation at a time: two would not see the dead letters held by each other. */
export class DeadLettersApi {
  readonly #sources: Sources;
  readonly #list = cached(CACHE_MS, () => this.#oneAtATime(() => this.#read()));
  #last: Promise<unknown> = Promise.resolve();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** @throws BrokerError */
  async list(role: Role): Promise<DeadLetterList> {
    const { count, deadLetters, canRestore } = await this.#list.get();
    const shown = ({ excerpt, ...summary }: Read): ListedDeadLetter => ({
      ...summary,
      excerpt: personalValue(excerpt, role),
    });
    return { count, deadLetters: deadLetters.map(shown), canRestore };
  }

  /** @throws Refused if no dead letter has this id now; BrokerError */
  show(id: string, role: Role): Promise<DeadLetterDetails> {
    return this.#oneAtATime(async () => {
      await using deadLetters = await DeadLetters.open(this.#sources.rabbitmq);
      for await (const selected of Selection.ofIds([id]).from(deadLetters)) return detailsOf(selected, role);
      throw new Refused(404, 'No dead letter has this id now.');
    });
  }

  /** @param onDone called for each dead letter that was replayed */
  replay(selection: Selection, onDone: (summary: DeadLetterSummary) => void): Promise<DeadLettersSettled> {
    const { rabbitmq, rabbit } = this.#sources;
    return this.#settle(selection, onDone, (count) => replayDeadLetters(rabbitmq, selection, rabbit, count));
  }

  discard(
    selection: Selection,
    actor: Actor,
    onDone: (summary: DeadLetterSummary) => void,
  ): Promise<DeadLettersSettled> {
    const { rabbitmq, internalSystem: system } = this.#sources;
    const discarding = { system, actor, source: 'orders' } as const;
    return this.#settle(selection, onDone, (count) => discardDeadLetters(rabbitmq, selection, discarding, count));
  }

  #settle(
    selection: Selection,
    onDone: (summary: DeadLetterSummary) => void,
    work: (count: (summary: DeadLetterSummary) => void) => Promise<void>,
  ): Promise<DeadLettersSettled> {
    return this.#oneAtATime(async () => {
      let done = 0;
      try {
        await work((summary) => {
          done += 1;
          onDone(summary);
        });
        return { done, unmatched: selection.unmatched };
      } catch (error) {
        if (!(error instanceof BrokerError || error instanceof SyncError)) throw error;
        return { done, unmatched: [], error: error.message };
      } finally {
        this.#list.forget();
      }
    });
  }

  async #read(): Promise<Omit<DeadLetterList, 'deadLetters'> & { readonly deadLetters: readonly Read[] }> {
    await using open = await DeadLetters.open(this.#sources.rabbitmq);
    const deadLetters: Read[] = [];
    for await (const selected of Selection.ofIds([]).from(open)) {
      deadLetters.push({ ...selected.summary, excerpt: excerptOf(selected) });
      if (deadLetters.length === MAX_LISTED) break;
    }
    const canRestore = this.#sources.internalSystem.audit !== undefined;
    return { count: Math.max(open.count, deadLetters.length), deadLetters, canRestore };
  }

  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

function detailsOf({ deadLetter, summary }: Selected, role: Role): DeadLetterDetails {
  const { content } = deadLetter.delivery;
  return {
    ...summary,
    publishedAt: deadLetter.publishedAt?.toISOString() ?? null,
    bytes: content.byteLength,
    // A producer may put anything into its messages.
    content: personalValue(beginningOf(content, LONGEST_CONTENT), role),
    isText: isUtf8(content),
    isCut: content.byteLength > LONGEST_CONTENT,
  };
}
