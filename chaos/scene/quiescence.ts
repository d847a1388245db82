import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import type { Times } from '../checks/records.ts';
import { brokerUrl } from '../servers/servers.ts';
import { deadLetterQueues } from './dead-letter-queues.ts';
import type { Scene } from './scene.ts';

const POLL_MS = 250;
/** After this long with empty queues and nothing settled, the broker is asked whether anything is unsettled. */
const CALM_MS = 1_000;

/** Waits until all queues are empty and nothing is in flight, and takes the times on the way. */
export async function untilQuiet(scene: Scene, limitMs: number): Promise<Times> {
  const startedAt = performance.now();
  const healedAt = scene.healedAt ?? startedAt;
  let longestStallMs = 0;
  while (performance.now() - startedAt < limitMs) {
    const waiting = await messagesReady(scene);
    const idleMs = performance.now() - Math.max(healedAt, scene.wire.settledAt);
    if (waiting.main > 0) longestStallMs = Math.max(longestStallMs, Math.round(idleMs));
    if (waiting.all === 0 && idleMs > CALM_MS && (await nothingLeft(scene)) && (await allArrived(scene, waiting.dead)))
      return { isQuiet: true, longestStallMs, recoveryMs: recoveryMs(scene, healedAt, 0) };
    await sleep(POLL_MS);
  }
  return { isQuiet: false, longestStallMs, recoveryMs: recoveryMs(scene, healedAt, undefined) };
}

/** @param otherwise the result when nothing was written after the heal */
function recoveryMs(scene: Scene, healedAt: number, otherwise: number | undefined): number | undefined {
  const first = scene.wire.writtenAt.find((at) => at >= healedAt);
  return first === undefined ? otherwise : Math.round(first - healedAt);
}

function emptyQueues(scene: Scene): string[] {
  return [scene.queue, ...scene.retryDelaysMs.map((delayMs) => `${scene.queue}.retry.${delayMs}`)];
}

/**
 * A quorum queue forwards expired messages through a buffer that none of the broker's counts include, and after a restart
 * that takes a while. So it is not over while orders or dead letters are missing.
 */
async function allArrived({ publisher, database }: Scene, deadLetters: number): Promise<boolean> {
  const confirmed = publisher.events.filter(({ result }) => result === 'confirmed');
  const orders = new Set(confirmed.flatMap(({ orderNumber }) => orderNumber ?? []));
  const hopeless = new Set(confirmed.filter(({ orderNumber }) => orderNumber === undefined).map(({ id }) => id));
  const [row] = await database.run('SELECT count(*) AS n FROM orders');
  return Number(row?.['n']) + deadLetters >= orders.size + hopeless.size;
}

interface Waiting {
  readonly main: number;
  /** In the main queue and the retry queues. */
  readonly all: number;
  readonly dead: number;
}

async function messagesReady(scene: Scene): Promise<Waiting> {
  const unknown = { main: 0, all: Number.POSITIVE_INFINITY, dead: 0 };
  const model = await connect(brokerUrl(scene.broker.address)).catch(() => undefined);
  if (model === undefined) return unknown;
  model.on('error', () => undefined);
  try {
    const channel = await model.createChannel();
    channel.on('error', () => undefined);
    const counts: number[] = [];
    for (const queue of emptyQueues(scene)) counts.push((await channel.checkQueue(queue)).messageCount);
    const deadLetters = await deadLetterQueues(model, scene.queue);
    const dead = [...deadLetters.values()].reduce((sum, count) => sum + count, 0);
    return { main: counts[0] ?? 0, all: counts.reduce((sum, count) => sum + count, 0), dead };
  } catch {
    return unknown;
  } finally {
    await model.close().catch(() => undefined);
  }
}

async function nothingLeft(scene: Scene): Promise<boolean> {
  return Object.values(await messagesLeft(scene)).every((messages) => messages === 0);
}

/**
 * True when nothing waits, retries included, and nothing was settled for a while. It does not use `messagesLeft`, whose
 * counts of a quorum queue are up to five seconds old.
 */
export async function isDrained(scene: Scene): Promise<boolean> {
  return performance.now() - scene.wire.settledAt > CALM_MS && (await messagesReady(scene)).all === 0;
}

/** Ready and unsettled messages by queue, without the dead letters, as rabbitmqctl reports them. */
export async function messagesLeft(scene: Scene): Promise<Record<string, number>> {
  const listed = await scene.broker.ctl('-q', 'list_queues', '--no-table-headers', 'name', 'messages');
  const counts = new Map(listed.split('\n').map((line) => line.trim().split(/\s+/) as [string, string]));
  return Object.fromEntries(emptyQueues(scene).map((queue) => [queue, Number(counts.get(queue) ?? 0)]));
}
