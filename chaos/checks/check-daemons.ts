import { z } from 'zod';
import type { DaemonRecord, Records } from './records.ts';
import type { Violation } from './violation.ts';

/** I6 to I12: how the daemons behaved. */
export function checkDaemons(records: Records): Violation[] {
  return [
    ...checkProgress(records),
    ...checkBounds(records),
    ...checkAttempts(records),
    ...checkLogs(records),
    ...checkExits(records),
    ...checkSecrets(records),
  ];
}

/** I6 and I7: deliveries are settled again soon, and to the last one. */
function checkProgress({ times, left, limits }: Records): Violation[] {
  const found: Violation[] = [];
  const rest = Object.entries(left).filter(([, messages]) => messages > 0);
  if (!times.isQuiet || rest.length > 0) {
    const where = rest.map(([queue, messages]) => `${messages} in ${queue}`).join(', ');
    found.push({ invariant: 'I6', message: `not everything was settled${where === '' ? '' : `: ${where}`}` });
  }
  if (times.longestStallMs > limits.stallMs)
    found.push({ invariant: 'I6', message: `no progress for ${times.longestStallMs} ms with messages ready` });
  if (times.recoveryMs === undefined)
    found.push({ invariant: 'I7', message: 'nothing was written after the fault was over' });
  else if (times.recoveryMs > limits.recoveryMs)
    found.push({ invariant: 'I7', message: `the first write came ${times.recoveryMs} ms after the fault was over` });
  return found;
}

/** I8: nothing grows. */
function checkBounds({ wire, limits, daemons }: Records): Violation[] {
  const found: Violation[] = [];
  // During a pause, one more is taken: the canary.
  if (wire.maxUnacked > limits.prefetch + 1)
    found.push({ invariant: 'I8', message: `${wire.maxUnacked} unacked deliveries, expected ≤ ${limits.prefetch}` });
  for (const { name, descriptors } of daemons) {
    const grown = descriptors === undefined ? 0 : descriptors.after - descriptors.before;
    if (grown > limits.descriptors)
      found.push({ invariant: 'I8', message: `${name} has ${grown} more file descriptors than at its start` });
  }
  return found;
}

/** I9: attempts are bounded and spaced, and an outage costs none. */
function checkAttempts(records: Records): Violation[] {
  const { daemons, limits, events } = records;
  const lines = daemons.flatMap(outcomeLines);
  const plain = new Set(events.filter(({ fate }) => fate === 'sync').map(({ orderNumber }) => orderNumber));
  const found: Violation[] = [];
  for (const line of lines) {
    const { attempt, outcome, reason } = line;
    const name = line.orderNumber ?? line.reference ?? undefined;
    if (attempt > limits.attempts)
      found.push({ invariant: 'I9', message: `${name} had attempt ${attempt} of ${limits.attempts}` });
    if (!limits.countsAttempts && outcome === 'retrying' && plain.has(name))
      found.push({ invariant: 'I9', message: `the outage cost ${name} an attempt (${reason})` });
  }
  return [...found, ...checkSpacing(records)];
}

/** Broker and daemon share a clock, but timers fire a few ms early. */
const SPACING_TOLERANCE_MS = 50;

/** No message is delivered again before its delay is over, unless the shop sent it once more. */
function checkSpacing({ wire, events }: Records): Violation[] {
  const found: Violation[] = [];
  const sent = new Map<string, number>();
  for (const { id, tries } of events) sent.set(id, (sent.get(id) ?? 0) + tries);
  const waits = Map.groupBy(wire.waits, ({ messageId }) => messageId);
  for (const [messageId, arrivals] of Map.groupBy(wire.arrivals, (arrival) => arrival.messageId)) {
    const ofThis = waits.get(messageId) ?? [];
    for (const [index, { at }] of arrivals.entries()) {
      const due = ofThis.filter(({ dueAt }) => dueAt <= at + SPACING_TOLERANCE_MS).length;
      const isPending = ofThis.some(({ sentAt, dueAt }) => sentAt <= at && dueAt > at + SPACING_TOLERANCE_MS);
      if (isPending && index + 1 > (sent.get(messageId ?? '') ?? 0) + due)
        found.push({ invariant: 'I9', message: `${messageId} was delivered again before its delay was over` });
    }
  }
  return found;
}

const outcomeLine = z.object({
  outcome: z.string(),
  reason: z.string().optional(),
  attempt: z.number(),
  orderNumber: z.string().nullish(),
  reference: z.string().nullish(),
  /** Of a shipment's delivery: those are counted by themselves. */
  shipmentId: z.string().optional(),
});
type OutcomeLine = z.infer<typeof outcomeLine>;

/** The log lines of settled deliveries. */
export function outcomeLines({ output }: Pick<DaemonRecord, 'output'>): OutcomeLine[] {
  return output.flatMap((line) => {
    const parsed = outcomeLine.safeParse(parseLine(line));
    return parsed.success ? parsed.data : [];
  });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** I10: each log line is JSON, each settled delivery has one, and metrics and the last line agree with them. */
function checkLogs({ daemons, wire }: Records): Violation[] {
  const found: Violation[] = [];
  for (const daemon of daemons) {
    const wasKilled = daemon.exit === 'SIGKILL';
    // SIGKILL may cut off the last line.
    for (const line of wasKilled ? daemon.output.slice(0, -1) : daemon.output) {
      if (typeof parseLine(line) !== 'object')
        found.push({
          invariant: 'I10',
          message: `${daemon.name} wrote a line that is not JSON: ${line.slice(0, 100)}`,
        });
    }
    if (daemon.metrics !== undefined) found.push(...compareMetrics(daemon, daemon.metrics));
    found.push(...compareStop(daemon));
  }
  if (daemons.some(({ exit }) => exit === 'SIGKILL')) return found;
  const lines = daemons.flatMap(outcomeLines);
  const written = lines.filter(({ outcome }) => ['synced', 'unchanged', 'stale'].includes(outcome)).length;
  const acks = wire.acks.filter(({ isReplay }) => !isReplay);
  const plainAcks = acks.filter(({ confirmedCopies }) => confirmedCopies === 0).length;
  if (acks.length > lines.length || plainAcks > written) {
    const sent = `${acks.length} acks, ${plainAcks} of them for written orders`;
    found.push({
      invariant: 'I10',
      message: `${sent}, but ${lines.length} log lines, ${written} of them for written orders`,
    });
  }
  if (written > wire.deliveries)
    found.push({
      invariant: 'I10',
      message: `${wire.deliveries} deliveries, but ${written} log lines for written orders`,
    });
  return found;
}

function compareMetrics(daemon: DaemonRecord, metrics: string): Violation[] {
  const logged = new Map<string, number>();
  for (const { outcome, reason, shipmentId } of outcomeLines(daemon)) {
    const key = `${shipmentId === undefined ? 'deliveries' : 'shipments'}/${outcome}/${reason ?? 'none'}`;
    logged.set(key, (logged.get(key) ?? 0) + 1);
  }
  const found: Violation[] = [];
  const counters = metrics.matchAll(/^order_sync_(\w+)_total\{outcome="(.+?)",reason="(.+?)"\} (\d+)$/gm);
  for (const [, what, outcome, reason, value] of counters) {
    // These lines have a lower level than the log shows: one line has said already that the broker takes nothing.
    if (reason === 'broker_unavailable') continue;
    const key = `${what}/${outcome}/${reason}`;
    const lines = logged.get(key) ?? 0;
    if (lines !== Number(value))
      found.push({ invariant: 'I10', message: `metrics count ${value} ${key}, the log has ${lines}` });
  }
  return found;
}

const stopLine = z.object({ finished: z.number(), requeued: z.number(), neverBegun: z.number() });

/** The last line of a clean stop adds up what the lines before it say. */
function compareStop({ name, output }: DaemonRecord): Violation[] {
  const stop = stopLine.safeParse(parseLine(output.at(-1) ?? ''));
  if (!stop.success) return [];
  const since = output.findLastIndex((line) => line.includes('"msg":"stopping'));
  const lines = outcomeLines({ output: output.slice(since) }).filter(({ shipmentId }) => shipmentId === undefined);
  const requeued = lines.filter(({ outcome }) => outcome === 'requeued').length;
  const finished = lines.length - requeued;
  if (stop.data.finished === finished && stop.data.requeued === requeued) return [];
  const said = `${stop.data.finished} finished and ${stop.data.requeued} requeued`;
  const message = `${name} says at its end: ${said}; its lines since the stop say ${finished} and ${requeued}`;
  return [{ invariant: 'I10', message }];
}

/** I11: the exit status is the expected one. */
function checkExits({ daemons }: Records): Violation[] {
  return daemons
    .filter(({ exit, expectedExit }) => exit !== expectedExit)
    .map(({ name, exit, expectedExit, stderr }) => ({
      invariant: 'I11',
      message: `${name} ended with ${exit ?? 'nothing'}, expected ${expectedExit ?? 'it to run on'} ${stderr.slice(0, 300)}`,
    }));
}

/** I12: no secret leaks. */
function checkSecrets({ daemons, secrets }: Records): Violation[] {
  return daemons.flatMap(({ name, output, stderr, commandLine, metrics }) => {
    const texts = { log: output.join('\n'), stderr, 'argument list': commandLine, metrics: metrics ?? '' };
    return Object.entries(texts).flatMap(([where, text]) =>
      secrets
        .filter((secret) => text.includes(secret))
        .map((secret): Violation => ({ invariant: 'I12', message: `${name} shows "${secret}" in its ${where}` })),
    );
  });
}
