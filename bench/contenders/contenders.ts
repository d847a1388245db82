import { fileURLToPath } from 'node:url';
import { RETRY_DELAYS_MS } from '../lab/broker.ts';
import { DUTIES, type Duty } from './duties.ts';

/** A program that drains the queue. All get the same settings in the same variables, and run on the same Node. */
export interface Contender {
  readonly name: string;
  /** Undefined for order-sync, as built. */
  readonly script?: readonly string[];
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** order-sync stops cleanly on SIGTERM; the scripts are just killed by it. */
  readonly stopsCleanly: boolean;
}

/** As the container image and the systemd unit set it. */
const ONE_ARENA = { MALLOC_ARENA_MAX: '1' };

/** What a user might set. Undefined is order-sync's default. */
export interface ProductSettings {
  readonly name?: string;
  readonly prefetch?: number;
  readonly concurrency?: number;
  readonly batchSize?: number;
  readonly requestsPerSecond?: number;
  /** @defaultValue the operations port is off */
  readonly opsPort?: number;
}

export function orderSync(settings: ProductSettings = {}): Contender {
  const variables = {
    RABBITMQ_PREFETCH: settings.prefetch,
    SHOP_CONCURRENCY: settings.concurrency,
    SHOP_BATCH_SIZE: settings.batchSize,
    SHOP_REQUESTS_PER_SECOND: settings.requestsPerSecond,
    OPS_PORT: settings.opsPort,
  };
  const set = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return {
    name: settings.name ?? 'order-sync',
    arguments: ['start'],
    env: { ...ONE_ARENA, RETRY_DELAYS_MS: RETRY_DELAYS_MS.join(','), ...Object.fromEntries(set) },
    stopsCleanly: true,
  };
}

export function floor(concurrency = 64): Contender {
  return script('floor', 'floor.ts', concurrency);
}

/** The floor with order-sync's duties up to this one. */
export function straightLine(duty: Duty, concurrency = 64): Contender {
  const contender = script(`with ${duty}`, 'straight-line.ts', concurrency);
  const arena = duty === 'small heap' ? ONE_ARENA : {};
  return { ...contender, env: { ...contender.env, LAST_DUTY: String(DUTIES.indexOf(duty)), ...arena } };
}

export function oneAtATime(): Contender {
  return script('one-at-a-time', 'one-at-a-time.ts', 1);
}

function script(name: string, file: string, concurrency: number): Contender {
  return {
    name,
    script: [fileURLToPath(new URL(`./${file}`, import.meta.url))],
    arguments: [],
    env: { SHOP_CONCURRENCY: String(concurrency) },
    stopsCleanly: false,
  };
}
