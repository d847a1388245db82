import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { AckMemory } from '../../../src/ack-memory/ack-memory.ts';
import { type AckedOrder, ackedOrder } from '../../../src/ack-memory/acked-order.ts';
import type { RememberedOrder } from '../../../src/ack-memory/memory-rows.ts';
import { anOrder, type OrderDocument } from '../../helpers/order-builder.ts';

export const ACKED_AT = Date.parse('2026-11-22T08:00:10Z');

/** The path of a file that does not exist yet. Removed after the test. */
export function aMemoryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-acked-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'deep', 'acked.db');
}

export function aMemory(options: { path?: string; scope?: string; warnings?: string[] } = {}): AckMemory {
  const { path = aMemoryPath(), scope = 'shop', warnings = [] } = options;
  const memory = new AckMemory({ path, scope, warn: (message) => warnings.push(message) });
  onTestFinished(() => memory.close());
  return memory;
}

export function anAckedOrder(document: Partial<OrderDocument> = {}, times: Partial<AckedOrder> = {}): AckedOrder {
  const acked = { writtenAt: ACKED_AT - 10, ackedAt: ACKED_AT };
  return { ...ackedOrder(anOrder(document), acked), ...times };
}

export function numbered(count: number, from = 1): AckedOrder[] {
  const order = anAckedOrder();
  return Array.from({ length: count }, (_, index) => ({
    ...order,
    orderNumber: `N${from + index}`,
    shopOrderId: `id-${from + index}`,
    ackedAt: ACKED_AT + from + index,
  }));
}

export function allOf(memory: AckMemory): readonly RememberedOrder[] {
  return memory.ordersAfter(0, 100_000);
}

export function numbersOf(orders: readonly AckedOrder[]): string[] {
  return orders.map(({ orderNumber }) => orderNumber);
}
