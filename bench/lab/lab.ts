import type { Surroundings } from '../contenders/contender-process.ts';
import type { Options } from '../options.ts';
import type { Broker } from './broker.ts';
import { BenchDatabase, type DatabaseKind } from './databases.ts';
import type { ShopProcess } from './shop-process.ts';

/** The equipment of all figures. */
export interface Lab {
  readonly options: Options;
  readonly broker: Broker;
  /** For logs and database files. */
  readonly folder: string;
  /** Node's arguments that run order-sync: the built main.js, perhaps after options. */
  readonly product: readonly string[];
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
}

export function freshDatabase(lab: Lab, kind: DatabaseKind = 'PostgreSQL'): Promise<BenchDatabase> {
  return BenchDatabase.create(kind, lab.folder);
}

export function surroundings(lab: Lab, queue: string, shop: ShopProcess, database: BenchDatabase): Surroundings {
  const { product, folder, broker } = lab;
  return { product, folder, brokerUrl: broker.url, queue, shopUrl: shop.url, databaseUrl: database.url };
}
