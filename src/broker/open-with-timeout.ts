import { BrokerRefusedError, BrokerUnavailableError } from './errors.ts';
import type { Endpoint } from './options.ts';
import { type SetUp, SupervisedConnection } from './supervised-connection.ts';

/** Slow brokers need this long; one that refuses connections is given up sooner. */
const OPEN_TIMEOUT_MS = 15_000;
const TRIES = 3;

/**
 * Opens a connection for someone who waits at a terminal. Connections open as long as the broker is away, which is right
 * for a daemon; here it is given up after three tries or 15 s, and the connection closed.
 *
 * @param where the broker is, for the message
 * @throws BrokerRefusedError as `open` does; BrokerUnavailableError with the last error
 */
export async function openWithTimeout(connection: Opening, where: string): Promise<void> {
  const givenUp = Promise.withResolvers<never>();
  let tries = 0;
  let lastError = new Error(`no answer within ${OPEN_TIMEOUT_MS} ms`);
  const giveUp = () =>
    givenUp.reject(new BrokerUnavailableError(`No connection to RabbitMQ at ${where}: ${said(lastError)}`));
  connection.onRetry((error) => {
    // A refusal is explained by the connection itself.
    if (error instanceof BrokerRefusedError) return;
    lastError = error;
    tries += 1;
    if (tries === TRIES) giveUp();
  });
  const timer = setTimeout(giveUp, OPEN_TIMEOUT_MS);
  const opened = connection.open();
  try {
    await Promise.race([opened, givenUp.promise]);
  } catch (error) {
    opened.catch(() => undefined);
    await connection.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A connection of its own for one such command, open and set up. @throws like `openWithTimeout` */
export async function openConnectionWithTimeout(
  endpoint: Endpoint,
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
  await openWithTimeout(opening, `${endpoint.host}:${endpoint.port}`);
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
function said(error: Error): string {
  return error.message || ('code' in error ? String(error.code) : error.name);
}
