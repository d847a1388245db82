import { type Config, type ConfigPart, type Environment, loadConfig } from '../../src/config/load-config.ts';
import { ConfigError } from '../../src/errors.ts';

/** The smallest environment that works. */
export const MINIMAL: Environment = {
  RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:5672',
  SHOP_BASE_URL: 'https://shop.example',
};

/** The minimal environment with changes; `undefined` removes a variable. */
export function anEnvironment(changes: Environment = {}): Environment {
  return { ...MINIMAL, ...changes };
}

export function configOf(changes: Environment = {}): Config {
  return loadConfig(anEnvironment(changes));
}

/** The problems of the ConfigError that this environment causes; none if it is valid. */
export function problemsOf(env: Environment, parts?: readonly ConfigPart[]): readonly string[] {
  try {
    if (parts === undefined) loadConfig(env);
    else loadConfig(env, parts);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** The broker's URL, as it is now. */
export function urlOf({ rabbitmq }: Pick<Config, 'rabbitmq'>): string | undefined {
  return 'url' in rabbitmq ? rabbitmq.url() : undefined;
}
