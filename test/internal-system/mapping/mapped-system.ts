import { onTestFinished } from 'vitest';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { aModule } from '../../adapters/helpers/a-module.ts';
import { sqlSystem } from '../helpers/sql-system.ts';
import { uniqueName, type Workbench } from '../helpers/test-databases.ts';

export const EXAMPLE = new URL('../../../examples/my-tables.ts', import.meta.url).pathname;

/** An open system with a mapping, closed after the test. @param mapping the path of a module */
export async function aMappedSystem(
  { database }: Workbench,
  mapping = EXAMPLE,
  shop = uniqueName(),
): Promise<SqlInternalSystem> {
  const system = await sqlSystem(database.url, shop, mapping);
  onTestFinished(() => system.close());
  await system.open();
  return system;
}

/** A mapping module of these statements. @param body of `async ({ order, previous, revision, shop }, tables) => { … }` */
export function aMapping(body: string): Promise<string> {
  const toolkit = new URL('../../../src/internal-system/mapping/index.ts', import.meta.url).href;
  return aModule(
    `import * as toolkit from '${toolkit}';
     export default async ({ order, previous, revision, shop }, tables) => { ${body} };`,
  );
}
