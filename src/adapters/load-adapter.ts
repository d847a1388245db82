import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, SyncError } from '../errors.ts';

/** The variables that name a user's own module. */
export type ModuleVariable = 'SHOP_ADAPTER' | 'INTERNAL_SYSTEM' | 'MAPPING';

/** A port that a user's own module can implement. */
export interface AdapterPort<Adapter> {
  readonly variable: ModuleVariable;
  /** The port's name, with its article. */
  readonly type: string;
  /** The methods of each form that it may have. */
  readonly requiredMethods: readonly (readonly MethodOf<Adapter>[])[];
}

type MethodOf<Adapter> = Adapter extends unknown ? keyof Adapter & string : never;

/**
 * Loads an adapter: a `.ts` or `.js` module whose default export is a factory.
 *
 * An error that the factory throws on purpose passes through: a ConfigError if a person has to change something first, a
 * SyncError if the system behind it is away and another try may work. Any other error becomes a ConfigError that names the
 * variable, the module and the cause. So does a SyncError thrown while the module is being evaluated: Node remembers the
 * failure, and another try would only repeat it.
 *
 * @param path relative to the working directory
 * @param context passed to the factory
 */
export async function loadAdapter<Adapter>(
  { variable, type, requiredMethods }: AdapterPort<Adapter>,
  path: string,
  context: object,
): Promise<Adapter> {
  const failure = failureOf(variable, path);
  const factory = await loadFunction(variable, path, `and returns ${type}`);
  const adapter: unknown = await (async () => factory(context))().catch((error: unknown) => {
    if (error instanceof ConfigError || error instanceof SyncError) throw error;
    throw failure(`its default export threw ${describeThrown(error)}`, error);
  });
  if (!hasMethods(adapter, requiredMethods)) {
    const forms = requiredMethods.map((form) => form.map((method) => `${method}()`).join(' and '));
    throw failure(`its default export returned ${typeName(adapter)}, expected an object with ${forms.join(', or ')}`);
  }
  return adapter;
}

/**
 * Loads the function that a module exports as its default.
 *
 * @param which completes "a default export that is a function …"
 * @throws ConfigError
 */
export async function loadFunction(
  variable: ModuleVariable,
  path: string,
  which: string,
): Promise<(...args: unknown[]) => unknown> {
  const failure = failureOf(variable, path);
  const file = resolve(path);
  await access(file).catch((error: unknown) => {
    throw failure(`there is no readable file ${file}`, error);
  });
  const module: { readonly default?: unknown } = await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw error instanceof ConfigError ? error : failure(`it can't be loaded: ${describeThrown(error)}`, error);
  });
  const exported = module.default;
  if (!isFunction(exported)) {
    throw failure(`expected a default export that is a function ${which}, found ${typeName(exported)}`);
  }
  return exported;
}

function failureOf(variable: ModuleVariable, path: string) {
  return (problem: string, cause?: unknown) =>
    new ConfigError([`${variable}=${path}: ${problem}.`], cause === undefined ? {} : { cause });
}

function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}

/** Signatures can't be checked at run time. */
function hasMethods<Adapter>(value: unknown, forms: AdapterPort<Adapter>['requiredMethods']): value is Adapter {
  if (typeof value !== 'object' || value === null) return false;
  return forms.some((methods) => methods.every((method) => typeof Reflect.get(value, method) === 'function'));
}

function describeThrown(error: unknown): string {
  if (!(error instanceof Error)) return `${typeName(error)}, expected an Error`;
  return `${error.name}: ${error.message.replace(/\.$/, '')}`;
}

function typeName(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
