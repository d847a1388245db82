import { orAborted, withTimeout } from '../async/deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { BrokerRefusedError, BrokerUnavailableError } from './errors.ts';
import { type SetUp, SupervisedConnection } from './supervised-connection.ts';

/** Slow brokers need this long; one that refuses connections is given up sooner. */
const OPEN_TIMEOUT_MS = 15_000;
const TRIES = 3;

/**
 * Opens a connection for someone waiting at a terminal. A connection keeps trying for as long as the broker is away, which is
 * right for a daemon; here it is given up after three tries or 15 s, and closed.
 *
 * @param where the broker is, for the message
 * @throws BrokerRefusedError as `open` does; BrokerUnavailableError with the last error
 */
export async function openWithTimeout(connection: Opening, where: string): Promise<void> {
  const givenUp = new AbortController();
  let tries = 0;
  let lastError = new Error(`no answer within ${OPEN_TIMEOUT_MS} ms`);
  const unavailable = () =>
    new BrokerUnavailableError(`No connection to RabbitMQ at ${where}: ${messageOf(lastError)}`);
  connection.onRetry((error) => {
    // The connection itself explains a refusal.
    if (error instanceof BrokerRefusedError) return;
    lastError = error;
    tries += 1;
    if (tries === TRIES) givenUp.abort(unavailable());
  });
  try {
    await withTimeout(orAborted(connection.open(), givenUp.signal), OPEN_TIMEOUT_MS, () => {
      throw unavailable();
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Opens and sets up a connection for one such command. @throws like `openWithTimeout` */
export async function openConnectionWithTimeout(
  endpoint: () => Endpoint,
  name: string,
  setUp: SetUp,
): Promise<SupervisedConnection> {
  let onRetry = (_error: Error): void => undefined;
  const observer = { onUp: () => undefined, onDown: () => undefined, onRetry: (error: Error) => onRetry(error) };
  const connection = new SupervisedConnection({ endpoint, name, setUp, observer });
  const opening: Opening = {
    open: () => connection.open(),
    close: () => connection.close(),
    onRetry: (listener) => {
      onRetry = listener;
    },
  };
  const { host, port } = endpoint();
  await openWithTimeout(opening, `${host}:${port}`);
  return connection;
}

/** What a `RabbitMQ` and a `SupervisedConnection` have in common. */
export interface Opening {
  open(): Promise<void>;
  close(): Promise<void>;
  /** Called once, before `open`. */
  onRetry(listener: (error: Error) => void): void;
}

/** When a name has several addresses, Node's error for all of them has a code but no message. */
function messageOf(error: Error): string {
  return error.message || ('code' in error ? String(error.code) : error.name);
}
