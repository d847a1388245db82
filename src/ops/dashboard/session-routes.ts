import type { Logger } from 'pino';
import { z } from 'zod';
import { json, plain } from '../../http/reply.ts';
import type { PauseStore } from '../../internal-system/pause-store.ts';
import { VERSION } from '../../version.ts';
import type { Access, Role } from '../http/access.ts';
import { jsonBody } from '../http/json-body.ts';
import type { OpsRequest, Route } from '../http/routes.ts';
import type { Session } from './messages.ts';

interface SessionParts {
  readonly access: Access;
  readonly logger: Logger;
  readonly shop: string;
  readonly queue: string;
  /** Undefined where the internal system keeps no pauses. */
  readonly pauses: PauseStore | undefined;
}

const signInBody = z.strictObject({ token: z.string().max(1_000) });

/** Signing in and out. A session is a cookie that no script can read and no other site can send. */
export function sessionRoutes({ access, logger, shop, queue, pauses }: SessionParts): Route[] {
  const session = (role: Role | null): Session => ({
    role,
    asksForToken: access.asksForToken,
    // Without a role, the client learns nothing.
    ...(role === null
      ? { shop: '', queue: '', version: '', canPause: false }
      : { shop, queue, version: VERSION, canPause: pauses !== undefined }),
  });

  async function signIn({ message, address }: OpsRequest) {
    const parsed = signInBody.safeParse(await jsonBody(message));
    const role = parsed.success ? access.roleOfToken(parsed.data.token, address) : undefined;
    if (role === 'throttled')
      return plain(429, 'Too many wrong tokens from this address; wait a minute.', { 'retry-after': '60' });
    if (role === undefined) {
      logger.warn({ audit: 'sign-in', address }, 'dashboard: a sign-in with a wrong token was refused');
      return plain(401, 'Wrong token.');
    }
    logger.info({ audit: 'sign-in', role, address }, `dashboard: signed in as ${role}`);
    const isSecure = message.headers.origin?.startsWith('https:') === true;
    return json(session(role), 200, { 'set-cookie': access.sessionCookie(role, isSecure) });
  }

  return [
    {
      method: 'GET',
      path: '/api/session',
      for: 'anybody',
      answer: ({ message }) => {
        const role = access.roleOf(message);
        return json(session(role === 'throttled' ? null : (role ?? null)));
      },
    },
    { method: 'POST', path: '/api/sign-in', for: 'anybody', answer: signIn },
    {
      method: 'POST',
      path: '/api/sign-out',
      for: 'anybody',
      answer: () => json(session(null), 200, { 'set-cookie': access.endedCookie() }),
    },
  ];
}
