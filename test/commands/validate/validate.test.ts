import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aWorkplace } from '../../helpers/daemon-process.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { orderSync } from '../helpers/cli.ts';

const ORDER = JSON.stringify(anOrderDocument({ orderNumber: '10086' }));

/** Validates what stands in a file, in a folder without a configuration. */
async function inFile(content: string | Uint8Array, ...args: string[]) {
  const { folder } = aWorkplace();
  writeFileSync(join(folder, 'reply.json'), content);
  return await orderSync({ folder, env: { PATH: '' } }, ['validate', ...args, 'reply.json']);
}

describe('order-sync validate', () => {
  it('needs no configuration, and says that a reply fits', async () => {
    const { status, stdout, stderr } = await inFile(ORDER);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('✓ It fits.');
    expect(stdout).toContain('items 119.40 + shipping 10.00 + tax 0.00 − discount 0.00 = 129.40');
    expect(stdout).not.toMatch(/王小明|xiaoming/);
  });

  it('names what does not fit, ends with 1, and answers a script in JSON', async () => {
    const broken = ORDER.replace('"status":"paid"', '"status":"shipped"');
    const told = await inFile(broken);
    expect(told.status).toBe(1);
    expect(told.stdout).toMatch(/ {2}✗ status: expected one of .* \("shipped"\)/);
    const { status, stdout } = await inFile(broken, '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      fits: false,
      orders: [{ fits: false, orderNumber: '10086', problems: [{ field: 'status' }] }],
    });
  });

  it('flags amounts that do not add up, which order-sync stores all the same', async () => {
    const { status, stdout } = await inFile(ORDER.replace('"grand":"129.40"', '"grand":"130.00"'));
    expect(status).toBe(0);
    expect(stdout).toContain('! It fits, but the amounts do not add up: stored, and flagged.');
  });

  it('reads standard input, and says of a missing file what it expected', async () => {
    const { folder } = aWorkplace();
    const piped = await orderSync({ folder, env: { PATH: '' } }, ['validate', '-'], { stdin: ORDER });
    expect(piped.status).toBe(0);
    const missing = await orderSync({ folder, env: { PATH: '' } }, ['validate', 'none.json']);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain("none.json can't be read (ENOENT)");
  });
});
