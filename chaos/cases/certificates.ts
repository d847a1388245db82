import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../../scripts/setup/system-packages.mjs';
import { makeCertificates } from '../../test/helpers/network/certificates.ts';
import type { Scene } from '../scene/scene.ts';
import type { ChaosCase } from './case.ts';

/** A shop behind TLS whose certificate is wrong, and then right. */
export const certificateCases: readonly ChaosCase[] = [
  {
    id: 'S11',
    fault: 'a certificate that has expired, is for another name, of a foreign CA, self-signed',
    daemons: 0,
    cannot: () => (findProgram('openssl') === undefined ? 'openssl is not installed' : undefined),
    play: async (scene) => {
      const made = await makeCertificates(scene.folder);
      const front = await startTlsFront(scene, made.good);
      const env = { SHOP_BASE_URL: front.url, NODE_EXTRA_CA_CERTS: made.caFile };
      await (await scene.startDaemon(env)).ready();
      await scene.auditFromNowOn();
      for (const [index, wrong] of made.wrong.entries()) {
        await scene.progress(0.2 * index + 0.1);
        front.show(wrong);
        const asked = scene.shop.requests.length;
        await sleep(2_500);
        // What was under way on connections from before may still have come through.
        if (scene.shop.requests.length - asked > 40) throw new Error('the shop was asked despite its certificate');
        front.show(made.good);
      }
      scene.healed();
    },
  },
];

interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** A TLS server that hands on to the shop, and can change its certificate. */
async function startTlsFront(scene: Scene, first: Certificate) {
  const server = createServer(first, (incoming, outgoing) => {
    const onward = request(
      new URL(incoming.url ?? '/', scene.shop.url),
      { headers: { authorization: incoming.headers.authorization ?? '' } },
      (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    onward.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scene.defer(async () => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}`,
    show: (certificate: Certificate) => {
      server.setSecureContext(certificate);
      server.closeAllConnections();
    },
  };
}
