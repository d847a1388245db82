import { expect, it } from 'vitest';
import { discardDeadLetters } from '../../src/dead-letters/discard.ts';
import { restoreDeadLetters } from '../../src/dead-letters/restore.ts';
import { Selection } from '../../src/dead-letters/selection.ts';
import type { Actor, AuditStore } from '../../src/internal-system/audit-store.ts';
import type { InternalSystem } from '../../src/internal-system/internal-system.ts';
import { aDeadLetter, type DeadLetterFields } from '../commands/helpers/dead-letters.ts';
import { aBystander, aQueueName, aRabbit, BROKER_URL } from '../helpers/broker.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';

const ACTOR: Actor = { name: '李伟', role: 'operator', address: '127.0.0.1' };
const QUIET = () => undefined;
const none = () => Promise.reject(new Error('not expected'));
const NONE: AuditStore = { add: none, complete: none, list: none, keep: none, kept: none, release: none, forget: none };

describeDatabases('a discarded dead letter', (workbench) => {
  /** Puts these among the dead letters of a queue of its own, where a broker and a database are. */
  const aPlace = async (...deadLetters: readonly DeadLetterFields[]) => {
    const queue = aQueueName();
    const bystander = await aBystander();
    for (const fields of deadLetters) await aDeadLetter(bystander, queue, fields);
    const rabbit = aRabbit({ queue });
    await rabbit.open();
    const options = { url: BROKER_URL, exchange: queue, queue, routingKey: queue };
    const system = await workbench.open();
    const discard = (audit: AuditStore = system.audit) => {
      const seen: InternalSystem = {
        open: () => system.open(),
        writeOrders: (snapshots) => system.writeOrders(snapshots),
        recordFailures: (failures) => system.recordFailures(failures),
        findOrders: (reference) => system.findOrders(reference),
        ...(audit === NONE ? {} : { audit }),
      };
      return discardDeadLetters(options, Selection.ofIds([]), { system: seen, actor: ACTOR, source: 'orders' }, QUIET);
    };
    const restore = async () => {
      const kept = await system.audit.kept({ limit: 100 });
      await restoreDeadLetters(kept, rabbit, { orders: queue, shipments: `${queue}.shipments` }, system.audit, QUIET);
      return await bystander.drain(queue);
    };
    const left = () => bystander.messages(`${queue}.dead-letters`);
    return { system, discard, restore, left };
  };

  it('is published again as an event that never failed, once', async () => {
    const { system, discard, restore, left } = await aPlace({
      content: '{"orderNumber":"10086","event":"paid","buyer":"王小明"}',
    });
    await discard();
    expect(await left()).toBe(0);
    const [kept] = await system.audit.kept({ limit: 10 });
    // No personal data is kept of an event that names one order.
    expect(kept).toMatchObject({ order: '10086', event: 'paid', message: null, discardedBy: '李伟' });
    const [restored, ...more] = await restore();
    expect(more).toEqual([]);
    expect(JSON.parse(restored?.content ?? '')).toEqual({ orderNumber: '10086', event: 'paid' });
    expect(Object.keys(restored?.headers ?? {}).toSorted()).toEqual([
      'x-order-sync-last-look',
      'x-order-sync-publish-id',
      'x-order-sync-published-at',
    ]);
    expect(await restore()).toEqual([]);
    expect((await system.audit.list(1))[0]).toMatchObject({
      action: 'discarded',
      name: '李伟',
      orders: ['10086'],
      details: { done: 1 },
      restorable: 0,
    });
  });

  it('that names no order comes back as it was, byte by byte, with its headers and properties', async () => {
    const content = Buffer.from([0x7b, 0xff, 0x00, 0x0a]);
    const headers = { trace: Buffer.from([1, 255]), nested: { deep: [1, 'zwei', null, true] }, '!odd': '王小明' };
    const { discard, restore, left } = await aPlace({
      content,
      headers,
      reason: 'malformed_event',
      properties: { messageId: 'm-1', type: 'order.paid', contentType: 'application/octet-stream' },
    });
    await discard();
    expect(await left()).toBe(0);
    const [restored] = await restore();
    expect(restored?.content).toBe(content.toString());
    expect(restored?.headers).toMatchObject(headers);
    expect(Object.keys(restored?.headers ?? {})).not.toContain('x-order-sync-failures');
    expect(restored?.properties).toMatchObject({ messageId: 'm-1', type: 'order.paid' });
  });

  it('with a number and an id keeps both, as shops may be asked by one of them alone', async () => {
    const content = '{"orderNumber":"10086","orderId":"gid-7","event":"paid"}';
    const { discard, restore } = await aPlace({ content });
    await discard();
    expect((await restore()).map((message) => message.content)).toEqual([content]);
  });

  it('is gone for good if it is larger than what is kept, and counted', async () => {
    const { system, discard, restore, left } = await aPlace({ content: 'x'.repeat(70_000), reason: 'malformed_event' });
    await discard();
    expect([await left(), await restore()]).toEqual([0, []]);
    expect((await system.audit.list(1))[0]).toMatchObject({ details: { done: 1 }, restorable: 0 });
  });

  it('is not discarded if it cannot be audited', async () => {
    const { system, discard, left } = await aPlace({}, { content: 'null', reason: 'malformed_event' });
    const { audit } = system;
    const failing = () => Promise.reject(new Error('disk full'));
    const working = { ...NONE, add: audit.add.bind(audit), complete: audit.complete.bind(audit) };
    for (const broken of [
      { ...working, add: failing },
      { ...working, keep: failing },
    ]) {
      await expect(discard(broken)).rejects.toThrow('disk full');
      await expect.poll(left).toBe(2);
    }
  });

  it('of a module without an audit is discarded all the same', async () => {
    const { discard, left } = await aPlace({});
    await discard(NONE);
    expect(await left()).toBe(0);
  });
});
