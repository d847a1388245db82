import { onTestFinished } from 'vitest';
import type { Certificate } from '../../helpers/network/certificates.ts';
import { startTlsFront, type TlsFront } from '../../helpers/network/tls-front.ts';

/** A TLS front, closed after the test. */
export async function aTlsFront(targetPort: number, certificate: Certificate): Promise<TlsFront> {
  const front = await startTlsFront(targetPort, certificate);
  onTestFinished(() => front[Symbol.asyncDispose]());
  return front;
}
