import { isUtf8 } from 'node:buffer';
import { BrokerError } from '../../../broker/errors.ts';
import type { RabbitMQOptions } from '../../../broker/options.ts';
import type { RabbitMQ } from '../../../broker/rabbitmq.ts';
import { DeadLetters } from '../../../dead-letters/dead-letters.ts';
import { discardDeadLetters } from '../../../dead-letters/discard.ts';
import { replayDeadLetters } from '../../../dead-letters/replay.ts';
import { type Selected, Selection } from '../../../dead-letters/selection.ts';
import type { DeadLetterSummary } from '../../../dead-letters/summary.ts';
import { SyncError } from '../../../errors.ts';
import type { InternalSystem } from '../../../internal-system/internal-system.ts';
import type { Role } from '../../http/access.ts';
import { Refused } from '../../http/json-body.ts';
import { cached } from '../cached.ts';
import type { DeadLetterDetails, DeadLetterList, DeadLettersSettled } from '../messages.ts';
import { personalValue } from './order-details.ts';

const MAX_LISTED = 1_000;
const LONGEST_CONTENT = 4_096;
/** While one looks at the dead letters nobody else sees them: not more often than this. */
const LOOK_MS = 3_000;

interface Sources {
  readonly rabbitmq: RabbitMQOptions;
  readonly rabbit: Pick<RabbitMQ, 'publish' | 'queue'>;
  readonly internalSystem: InternalSystem;
}

/** The dead letters, for the web page. One thing at a time is done with them, as two would not see each other's dead letters. */
export class DeadLettersApi {
  readonly #sources: Sources;
  readonly #list = cached(LOOK_MS, () => this.#inTurn(() => this.#look()));
  #turn: Promise<unknown> = Promise.resolve();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** @throws BrokerError */
  list(): Promise<DeadLetterList> {
    return this.#list.get();
  }

  /** @throws Refused when it is not there (now); BrokerError */
  show(id: string, role: Role): Promise<DeadLetterDetails> {
    return this.#inTurn(async () => {
      await using deadLetters = await DeadLetters.open(this.#sources.rabbitmq);
      for await (const selected of new Selection([id], {}).from(deadLetters)) return detailsOf(selected, role);
      throw new Refused(404, 'There is no such dead letter (now).');
    });
  }

  /** @param onDone told of each that was */
  replay(selection: Selection, onDone: (summary: DeadLetterSummary) => void): Promise<DeadLettersSettled> {
    const { rabbitmq, rabbit } = this.#sources;
    return this.#settle(selection, onDone, (count) => replayDeadLetters(rabbitmq, selection, rabbit, count));
  }

  discard(selection: Selection, onDone: (summary: DeadLetterSummary) => void): Promise<DeadLettersSettled> {
    const { rabbitmq, internalSystem } = this.#sources;
    return this.#settle(selection, onDone, (count) => discardDeadLetters(rabbitmq, selection, internalSystem, count));
  }

  #settle(
    selection: Selection,
    onDone: (summary: DeadLetterSummary) => void,
    work: (count: (summary: DeadLetterSummary) => void) => Promise<void>,
  ): Promise<DeadLettersSettled> {
    return this.#inTurn(async () => {
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

  async #look(): Promise<DeadLetterList> {
    await using open = await DeadLetters.open(this.#sources.rabbitmq);
    const deadLetters: DeadLetterSummary[] = [];
    for await (const { summary } of new Selection([], {}).from(open)) {
      deadLetters.push(summary);
      if (deadLetters.length === MAX_LISTED) break;
    }
    return { count: Math.max(open.count, deadLetters.length), deadLetters };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

function detailsOf({ deadLetter, summary }: Selected, role: Role): DeadLetterDetails {
  const { content } = deadLetter.delivery;
  const isText = isUtf8(content);
  const shown = isText
    ? content.toString().slice(0, LONGEST_CONTENT)
    : content.subarray(0, LONGEST_CONTENT).toString('base64');
  return {
    ...summary,
    publishedAt: deadLetter.publishedAt?.toISOString() ?? null,
    bytes: content.byteLength,
    // Nobody knows what a producer puts into its messages.
    content: personalValue(shown, role),
    isText,
    isCut: content.byteLength > LONGEST_CONTENT,
  };
}
