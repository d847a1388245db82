import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { withTimeout } from '../../async/deadline.ts';
import type { Endpoint, Endpoints } from '../endpoint.ts';

const LOOKUP_TIMEOUT_MS = 5_000;

/**
 * One endpoint for each address of each host: behind one name may be several nodes, and that one of them takes TCP connections
 * does not mean that it works.
 */
export async function withAddresses(endpoints: Endpoints): Promise<Endpoint[]> {
  return (await Promise.all(endpoints.map(addressesOf))).flat();
}

/**
 * A name that cannot be looked up stays as it is: connecting will say why. So does `localhost`, whose addresses are one machine: its
 * broker may listen on one of them alone, and Node tries them all.
 */
async function addressesOf(endpoint: Endpoint): Promise<Endpoint[]> {
  const { host, address } = endpoint;
  if (address !== undefined || host === 'localhost' || isIP(host) !== 0) return [endpoint];
  const found = await withTimeout(
    lookup(host, { all: true }).catch(() => []),
    LOOKUP_TIMEOUT_MS,
    () => [],
  );
  const addresses = [...new Set(found.map(({ address }) => address))];
  return addresses.length < 2 ? [endpoint] : addresses.map((address) => ({ ...endpoint, address }));
}
