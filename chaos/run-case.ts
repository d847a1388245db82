import { withTimeout } from '../src/async/deadline.ts';
import type { ChaosCase, Choice } from './cases/case.ts';
import { check, type Numbers } from './checks/checker.ts';
import type { Violation } from './checks/violation.ts';
import { gatherRecords } from './scene/gather-records.ts';
import { untilQuiet } from './scene/quiescence.ts';
import { Scene } from './scene/scene.ts';
import type { Servers } from './servers/servers.ts';

export interface CaseResult {
  readonly id: string;
  readonly fault: string;
  readonly choice: Choice;
  readonly verdict: 'passed' | 'failed' | 'not run';
  readonly violations: readonly Violation[];
  /** Why it was not run, or not finished. */
  readonly note: string | undefined;
  readonly numbers: Numbers | undefined;
  readonly seconds: number;
  /** The daemons' output, when it failed. */
  readonly logs: readonly { readonly name: string; readonly output: string }[];
}

export interface CaseLimits {
  /**
   * How long to wait for missing orders once everything is published. After a restart, RabbitMQ's quorum queues may take
   * three minutes to forward an expired message. @defaultValue 240_000
   */
  readonly quietMs?: number;
  /** After this, a case that hangs counts as failed. @defaultValue 900_000, plus the length of the mixture X */
  readonly caseMs?: number;
}

const TAKE_DOWN_LIMIT_MS = 60_000;

/** Plays one variant of a case on fresh queues and a fresh database, and checks the result. Never throws. */
export async function runCase(
  chaosCase: ChaosCase,
  choice: Choice,
  servers: Servers,
  { quietMs = 240_000, caseMs = 900_000 + choice.minutes * 60_000 }: CaseLimits = {},
): Promise<CaseResult> {
  const startedAt = performance.now();
  const { id, fault, cannot, play } = chaosCase;
  const result = (rest: Pick<CaseResult, 'verdict'> & Partial<CaseResult>): CaseResult => ({
    ...{ id, fault, choice, violations: [], note: undefined, numbers: undefined, logs: [] },
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    ...rest,
  });
  const why = await cannot?.(choice);
  if (why !== undefined || play === undefined) return result({ verdict: 'not run', note: why ?? 'not written yet' });
  let scene: Scene | undefined;
  let ending: Pick<CaseResult, 'verdict'> & Partial<CaseResult>;
  try {
    const plan = chaosCase.planFor?.(choice) ?? chaosCase.scene?.plan ?? {};
    scene = await Scene.set(servers, { ...chaosCase.scene, ...choice, plan });
    const judged = playAndJudge(chaosCase, choice, scene, quietMs);
    const verdict = await within(judged, caseMs, () => scene?.describe() ?? '');
    ending = { ...verdict, verdict: verdict.violations.length > 0 ? 'failed' : 'passed' };
  } catch (error) {
    ending = { verdict: 'failed', note: textOf(error) };
  }
  const logs = scene === undefined ? [] : logsOf(scene);
  try {
    if (scene !== undefined) await takeDown(scene);
  } catch (error) {
    ending = { ...ending, verdict: 'failed', note: ending.note ?? textOf(error) };
  }
  return result({ ...ending, logs: ending.verdict === 'failed' ? logs : [] });
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function takeDown(scene: Scene): Promise<void> {
  return within(scene[Symbol.asyncDispose](), TAKE_DOWN_LIMIT_MS, () => 'taking the scene down');
}

/** @throws Error after the time limit, which says how far it got. The work continues until its scene is taken down */
function within<T>(work: Promise<T>, limitMs: number, progress: () => string): Promise<T> {
  return withTimeout(work, limitMs, () => {
    throw new Error(`not finished after ${Math.round(limitMs / 1000)} s: ${progress()}`);
  });
}

async function playAndJudge(
  { daemons = 1, play, inspect, limits = {} }: ChaosCase,
  choice: Choice,
  scene: Scene,
  quietMs: number,
) {
  if (daemons > 0) await scene.begin(daemons);
  // In this order: a case may pause the publisher before the first event.
  const played = play?.(scene, choice);
  await Promise.all([played, scene.publisher.run()]);
  const times = await untilQuiet(scene, quietMs);
  await endDaemons(scene);
  const { violations, numbers } = check(await gatherRecords(scene, times, limits));
  return { violations: [...violations, ...((await inspect?.(scene)) ?? [])], numbers };
}

async function endDaemons(scene: Scene): Promise<void> {
  for (const daemon of scene.daemons) {
    if (!daemon.isRunning) continue;
    await daemon.takeStock();
    daemon.signal('SIGTERM', 0);
    await scene.until(`${daemon.name} has ended`, () => !daemon.isRunning, 40_000);
  }
}

function logsOf(scene: Scene): { name: string; output: string }[] {
  return scene.daemons.map((daemon) => {
    const { name, output, stderr } = daemon.record();
    return { name, output: `${output.join('\n')}\n${stderr}` };
  });
}
