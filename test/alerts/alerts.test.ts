import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AlertMessage } from '../../src/alerts/alert-message.ts';
import { Alerts } from '../../src/alerts/alerts.ts';
import { AlertError, type AlertTarget } from '../../src/alerts/targets/target.ts';
import { aLogger } from './helpers/a-logger.ts';
import { anAlert } from './helpers/an-alert.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const AWAY = new AlertError('No reply: ECONNREFUSED.', { mayPass: true });
const REFUSED = new AlertError('It answered errcode 93000.', { mayPass: false });
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Sent {
  readonly title: string;
  readonly missed: number;
}

type Behaviour = (message: AlertMessage, signal: AbortSignal) => Promise<void> | void;

/** A target in this process, which does with a message what the test says, and remembers what it took. */
function aTarget(name: string, behaviour: Behaviour = () => undefined, perMinute?: number) {
  const taken: Sent[] = [];
  const state = { behaviour, attempts: 0, isClosed: false };
  const target: AlertTarget = {
    name,
    format: 'json',
    host: `${name}.example`,
    perMinute,
    async send(message, missed, signal) {
      state.attempts += 1;
      await state.behaviour(message, signal);
      taken.push({ title: message.title, missed });
    },
    close: async () => {
      state.isClosed = true;
    },
  };
  return { target, taken, state };
}

function away(): never {
  throw AWAY;
}

/** Never answers, until it is given up. */
function silent(_: AlertMessage, signal: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

function theAlerts(...targets: { readonly target: AlertTarget }[]) {
  const { logger, lines } = aLogger();
  const alerts = new Alerts({ targets: targets.map(({ target }) => target), logger });
  onTestFinished(() => alerts.close(0));
  const send = (...titles: string[]) => {
    for (const title of titles) alerts.send(anAlert({ title }));
  };
  return { alerts, lines, send };
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

test('every target gets every message, in order', async () => {
  const [first, second] = [aTarget('json'), aTarget('slack')];
  const { alerts, send } = theAlerts(first, second);
  send('one', 'two', 'three');
  await pass(0);
  for (const { taken } of [first, second]) expect(taken.map(({ title }) => title)).toEqual(['one', 'two', 'three']);
  expect(alerts.figures).toEqual([
    { target: 'json', sent: 3, failed: 0, dropped: 0, waiting: 0 },
    { target: 'slack', sent: 3, failed: 0, dropped: 0, waiting: 0 },
  ]);
});

test('a target that never answers holds up neither the caller nor another target', async () => {
  const [stuck, fine] = [aTarget('json', silent), aTarget('slack')];
  const { alerts, send } = theAlerts(stuck, fine);
  send('one', 'two');
  await pass(0);
  expect(fine.taken).toHaveLength(2);
  expect(alerts.figures[0]).toMatchObject({ sent: 0, waiting: 2 });
});

test('a message is sent again, more and more seldom, until its target is back; one line says so, with the host', async () => {
  const robot = aTarget('wecom', away);
  const { alerts, lines, send } = theAlerts(robot);
  send('one', 'two');
  await pass(10 * MINUTE_MS);
  expect(robot.state.attempts).toBeGreaterThan(5);
  expect(robot.state.attempts).toBeLessThan(20);
  expect(lines.filter(({ level }) => level === 'warn')).toEqual([
    expect.objectContaining({ target: 'wecom', host: 'wecom.example', error: AWAY.message }),
  ]);
  robot.state.behaviour = () => undefined;
  await pass(5 * MINUTE_MS);
  expect(robot.taken.map(({ title }) => title)).toEqual(['one', 'two']);
  expect(alerts.figures[0]).toMatchObject({ sent: 2, failed: 0, waiting: 0 });
  expect(lines.at(-1)).toMatchObject({ level: 'info', msg: 'alerts are delivered again' });
});

test('it waits as long as the platform asks', async () => {
  const robot = aTarget('dingtalk', () => {
    throw new AlertError('too fast', { mayPass: true, retryAfterMs: 10 * MINUTE_MS });
  });
  const { send } = theAlerts(robot);
  send('one');
  await pass(9.9 * MINUTE_MS);
  expect(robot.state.attempts).toBe(1);
  await pass(0.2 * MINUTE_MS);
  expect(robot.state.attempts).toBe(2);
});

test('what was not delivered for an hour is given up, counted, logged, and said in the next message', async () => {
  const robot = aTarget('wecom', away);
  const { alerts, lines, send } = theAlerts(robot);
  send('old one', 'old two');
  await pass(HOUR_MS + 6 * MINUTE_MS);
  expect(alerts.figures[0]).toMatchObject({ sent: 0, failed: 2, waiting: 0 });
  expect(lines.filter(({ msg }) => msg === 'an alert was not delivered')).toHaveLength(2);
  robot.state.behaviour = () => undefined;
  send('new', 'newer');
  await pass(0);
  expect(robot.taken).toEqual([
    { title: 'new', missed: 2 },
    { title: 'newer', missed: 0 },
  ]);
});

test('what is refused for good is not sent again, and does not hold up what follows', async () => {
  const robot = aTarget('wecom', ({ title }) => {
    if (title === 'bad') throw REFUSED;
  });
  const { alerts, lines, send } = theAlerts(robot);
  send('bad', 'good');
  await pass(0);
  expect(robot.taken).toEqual([{ title: 'good', missed: 1 }]);
  expect(robot.state.attempts).toBe(2);
  expect(alerts.figures[0]).toMatchObject({ sent: 1, failed: 1, dropped: 0 });
  expect(lines[0]).toMatchObject({
    level: 'warn',
    host: 'wecom.example',
    kind: 'dead_letters',
    error: REFUSED.message,
  });
});

test('an error that nobody foresaw fails its message alone, and shows nothing but its name', async () => {
  const robot = aTarget('wecom', () => {
    throw new TypeError('https://host/?key=s3cret is odd');
  });
  const { lines, send } = theAlerts(robot);
  send('one');
  await pass(0);
  expect(lines[0]).toMatchObject({ error: 'Unexpected TypeError.' });
  expect(JSON.stringify(lines)).not.toContain('s3cret');
});

test('of more than a hundred that wait, the oldest are dropped; the next message says how many are missing', async () => {
  const robot = aTarget('wecom');
  const { alerts, send } = theAlerts(robot);
  const answered = Promise.withResolvers<void>();
  robot.state.behaviour = () => answered.promise;
  send('0');
  await pass(0);
  send(...Array.from({ length: 150 }, (_, index) => String(index + 1)));
  expect(alerts.figures[0]).toMatchObject({ waiting: 101, dropped: 50 });
  answered.resolve();
  await pass(0);
  expect(robot.taken).toHaveLength(101);
  expect(robot.taken.slice(0, 3)).toEqual([
    { title: '0', missed: 0 },
    { title: '51', missed: 50 },
    { title: '52', missed: 0 },
  ]);
});

test('no faster than the platform takes them', async () => {
  const robot = aTarget('wecom', () => undefined, 20);
  const { alerts, send } = theAlerts(robot);
  send(...Array.from({ length: 45 }, (_, index) => String(index)));
  await pass(59_000);
  expect(alerts.figures[0]).toMatchObject({ sent: 20, waiting: 25 });
  await pass(60_000);
  expect(alerts.figures[0]).toMatchObject({ sent: 40, waiting: 5 });
  await pass(60_000);
  expect(robot.taken).toHaveLength(45);
});

describe('at the end', () => {
  test('what waits is sent', async () => {
    const robot = aTarget('wecom');
    const { alerts, send } = theAlerts(robot);
    send('one', 'two');
    await alerts.close(MINUTE_MS);
    expect(robot.taken).toHaveLength(2);
    expect(robot.state.isClosed).toBe(true);
  });

  test('a message between two attempts has one more, at once; if that fails, all are dropped and counted', async () => {
    const [back, gone] = [aTarget('wecom', away), aTarget('slack', away)];
    const { alerts, lines, send } = theAlerts(back, gone);
    send('one', 'two');
    await pass(MINUTE_MS);
    back.state.behaviour = () => undefined;
    const attempts = gone.state.attempts;
    await alerts.close(MINUTE_MS);
    expect(back.taken.map(({ title }) => title)).toEqual(['one', 'two']);
    expect(gone.state.attempts).toBe(attempts + 1);
    expect(alerts.figures[1]).toMatchObject({ dropped: 2, waiting: 0 });
    const left = { target: 'slack', level: 'warn', count: 2, msg: 'alerts were not delivered before the end' };
    expect(lines).toContainEqual(expect.objectContaining(left));
  });

  test('a target that never answers is given up when the time is over', async () => {
    const [stuck, limited] = [aTarget('json', silent), aTarget('wecom', () => undefined, 1)];
    const { alerts, send } = theAlerts(stuck, limited);
    send('one', 'two');
    const closed = alerts.close(5_000);
    await pass(5_000);
    await closed;
    expect(alerts.figures).toMatchObject([{ dropped: 2 }, { sent: 1, dropped: 1 }]);
  });

  test('nothing is taken any more', async () => {
    const robot = aTarget('wecom');
    const { alerts, send } = theAlerts(robot);
    await alerts.close(0);
    send('late');
    await pass(0);
    expect(robot.state.attempts).toBe(0);
  });
});

test('a test is one attempt at each target, beside what waits, and tells what each answered', async () => {
  const [fine, bad] = [aTarget('json'), aTarget('wecom', away)];
  const { alerts } = theAlerts(fine, bad);
  expect(await alerts.deliver(anAlert())).toEqual([
    { target: 'json', host: 'json.example', error: undefined },
    { target: 'wecom', host: 'wecom.example', error: AWAY },
  ]);
  expect(alerts.figures).toMatchObject([{ sent: 0 }, { failed: 0 }]);
});
