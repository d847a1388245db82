import { z } from 'zod';
import { json, plain } from '../../http/reply.ts';
import type { PauseStore } from '../../internal-system/pause-store.ts';
import { VERSION } from '../../version.ts';
import type { Access, Who } from '../http/access.ts';
import { jsonBody } from '../http/json-body.ts';
import { type OpsRequest, type Route, throttled } from '../http/routes.ts';
import { type AuditParts, audit } from './audit.ts';
import type { Session } from './messages.ts';

interface SessionParts extends AuditParts {
  readonly access: Access;
  readonly shop: string;
  readonly queue: string;
  /** Undefined where the internal system keeps no pauses. */
  readonly pauses: PauseStore | undefined;
}

/** Each writes to the audit, in the database that has orders to write. */
const COST = 10;

const signInBody = z.strictObject({ token: z.string().max(1_000) });

/** Signing in and out. A session is a cookie that no script can read and no other site can send. */
export function sessionRoutes(parts: SessionParts): Route[] {
  const { access, logger, shop, queue, pauses } = parts;
  const session = (who?: Who): Session => ({
    role: who?.role ?? null,
    name: who === undefined || who.via === 'nothing' ? null : who.name,
    canSignOut: who?.via === 'session',
    asksForToken: access.asksForToken,
    signsInElsewhere: access.asksForToken && !access.people.areConfigured,
    // Without a role, the client learns nothing.
    ...(who === undefined
      ? { shop: '', queue: '', version: '', canPause: false }
      : { shop, queue, version: VERSION, canPause: pauses !== undefined }),
  });
  const whoIs = ({ message }: OpsRequest): Who | undefined => {
    const who = access.whoIs(message);
    return who === 'throttled' ? undefined : who;
  };

  async function signIn({ message, address }: OpsRequest) {
    const parsed = signInBody.safeParse(await jsonBody(message));
    const isSecure = message.headers.origin?.startsWith('https:') === true;
    const signedIn = parsed.success ? access.signIn(parsed.data.token, address, isSecure) : undefined;
    if (signedIn === 'throttled') return throttled();
    if (signedIn === undefined) {
      logger.warn({ audit: 'sign-in', address }, 'dashboard: a sign-in with a wrong token was refused');
      return plain(401, 'Wrong token.');
    }
    const { who, cookie } = signedIn;
    await audit(parts, { who, address }, 'sign-in', `${who.name} signed in as ${who.role}`);
    return json(session(who), 200, { 'set-cookie': cookie });
  }

  async function signOut(request: OpsRequest) {
    const who = whoIs(request);
    if (who?.via === 'session')
      await audit(parts, { who, address: request.address }, 'sign-out', `${who.name} signed out`);
    return json(session(), 200, { 'set-cookie': access.endedCookie() });
  }

  return [
    { method: 'GET', path: '/api/session', for: 'anybody', answer: (request) => json(session(whoIs(request))) },
    { method: 'POST', path: '/api/sign-in', for: 'anybody', cost: COST, answer: signIn },
    { method: 'POST', path: '/api/sign-out', for: 'anybody', cost: COST, answer: signOut },
  ];
}
