import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { orderSync } from '../commands/helpers/cli.ts';
import { aWorkplace, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { ERRORS_MODULE } from './helpers/a-module.ts';

const ADAPTERS = {
  SHOP_ADAPTER: '{ fetchOrders: async () => new Map(), check: async () => {} }',
  INTERNAL_SYSTEM: '{ open: async () => {}, writeOrders: async () => [], check: async () => {} }',
};
type Variable = keyof typeof ADAPTERS;

/** A workplace with an adapter for each port. The factory of one throws while the file `away` exists. */
function aWorkplaceWith(failing: Variable, thrown: string): Workplace {
  const workplace = aWorkplace({ SHOP_ADAPTER: './SHOP_ADAPTER.mjs', INTERNAL_SYSTEM: './INTERNAL_SYSTEM.mjs' });
  writeFileSync(join(workplace.folder, 'away'), '');
  for (const [variable, adapter] of Object.entries(ADAPTERS)) {
    const throws = variable === failing ? `if (existsSync('away')) throw ${thrown};` : '';
    writeFileSync(
      join(workplace.folder, `${variable}.mjs`),
      `import { existsSync } from 'node:fs';
       import { ConfigError, SyncError } from '${ERRORS_MODULE}';
       export default () => { ${throws} return ${adapter}; };`,
    );
  }
  return workplace;
}

interface Finding {
  readonly name: string;
  readonly state: string;
  readonly message: string;
}

/** How `order-sync check` ends, and what it says of the parts that failed. */
async function checkIn(workplace: Workplace) {
  const { status, stdout } = await orderSync(workplace, ['check', '--json']);
  const { checks } = JSON.parse(stdout) as { checks: readonly Finding[] };
  const failed = checks.filter(({ state }) => state === 'failed');
  return { status, failed: failed.map(({ name, message }) => [name, message]) };
}

describe.each([
  ['SHOP_ADAPTER', 'shop'],
  ['INTERNAL_SYSTEM', 'internal system'],
] as const)('%s, when its factory throws', (variable, part) => {
  test.each([
    ['a ConfigError', "new ConfigError(['ERP_URL: not set.'])", 'ERP_URL: not set.'],
    [
      'an Error',
      "new TypeError('no table')",
      `${variable}=./${variable}.mjs: its default export threw TypeError: no table.`,
    ],
  ])('%s: check and start both end with 78', async (_, thrown, message) => {
    const workplace = aWorkplaceWith(variable, thrown);
    expect(await checkIn(workplace)).toEqual({ status: 78, failed: [[part, message]] });
    const daemon = startDaemon(workplace);
    expect(await daemon.exited).toBe(78);
    expect(daemon.lines).toContainEqual(expect.objectContaining({ level: 'fatal', error: message }));
  });

  test('a SyncError fails check as an outage, and start waits until it is over', async () => {
    const reason = variable === 'SHOP_ADAPTER' ? 'shop_unreachable' : 'internal_system_unavailable';
    const workplace = aWorkplaceWith(variable, `new SyncError('${reason}', 'Asleep.')`);
    expect(await checkIn(workplace)).toEqual({ status: 69, failed: [[part, 'Asleep.']] });
    const daemon = startDaemon(workplace);
    const waiting = await daemon.line(({ msg }) => msg.startsWith(`the ${part} is not ready`));
    expect(waiting).toMatchObject({ level: 'warn', reason, error: 'Asleep.' });
    rmSync(join(workplace.folder, 'away'));
    await daemon.ready();
    expect(await checkIn(workplace)).toEqual({ status: 0, failed: [] });
    daemon.signal('SIGTERM');
    expect(await daemon.exited).toBe(0);
  });

  test('a SyncError does not keep the daemon from stopping', async () => {
    const workplace = aWorkplaceWith(variable, "new SyncError('unexpected', 'Asleep.')");
    const daemon = startDaemon(workplace);
    await daemon.line(({ msg }) => msg.startsWith(`the ${part} is not ready`));
    daemon.signal('SIGTERM');
    expect(await daemon.exited).toBe(0);
  });
});
