import type { Logger } from 'pino';
import type { EndedBy, Pause } from '../internal-system/pause-store.ts';
import type { PauseWatch } from './pause-watch.ts';
import { pauseInWords } from './pause-words.ts';

/** What takes deliveries. */
interface Held {
  /** Resolves once nothing is in flight. */
  hold(): Promise<unknown>;
  release(): void;
}

export interface PauseParts {
  readonly orders: Held;
  /** Shipments, which leave the internal system alone as well. */
  readonly beside: Held;
  readonly logger: Logger;
}

/** Has a pause obeyed, and says so in the log. */
export function applyPauses(watch: PauseWatch, { orders, beside, logger }: PauseParts): void {
  watch.on('began', (pause, isOld) => {
    const held = Promise.all([orders.hold(), beside.hold()]);
    const then = isOld ? 'run order-sync resume' : 'what is in hand is finished, events wait in the queue';
    logger.warn(fieldsOf(pause), `${pauseInWords(pause)}; ${then}`);
    if (isOld) return;
    void held.then(() => {
      if (watch.pause?.since === pause.since) logger.info('paused: nothing is in hand any more');
    });
  });
  watch.on('changed', (pause) => {
    logger.warn(fieldsOf(pause), `still ${pauseInWords(pause)}`);
  });
  watch.on('overdue', (pause) => logger.warn(fieldsOf(pause), `still ${pauseInWords(pause)}; run order-sync resume`));
  watch.on('ended', (pause, by, pausedMs) => {
    logger.info({ ...fieldsOf(pause), pausedMs, resumedBy: by }, resumedBecause(pause, by));
    orders.release();
    beside.release();
  });
}

function resumedBecause({ until }: Pause, by: EndedBy): string {
  if (by !== null) return `resumed by ${by}`;
  // It was restored from a backup, for instance.
  return until === null
    ? 'resumed: the internal system knows of no pause any more'
    : 'resumed: the time of the pause is up';
}

/** Not `reason`, which is that of a failure. */
function fieldsOf({ by, since, until, reason }: Pause): object {
  return { pausedBy: by, pausedSince: since, pausedUntil: until, pauseReason: reason };
}
