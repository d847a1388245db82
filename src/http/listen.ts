import type { Server } from 'node:http';
import { ConfigError } from '../errors.ts';

/**
 * @param variables that set the address, for the message
 * @throws ConfigError when it cannot listen there
 */
export async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  variables: string,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const found = `cannot listen on ${host} port ${port} (${cause.code ?? 'unknown error'})`;
      const expected = 'an address of this machine and a port above 1023 that no other program uses';
      reject(new ConfigError([`${variables}: ${found}; expected ${expected}.`], { cause }));
    });
    server.listen({ port, host }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
  // Without a listener, running out of file descriptors would end the process. With one, the port recovers.
  server.on('error', () => undefined);
}
