import { createInternalSystem } from '../../../src/internal-system/create-internal-system.ts';
import { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';

/** A built-in internal system, not yet opened. @param mapping the path of a module */
export async function sqlSystem(url: string, shop = 'demo', mapping?: string): Promise<SqlInternalSystem> {
  const system = await createInternalSystem({ url, shop, env: {}, ...(mapping === undefined ? {} : { mapping }) });
  if (!(system instanceof SqlInternalSystem)) throw new Error('expected a built-in internal system');
  return system;
}

/** Opens the system and closes it again; returns the error if it can't be opened. */
export async function tryToOpen(url: string): Promise<unknown> {
  const system = await sqlSystem(url);
  try {
    return await system.open();
  } catch (error) {
    return error;
  } finally {
    await system.close();
  }
}
