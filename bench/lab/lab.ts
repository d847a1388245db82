import type { Surroundings } from '../contenders/contender-process.ts';
import type { Options } from '../options.ts';
import type { Broker } from './broker.ts';
import { BenchDatabase, type DatabaseKind } from './databases.ts';
import type { ShopProcess } from './shop-process.ts';

/** What all figures work with. */
export interface Lab {
  readonly options: Options;
  readonly broker: Broker;
  /** For logs and database files. */
  readonly folder: string;
  /** What Node runs as order-sync: main.js, as built, perhaps after options of Node's. */
  readonly product: readonly string[];
  /** Aborted when the person has had enough. */
  readonly signal: AbortSignal;
  /** One line of progress. */
  readonly say: (line: string) => void;
}

export function freshDatabase(lab: Lab, kind: DatabaseKind = 'PostgreSQL'): Promise<BenchDatabase> {
  return BenchDatabase.create(kind, lab.folder);
}

export function surroundings(lab: Lab, queue: string, shop: ShopProcess, database: BenchDatabase): Surroundings {
  const { product, folder, broker } = lab;
  return { product, folder, brokerUrl: broker.url, queue, shopUrl: shop.url, databaseUrl: database.url };
}
