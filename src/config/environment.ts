/** Names and texts, as a process gets them from outside. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable is an unset one: that is how compose files and .env files switch something off. */
export function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '').trim() !== '';
}
