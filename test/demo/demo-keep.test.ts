import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { expectNothingLeft, startDemo } from './demo-process.ts';

describe('npm run demo -- --keep', () => {
  it('keeps taking orders until Ctrl-C, then checks all of them', async () => {
    const demo = startDemo(['--keep']);
    await demo.printed('until Ctrl-C\n');
    const children = demo.children();
    // The tenth order from here on.
    await demo.printed('SO-2026-0049');
    demo.signal('SIGINT');
    // npm forwards the signal that the terminal has sent already. It still counts as one Ctrl-C.
    demo.signal('SIGINT');
    expect(await demo.exited).toBe(0);
    const [, orders] = /^(\d+) orders and \d+ events/m.exec(demo.output()) ?? [];
    expect(Number(orders)).toBeGreaterThanOrEqual(49);
    expect(demo.output()).toMatch(/^All checks passed\.$/m);
    await expectNothingLeft(demo, children);
  });

  it('checks what has happened so far when Ctrl-C interrupts the story', async () => {
    const demo = startDemo(['--keep']);
    await demo.printed('synced 10088');
    demo.signal('SIGINT');
    expect(await demo.exited).toBe(0);
    expect(demo.output()).toMatch(/^All checks passed\.$/m);
  });

  it('fails and names the claim that is not true', async () => {
    const demo = startDemo(['--keep']);
    await demo.printed('synced 10088');
    const database = new DatabaseSync(demo.database, { timeout: 5_000 });
    database.exec("UPDATE orders SET grand_total = '0.01' WHERE order_number = '10088'");
    database.close();
    demo.signal('SIGINT');
    expect(await demo.exited).toBe(1);
    expect(demo.output()).toMatch(/grand total of order 10088: expected "207.10", found "0.01"/);
    expect(demo.output()).toMatch(/^Not true: every line and every amount is exact\.$/m);
    expect(demo.output()).not.toContain('All checks passed');
  });
});
