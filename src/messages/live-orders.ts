import { openConnectionWithTimeout } from '../broker/open-with-timeout.ts';
import { checkOptions, type RabbitMQOptions } from '../broker/options.ts';
import { countMessages } from '../broker/queue-counts.ts';
import type { Generation, SupervisedConnection } from '../broker/supervised-connection.ts';

/** Whether live orders wait, for work that is to stand back: a look at the main queue, over a connection of its own. */
export class LiveOrders implements AsyncDisposable {
  readonly #connection: SupervisedConnection;
  readonly #queue: string;
  readonly #generation: () => Generation | undefined;

  private constructor(connection: SupervisedConnection, queue: string, generation: () => Generation | undefined) {
    this.#connection = connection;
    this.#queue = queue;
    this.#generation = generation;
  }

  /** @throws BrokerRefusedError, BrokerUnavailableError after 15 s for each host */
  static async watch(options: RabbitMQOptions): Promise<LiveOrders> {
    const { endpoints, topology } = checkOptions(options);
    let current: Generation | undefined;
    const connection = await openConnectionWithTimeout(endpoints, 'order-sync import', async (generation) => {
      current = generation;
    });
    return new LiveOrders(connection, topology.queue, () => current);
  }

  /**
   * Events wait that a daemon is about to take. Where nobody consumes, standing back would help nobody. Never rejects: of a broker
   * that is away, no event comes.
   */
  readonly areWaiting = async (): Promise<boolean> => {
    const generation = this.#generation();
    if (generation === undefined || generation.signal.aborted) return false;
    const counts = await countMessages(generation, this.#queue).catch(() => undefined);
    return counts !== undefined && counts.messages > 0 && counts.consumers > 0;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }
}
