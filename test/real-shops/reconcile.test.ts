import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { reconcile } from '../../real-shops/reconcile.ts';
import { runProgram } from '../../real-shops/rig/run-program.ts';

const ENDED = '{"orders":[{"orderNumber":"1"}\n],"scan":"changes","found":1,"error":null}\n';

const printing = (output: string) => ({ command: async () => output });

test('a reconciliation that ended is one, whatever it found', async () => {
  await expect(reconcile(printing(ENDED))).resolves.toBeUndefined();
});

test.each([
  ['stopped half-way', ENDED.replace('null', '"The shop is down."')],
  ['crashed in the middle', ENDED.slice(0, 30)],
  ['crashed after its report', `${ENDED}TypeError: undefined is not a function\n`],
  ['crashed before it', 'SyntaxError: Unexpected token\n'],
])('one that %s is a failure, although it ends with 1 as well', async (_, output) => {
  await expect(reconcile(printing(output))).rejects.toThrow('without a whole report');
});

test('a program that a signal ended did not end as expected', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const options = { folder, logFile: join(folder, 'log'), expected: [0, 1] };
  await expect(runProgram('sh', ['-c', 'kill -9 $$'], options)).rejects.toThrow('ended with SIGKILL');
  await expect(runProgram('sh', ['-c', 'exit 1'], options)).resolves.toBeUndefined();
});
