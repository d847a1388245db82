/** Environment variables, as the process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as unset: that is how compose files and .env files switch something off. */
export function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '').trim() !== '';
}
