import { freePorts } from '../../scripts/setup/free-ports.mjs';

/** A port on loopback that nothing listens on, as text for an environment variable. */
export async function aFreePort(): Promise<string> {
  const [port = 0] = await freePorts(1);
  return String(port);
}
