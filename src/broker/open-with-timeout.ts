import { orAborted, withTimeout } from '../async/deadline.ts';
import { brokerName, type Endpoints } from './endpoint.ts';
import { BrokerUnavailableError } from './errors.ts';
import { type ConnectionObserver, type SetUp, SupervisedConnection } from './supervised-connection.ts';

/** For each host. Slow brokers need this long; those that refuse connections are given up sooner. */
const OPEN_TIMEOUT_MS = 15_000;
const ROUNDS = 3;

/**
 * Opens a connection for someone waiting at a terminal. A connection keeps trying for as long as the broker is away, which is
 * right for a daemon; here it is given up after three rounds, or 15 s for each host, and closed.
 *
 * @throws BrokerRefusedError as `open` does; BrokerUnavailableError with each host's last error
 */
export async function openWithTimeout(connection: Opening, endpoints: Endpoints): Promise<void> {
  const givenUp = new AbortController();
  const timeoutMs = OPEN_TIMEOUT_MS * endpoints.length;
  const brokers = endpoints.map(brokerName);
  const errors = new Map<string, Error>();
  let rounds = 0;
  const unavailable = () => {
    const found = [...errors.values()];
    // There was a connection, then, and the broker has said what is wrong.
    const answer = found.find((error) => error instanceof BrokerUnavailableError && error.brokerAnswers);
    if (answer !== undefined) return answer;
    const reasons = [...errors].map(([broker, error]) => `${broker}: ${messageOf(error)}`);
    return new BrokerUnavailableError(`No connection to RabbitMQ at ${reasons.join('; ')}`, { cause: found.at(-1) });
  };
  connection.onRetry((error, delayMs, broker = brokers.join(', ')) => {
    errors.set(broker, error);
    if (delayMs > 0) rounds += 1;
    if (rounds === ROUNDS) givenUp.abort(unavailable());
  });
  try {
    await withTimeout(orAborted(connection.open(), givenUp.signal), timeoutMs, () => {
      const noAnswer = new Error(`no answer within ${timeoutMs} ms`);
      for (const broker of brokers) if (!errors.has(broker)) errors.set(broker, noAnswer);
      throw unavailable();
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Opens and sets up a connection for one such command. @throws like `openWithTimeout` */
export async function openConnectionWithTimeout(
  endpoints: () => Endpoints,
  name: string,
  setUp: SetUp,
): Promise<SupervisedConnection> {
  let onRetry: RetryListener = () => undefined;
  const observer: ConnectionObserver = {
    onUp: () => undefined,
    onDown: () => undefined,
    onRetry: (...retry) => onRetry(...retry),
  };
  const connection = new SupervisedConnection({ endpoints, name, setUp, observer });
  const opening: Opening = {
    open: () => connection.open(),
    close: () => connection.close(),
    onRetry: (listener) => {
      onRetry = listener;
    },
  };
  await openWithTimeout(opening, endpoints());
  return connection;
}

export type RetryListener = ConnectionObserver['onRetry'];

/** What a `RabbitMQ` and a `SupervisedConnection` have in common. */
export interface Opening {
  open(): Promise<void>;
  close(): Promise<void>;
  /** Called once, before `open`. */
  onRetry(listener: RetryListener): void;
}

/** Some of Node's errors have a code but no message. */
function messageOf(error: Error): string {
  return error.message || ('code' in error ? String(error.code) : error.name);
}
