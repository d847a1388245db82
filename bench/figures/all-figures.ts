import { daemons } from './daemons.ts';
import { databases } from './databases.ts';
import { duties } from './duties.ts';
import type { Figure } from './figure.ts';
import { growth } from './growth.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { opsPort } from './ops-port.ts';
import { rateLimited } from './rate-limited.ts';
import { search } from './search.ts';
import { startUp } from './start-up.ts';
import { throughputCold } from './throughput-cold.ts';
import { throughputFar } from './throughput-far.ts';
import { throughputMany } from './throughput-many.ts';
import { throughputPostgres } from './throughput-postgres.ts';

/** In the order of the table in docs/performance.md. */
export const FIGURES: readonly Figure[] = [
  throughputPostgres,
  throughputCold,
  throughputFar,
  throughputMany,
  rateLimited,
  databases,
  latency,
  memory,
  growth,
  daemons,
  opsPort,
  search,
  startUp,
  duties,
];
