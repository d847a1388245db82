import { AbortListener } from '../async/abort-listener.ts';
import { asSyncError, SyncError } from '../errors.ts';

export interface CallBounds {
  /** How long the call may take, and from each sign of progress on, in ms. */
  readonly timeoutMs: number;
  /** Aborted, with a SyncError as its reason, when nobody wants the outcome any more. */
  readonly abandoned: AbortSignal;
  /** The call was told to end, and for as long again it has not. */
  readonly onOverdue: (error: SyncError) => void;
}

/**
 * One call of an adapter under a time limit. When its time is up, its signal is aborted; but it lasts until the adapter has
 * ended it, so that nobody begins another one beside it.
 *
 * @param call gets its signal, and what to call when there is progress: its time begins anew
 * @throws SyncError `write_failed` when its time was up, `abandoned`'s reason, or what the adapter throws
 */
export async function boundedCall<T>(
  call: (signal: AbortSignal, onProgress: () => void) => Promise<T>,
  { timeoutMs, abandoned, onOverdue }: CallBounds,
): Promise<T> {
  const ending = new AbortController();
  const { signal } = ending;
  const timer = setTimeout(() => (signal.aborted ? onOverdue(overdue(timeoutMs)) : end(late(timeoutMs))), timeoutMs);
  const end = (reason: unknown) => {
    ending.abort(reason);
    timer.refresh();
  };
  let isOver = false;
  if (abandoned.aborted) end(abandoned.reason);
  const abortListener = new AbortListener(abandoned, end);
  try {
    return await call(signal, () => {
      if (!isOver && !signal.aborted) timer.refresh();
    });
  } catch (error) {
    throw asSyncError(signal.aborted ? signal.reason : error, 'write_failed');
  } finally {
    isOver = true;
    clearTimeout(timer);
    abortListener.stop();
  }
}

function late(timeoutMs: number): SyncError {
  return new SyncError('write_failed', `The internal system did not answer within ${timeoutMs} ms.`);
}

function overdue(timeoutMs: number): SyncError {
  const finding = `A call of the internal system's module has not ended, ${timeoutMs} ms after it was told to.`;
  return new SyncError('internal_system_unavailable', finding, { remedy: 'Does the module pass the signal on?' });
}
