import { isUtf8 } from 'node:buffer';
import { BrokerError } from '../../../broker/errors.ts';
import type { RabbitMQ } from '../../../broker/rabbitmq.ts';
import { restoreDeadLetters } from '../../../dead-letters/restore.ts';
import { SyncError } from '../../../errors.ts';
import type { AuditStore, RestorableDeadLetter } from '../../../internal-system/audit-store.ts';
import type { InternalSystem } from '../../../internal-system/internal-system.ts';
import { shipmentQueueName } from '../../../shipments/shipment-event.ts';
import { Refused } from '../../http/json-body.ts';
import type { ActivityAnswer, RestorableAnswer, RestorableMessage, Restored } from '../activity-messages.ts';

const ENTRIES_PER_PAGE = 50;
/** Of one action; a command restores more. */
const MAX_RESTORABLE = 1_000;
const LONGEST_CONTENT = 4_096;

interface Sources {
  readonly rabbit: Pick<RabbitMQ, 'publish' | 'queue'>;
  readonly internalSystem: Pick<InternalSystem, 'audit'>;
}

/** Who did what, and the way back from a discard, for operators: a message that was kept may hold personal data. */
export class ActivityApi {
  readonly #sources: Sources;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** @param before an entry's id: only older ones @throws SyncError */
  async list(before: string | undefined): Promise<ActivityAnswer> {
    const { audit } = this.#sources.internalSystem;
    if (audit === undefined) return { isKept: false, entries: [], hasMore: false };
    const entries = await audit.list(ENTRIES_PER_PAGE + 1, before);
    return { isKept: true, entries: entries.slice(0, ENTRIES_PER_PAGE), hasMore: entries.length > ENTRIES_PER_PAGE };
  }

  /** What the action with this id discarded. @throws Refused, SyncError */
  async restorable(entryId: string): Promise<RestorableAnswer> {
    const deadLetters = await this.#store().kept({ entryId, limit: MAX_RESTORABLE });
    return { deadLetters: deadLetters.map(shown) };
  }

  /**
   * @param ids of those among them that are meant; all by default @param onDone called for each one restored
   * @throws Refused; SyncError when what was kept can't be read
   */
  async restore(
    entryId: string,
    ids: readonly string[] | undefined,
    onDone: (deadLetter: RestorableDeadLetter) => void,
  ): Promise<Restored> {
    const { rabbit } = this.#sources;
    const store = this.#store();
    const all = await store.kept({ entryId, limit: MAX_RESTORABLE });
    const meant = ids === undefined ? all : all.filter(({ id }) => ids.includes(id));
    const queues = { orders: rabbit.queue, shipments: shipmentQueueName(rabbit.queue) };
    let done = 0;
    try {
      await restoreDeadLetters(meant, rabbit, queues, store, (deadLetter) => {
        done += 1;
        onDone(deadLetter);
      });
      return { done };
    } catch (error) {
      if (!(error instanceof BrokerError || error instanceof SyncError)) throw error;
      return { done, error: error.message };
    }
  }

  #store(): AuditStore {
    const { audit } = this.#sources.internalSystem;
    if (audit === undefined) throw new Refused(501, 'The INTERNAL_SYSTEM module keeps no audit.');
    return audit;
  }
}

function shown({ id, order, event, reason, error, bytes, message }: RestorableDeadLetter): RestorableMessage {
  return { id, order, event, reason, error, bytes, content: message === null ? null : shownContent(message.content) };
}

function shownContent(content: Buffer): string {
  return isUtf8(content)
    ? content.toString().slice(0, LONGEST_CONTENT)
    : content.subarray(0, LONGEST_CONTENT).toString('base64');
}
