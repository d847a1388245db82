import { describe, expect, test } from 'vitest';
import { Access, type AccessOptions } from '../../../src/ops/http/access.ts';
import { aPeopleFile, hash, LI, LI_TOKEN, WANG, WANG_TOKEN } from '../dashboard/helpers/people.ts';
import { aServer, bearer, opened } from './helpers/a-server.ts';

describe('people with tokens of their own', () => {
  test('are known by name and role, with a token or a session, beside the holders of OPS_TOKEN and OPS_VIEWER_TOKEN', async () => {
    const people = opened(aPeopleFile(LI, WANG));
    const { ask, signedIn } = await aServer({ people, token: 'o'.repeat(16), viewerToken: 'v'.repeat(16) });
    for (const [token, name, role] of [
      [LI_TOKEN, '李伟', 'operator'],
      [WANG_TOKEN, 'wang.fang', 'viewer'],
      ['o'.repeat(16), 'operator', 'operator'],
      ['v'.repeat(16), 'viewer', 'viewer'],
    ] as const) {
      const status = role === 'operator' ? 200 : 403;
      expect(JSON.parse((await ask('/viewer', bearer(token))).body)).toEqual({ name, role, via: 'token' });
      expect((await ask('/operator', bearer(token))).status).toBe(status);
      const cookie = signedIn(token);
      expect(JSON.parse((await ask('/viewer', { cookie })).body)).toEqual({ name, role, via: 'session' });
      expect((await ask('/operator', { cookie })).status).toBe(status);
    }
    expect((await ask('/viewer', bearer(hash(LI_TOKEN)))).status).toBe(401);
    expect((await ask('/viewer')).status).toBe(401);
  });

  test('nobody forges a session from the file, nor takes another name or role', async () => {
    const people = opened(aPeopleFile(LI, WANG));
    const { ask, signedIn } = await aServer({ people, sessionSecret: 's'.repeat(32) });
    const other = await aServer({ people, sessionSecret: 'another-secret-of-32-characters-!' });
    const same = await aServer({ people, sessionSecret: 's'.repeat(32) });
    const random = await aServer({ people });
    const mine = signedIn(WANG_TOKEN);
    expect((await ask('/viewer', { cookie: mine })).status).toBe(200);
    // A restart with the same secret keeps it; another secret, or none, does not.
    expect((await same.ask('/viewer', { cookie: mine })).status).toBe(200);
    expect((await other.ask('/viewer', { cookie: mine })).status).toBe(401);
    expect((await random.ask('/viewer', { cookie: mine })).status).toBe(401);
    const another = await aServer({ people });
    expect((await random.ask('/viewer', { cookie: another.signedIn(WANG_TOKEN) })).status).toBe(401);
    const li = encodeURIComponent('李伟');
    for (const forged of [
      mine.replace('wang.fang', li),
      mine.replace('wang.fang', 'operator'),
      mine.replace(/\.(\d+)\./, '.9999999999999.'),
      `${mine.split('=')[0]}=${li}.9999999999999.${'A'.repeat(43)}`,
    ]) {
      expect((await ask('/viewer', { cookie: forged })).status, forged).toBe(401);
    }
  });

  test('two daemons on one machine do not sign people out of each other, unless they share their sessions', () => {
    const people = opened(aPeopleFile(LI));
    const cookieName = (options: Partial<AccessOptions>) => {
      const signed = new Access({ host: '127.0.0.1', port: 1, people, ...options }).signIn(
        LI_TOKEN,
        '127.0.0.1',
        false,
      );
      return signed === undefined || signed === 'throttled' ? undefined : signed.cookie.split('=')[0];
    };
    expect(cookieName({})).toMatch(/^order-sync-\w+$/);
    expect(cookieName({})).toBe(cookieName({}));
    expect(cookieName({ port: 2 })).not.toBe(cookieName({}));
    const sessionSecret = 's'.repeat(32);
    expect(cookieName({ port: 2, sessionSecret })).toBe(cookieName({ sessionSecret }));
  });

  test('somebody who leaves the file is out, with token and session; the others stay', async () => {
    const file = aPeopleFile(LI, WANG);
    const { ask, signedIn, notes, access } = await aServer({ people: opened(file) });
    const [li, wang] = [signedIn(LI_TOKEN), signedIn(WANG_TOKEN)];
    let changes = 0;
    access()?.people.onChange(() => {
      changes += 1;
    });
    file.write(LI, `zhao viewer ${hash('a token that is new')}`);
    await expect.poll(async () => (await ask('/viewer', { cookie: wang })).status).toBe(401);
    expect((await ask('/viewer', bearer(WANG_TOKEN))).status).toBe(401);
    expect((await ask('/operator', { cookie: li })).status).toBe(200);
    expect((await ask('/viewer', bearer('a token that is new'))).status).toBe(200);
    expect(notes).toEqual(['info OPS_TOKENS_FILE: read again: 李伟 (operator), zhao (viewer)']);
    expect(changes).toBe(1);
    // Another role is another person.
    file.write(LI.replace('operator', 'viewer'));
    await expect.poll(async () => (await ask('/operator', { cookie: li })).status).toBe(401);
    expect((await ask('/operator', bearer(LI_TOKEN))).status).toBe(403);
  });

  test('a mistake in the changed file keeps everybody, and is told once in the log and in /readyz', async () => {
    const file = aPeopleFile(LI, WANG);
    const { ask, signedIn, notes } = await aServer({ people: opened(file) });
    const cookie = signedIn(WANG_TOKEN);
    file.write(LI, 'zhao viewer a-very-secret-token');
    await expect.poll(() => notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      /^error OPS_TOKENS_FILE: line 2 of .*people.txt": what stands behind zhao viewer is not the hash/,
    );
    expect((await ask('/viewer', { cookie })).status).toBe(200);
    const ready = await ask('/readyz', { cookie });
    expect([ready.status, JSON.parse(ready.body)]).toEqual([
      200,
      { ready: true, warnings: [expect.stringContaining('OPS_TOKENS_FILE: line 2')] },
    ]);
    expect(JSON.parse((await ask('/readyz')).body)).toEqual({ ready: true });
    expect(`${notes}${ready.body}`).not.toContain('secret-token');
    file.write();
    await expect.poll(() => notes).toHaveLength(2);
    file.write(LI, WANG);
    await expect.poll(() => notes).toHaveLength(3);
    expect(notes[2]).toBe('info OPS_TOKENS_FILE: the mistake is gone.');
    expect(JSON.parse((await ask('/readyz', { cookie })).body)).toEqual({ ready: true });
    expect((await ask('/viewer', { cookie })).status).toBe(200);
  });
});
