import { expect, test } from 'vitest';
import { aWorkplace, startDaemon } from '../../helpers/daemon-process.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { orderSync } from '../helpers/cli.ts';

/** Where a daemon has run. */
async function aUsedWorkplace() {
  const workplace = aWorkplace(shopEnv(await aShop()));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  daemon.signal('SIGTERM');
  await daemon.exited;
  return workplace;
}

test('pause and resume say what they did, to people and to scripts', async () => {
  const workplace = await aUsedWorkplace();
  const paused = await orderSync(workplace, ['pause', '--for', '2h', '--reason', ' ERP\n update ', '--by', 'li.wei']);
  expect(paused).toMatchObject({ status: 0, stderr: 'Waiting until its daemons have nothing in hand …\n' });
  expect(paused.stdout).toMatch(/^Paused by li\.wei: ERP update\n {2}shop {3}shop\n {2}since {2}.+ UTC \(.+\)$/m);
  expect(paused.stdout).toMatch(/^ {2}ends {3}.+ UTC \(in [12] h\), or with "order-sync resume"$/m);
  expect(paused.stdout).toContain('No daemon of this shop is running. One that starts will be paused.');
  const again = JSON.parse((await orderSync(workplace, ['pause', '--by', 'ann', '--json'])).stdout) as object;
  expect(again).toMatchObject({ by: 'ann', reason: null, until: null, daemons: [], busy: [] });
  const resumed = await orderSync(workplace, ['resume', '--json', '--by', 'ann']);
  expect([resumed.status, JSON.parse(resumed.stdout)]).toMatchObject([0, { by: 'ann', until: null }]);
  const idle = await orderSync(workplace, ['resume']);
  expect(idle).toEqual({ status: 0, stdout: 'shop was not paused by anybody.\n', stderr: '' });
  expect((await orderSync(workplace, ['resume', '--json'])).stdout).toBe('null\n');
});

test('whoever runs the command pauses, also through sudo', async () => {
  const workplace = await aUsedWorkplace();
  const { stdout } = await orderSync(workplace, ['pause', '--json'], { env: { SUDO_USER: 'li.wei' } });
  expect(JSON.parse(stdout)).toMatchObject({ by: 'li.wei' });
});

test.each([
  ['a duration without a unit', ['--for', '2']],
  ['no duration at all', ['--for', '0h']],
  ['one that nobody waits for', ['--for', '5w']],
  ['a reason that says nothing', ['--reason', ' ']],
])('%s is refused, and nothing is paused', async (_, args) => {
  const workplace = aWorkplace();
  expect((await orderSync(workplace, ['pause', ...args])).status).toBe(64);
});

test('an internal system of one’s own that keeps no pauses says what to do instead', async () => {
  const module = new URL('../../helpers/slow-internal-system.ts', import.meta.url).pathname;
  const workplace = aWorkplace({ INTERNAL_SYSTEM: module });
  for (const command of ['pause', 'resume']) {
    const { status, stderr } = await orderSync(workplace, [command], { env: { SLOW_FOLDER: workplace.folder } });
    expect(status).toBe(1);
    expect(stderr).toContain('keeps no pauses. Stop the daemons instead: their events wait in the queue.');
  }
  const { status, stderr } = await orderSync(workplace, ['daemons'], { env: { SLOW_FOLDER: workplace.folder } });
  expect([status, stderr]).toEqual([1, expect.stringContaining('does not keep which daemons there are')]);
});
