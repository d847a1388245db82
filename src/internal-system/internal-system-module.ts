import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, SyncError } from '../errors.ts';
import type { InternalSystem, InternalSystemFactory } from './internal-system.ts';

/**
 * Loads somebody's own internal system: a `.ts` or `.js` module whose default export makes it.
 *
 * @param path relative to the working directory
 * @throws ConfigError when there is no such module or it makes something else; SyncError when the module throws one
 */
export async function loadInternalSystemModule(
  path: string,
  context: Parameters<InternalSystemFactory>[0],
): Promise<InternalSystem> {
  const file = resolve(path);
  if (!existsSync(file)) throw wrongModule(`names ${path}, and there is no file ${file}`);
  const { default: factory } = await load(file);
  if (typeof factory !== 'function') {
    throw wrongModule(`names ${path}, which has no function as its default export: expected an InternalSystemFactory`);
  }
  const made: unknown = await make(path, () => factory(context));
  if (!isInternalSystem(made)) {
    throw wrongModule(`names ${path}, whose default export made something without open() and writeOrders()`);
  }
  return made;
}

async function load(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (cause) {
    throw wrongModule(`names ${file}, which can't be loaded: ${said(cause)}`, cause);
  }
}

async function make(path: string, factory: () => unknown): Promise<unknown> {
  try {
    return await factory();
  } catch (cause) {
    if (cause instanceof ConfigError || cause instanceof SyncError) throw cause;
    throw wrongModule(`names ${path}, whose default export failed: ${said(cause)}`, cause);
  }
}

function isInternalSystem(made: unknown): made is InternalSystem {
  return (
    typeof made === 'object' &&
    made !== null &&
    'open' in made &&
    typeof made.open === 'function' &&
    'writeOrders' in made &&
    typeof made.writeOrders === 'function'
  );
}

function said(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : 'it threw something that is no Error';
}

function wrongModule(problem: string, cause?: unknown): ConfigError {
  return new ConfigError([`INTERNAL_SYSTEM ${problem}`], cause === undefined ? undefined : { cause });
}
