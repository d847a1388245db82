import { createServer } from 'node:http';
import { listen } from '../../http/listen.ts';

/** Tries to listen there, and ends at once. @returns a ConfigError, or undefined if the daemon can listen there */
export async function whyNotListen(
  address: { readonly host: string; readonly port: number },
  variables: string,
): Promise<unknown> {
  const server = createServer();
  try {
    await listen(server, address, variables);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    server.close();
  }
}

/** Somebody else listens there. @param problem from `whyNotListen` */
export function isTaken(problem: unknown): boolean {
  return codeOf(problem instanceof Error ? problem.cause : undefined) === 'EADDRINUSE';
}

/** Nobody listens there. @param error of a request */
export function isRefused(error: unknown): boolean {
  return codeOf(error) === 'ECONNREFUSED';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
