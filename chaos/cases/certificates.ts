import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../../scripts/setup/system-packages.mjs';
import { makeCertificates } from '../../test/helpers/network/certificates.ts';
import { startTlsFront } from '../../test/helpers/network/tls-front.ts';
import type { ChaosCase } from './case.ts';

/** A shop behind TLS whose certificate is wrong, and then right. */
export const certificateCases: readonly ChaosCase[] = [
  {
    id: 'S11',
    fault: 'a certificate that is expired, for another name, from a foreign CA, self-signed',
    daemons: 0,
    cannot: () => (findProgram('openssl') === undefined ? 'openssl is not installed' : undefined),
    play: async (scene) => {
      const certificates = await makeCertificates(scene.folder);
      const front = await startTlsFront(Number(new URL(scene.shop.url).port), certificates.good);
      scene.defer(() => front[Symbol.asyncDispose]());
      const env = { SHOP_BASE_URL: `https://localhost:${front.port}`, NODE_EXTRA_CA_CERTS: certificates.caFile };
      await (await scene.startDaemon(env)).ready();
      await scene.auditFromNowOn();
      for (const [index, wrong] of certificates.wrong.entries()) {
        await scene.progress(0.2 * index + 0.1);
        front.show(wrong);
        const before = scene.shop.requests.length;
        await sleep(2_500);
        // Requests already under way on older connections may still arrive.
        if (scene.shop.requests.length - before > 40)
          throw new Error('the daemon kept asking a shop whose certificate is not valid');
        front.show(certificates.good);
      }
      scene.healed();
    },
  },
];
