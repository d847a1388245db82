import { loadConfig } from '../../config/load-config.ts';
import { createOrderSink } from '../../internal-system/create-internal-system.ts';
import type { Environment } from '../../settings/environment.ts';
import { counted } from '../cli/counted.ts';
import { Progress } from '../cli/progress.ts';
import { report } from './report.ts';
import { NOT_WRITTEN, READING, WRITING } from './sink/sink-contract.ts';
import { SinkSubject } from './sink/sink-subject.ts';
import { TestedSink } from './sink/tested-sink.ts';

export interface SinkTest {
  /** Test orders are written; without it, the ERP is only asked. */
  readonly write: boolean;
  readonly sku: string;
  readonly currency: string;
  /** How many orders the last check takes. */
  readonly orders: number;
}

/** @returns the exit status */
export async function testSink(env: Environment, { write, orders, ...kind }: SinkTest, json: boolean): Promise<number> {
  const config = loadConfig(env, ['internalSystem']);
  const { internalSystem, shopName: shop, env: settings } = config;
  const sink = await createOrderSink({ ...internalSystem, shop, env: settings });
  let doing = 'asking the ERP';
  const progress = new Progress((count) => `${doing} … ${counted(count, 'request')}`);
  try {
    const startedAt = new Date();
    const recipe = { shop, run: startedAt.getTime().toString(36).toUpperCase(), startedAt, ...kind };
    const subject = new SinkSubject(new TestedSink(sink, () => progress.add()), recipe, orders);
    await subject.sink.open();
    const onBegin = (name: string) => (doing = name);
    const checks = write ? [...READING, ...WRITING] : [...READING, NOT_WRITTEN];
    return await report(checks, subject, { json, progress, onBegin, orders: () => subject.orders.length });
  } finally {
    progress.end();
    await sink.close?.();
  }
}
