import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { makeCertificates } from '../../helpers/network/certificates.ts';
import { aMailServer, BOSS, type Mail } from '../helpers/a-mail-server.ts';
import { aSignal, aTarget, failureOf } from '../helpers/a-target.ts';
import { anAlert, HOSTILE } from '../helpers/an-alert.ts';

const TO_TWO = 'from=alerts@example.com&to=one@example.com,two+tag@example.com';

/** Header lines, unfolded. */
function headersOf({ raw }: Mail): Map<string, string> {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  return new Map(
    head.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

/** RFC 2047, as a mail program reads it. */
function decoded(header: string | undefined): string {
  return (header ?? '')
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?(.*?)\?=/gi, (_, encoding: string, word: string) =>
      encoding.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString()
        : Buffer.from(
            word
              .replaceAll('_', ' ')
              .replace(/=([\dA-F]{2})/g, (__, hex: string) => String.fromCharCode(parseInt(hex, 16))),
            'latin1',
          ).toString(),
    );
}

function bodyOf(mail: Mail): string {
  const body = mail.raw.slice(mail.raw.indexOf('\r\n\r\n') + 4);
  switch (headersOf(mail).get('content-transfer-encoding')) {
    case 'base64':
      return Buffer.from(body, 'base64').toString();
    case 'quoted-printable':
      return Buffer.from(
        body
          .replace(/=\r\n/g, '')
          .replace(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
        'latin1',
      ).toString();
    default:
      return body;
  }
}

test('each recipient gets a mail that every mail program can read', async () => {
  const { port, mails } = await aMailServer();
  const target = aTarget(`smtp://127.0.0.1:${port}?${TO_TWO}`, { language: 'zh' });
  await target.send(anAlert({ title: '3 个订单需要人工处理', lines: ['订单 10086：invalid_order。'] }), 2, aSignal());
  const [mail] = mails;
  if (mail === undefined) throw new Error('no mail came');
  expect(mail).toMatchObject({ from: 'alerts@example.com', to: ['one@example.com', 'two+tag@example.com'] });
  const headers = headersOf(mail);
  expect(headers.get('subject')).toMatch(/^[\x20-\x7e]+$/);
  expect(decoded(headers.get('subject'))).toBe('[order-sync shop] 紧急：3 个订单需要人工处理');
  expect(headers.get('from')).toBe('"order-sync" <alerts@example.com>');
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(headers.get('date')).toBe('Sun, 29 Nov 2026 14:30:12 +0000');
  expect(headers.get('message-id')).toBe(`<${anAlert().id}@order-sync.invalid>`);
  expect(headers.get('auto-submitted')).toBe('auto-generated');
  expect(headers.get('importance')).toBe('High');
  expect(bodyOf(mail).replaceAll('\r\n', '\n')).toMatch(
    /^订单 10086：invalid_order。\n此前有 2 条告警未能送达此处。\n\norder-sync · shop · 2026-/,
  );
});

test.each(HOSTILE)('text from outside adds neither header nor recipient: %s', async (hostile) => {
  const { port, mails } = await aMailServer();
  await aTarget(`smtp://127.0.0.1:${port}?${TO_TWO}`).send(anAlert({ title: hostile, lines: [hostile] }), 0, aSignal());
  expect(mails[0]?.to).toEqual(['one@example.com', 'two+tag@example.com']);
  expect([...headersOf(mails[0] as Mail).keys()]).not.toContain('bcc');
});

test('user and password are percent-encoded; a wrong password is told at once, without mailboxes', async () => {
  const { port, mails } = await aMailServer();
  const url = (password: string) =>
    `smtp://${encodeURIComponent(BOSS.user)}:${encodeURIComponent(password)}@127.0.0.1:${port}?${TO_TWO}`;
  await aTarget(url(BOSS.password)).send(anAlert(), 0, aSignal());
  expect(mails[0]?.user).toBe(BOSS.user);
  const failure = await failureOf(aTarget(url('wrong')).send(anAlert(), 0, aSignal()));
  expect(failure).toEqual({
    mayPass: false,
    message:
      'The mail server answered "535 5.7.8 Authentication failed for ***". Check user and password in ALERT_URL.',
  });
});

test.each([
  [450, true],
  [550, false],
])('a server that answers %i: another attempt may work: %s', async (responseCode, mayPass) => {
  const refuse = Object.assign(new Error('not now'), { responseCode });
  const { port } = await aMailServer({ onMailFrom: (_, __, done) => done(refuse) });
  const failure = await failureOf(aTarget(`smtp://127.0.0.1:${port}?${TO_TWO}`).send(anAlert(), 0, aSignal()));
  expect(failure).toEqual({ mayPass, message: `The mail server answered "${responseCode} not now".` });
});

test('one refused recipient is told, and the others are not mailed again', async () => {
  const { port, mails } = await aMailServer({
    onRcptTo: ({ address }, _, done) =>
      address.startsWith('one') ? done(Object.assign(new Error('who?'), { responseCode: 550 })) : done(),
  });
  const failure = await failureOf(aTarget(`smtp://127.0.0.1:${port}?${TO_TWO}`).send(anAlert(), 0, aSignal()));
  expect(failure).toMatchObject({ mayPass: false, message: expect.stringContaining('1 of 2 recipients') });
  expect(mails.map(({ to }) => to)).toEqual([['two+tag@example.com']]);
});

test('STARTTLS is used where it is offered, and only with a certificate that is trusted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-mail-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { good, caFile } = await makeCertificates(folder);
  const { port, mails } = await aMailServer({ ...good, disabledCommands: [] });
  const failure = await failureOf(aTarget(`smtp://localhost:${port}?${TO_TWO}`).send(anAlert(), 0, aSignal()));
  expect(failure).toMatchObject({
    mayPass: true,
    message: expect.stringMatching(
      /comes from a CA that is not trusted here, .* name it in NODE_EXTRA_CA_CERTS \([A-Z_]+\)/,
    ),
  });
  expect(mails).toEqual([]);
  const trusted = getCACertificates('default');
  onTestFinished(() => setDefaultCACertificates(trusted));
  setDefaultCACertificates([...trusted, readFileSync(caFile, 'utf8')]);
  await aTarget(`smtp://localhost:${port}?${TO_TWO}`).send(anAlert(), 0, aSignal());
  expect(mails).toMatchObject([{ isEncrypted: true }]);
});

test('beyond this machine, a password is never sent without TLS', async () => {
  const logins: string[] = [];
  const { port, mails } = await aMailServer({
    onAuth: ({ username }, _, done) => {
      logins.push(username ?? '');
      done(null, { user: username });
    },
  });
  // An address of this machine that is not one of its loopback names.
  const host = `[::ffff:127.0.0.1]:${port}`;
  const failure = await failureOf(aTarget(`smtp://user:password@${host}?${TO_TWO}`).send(anAlert(), 0, aSignal()));
  expect(failure).toMatchObject({ mayPass: false, message: expect.stringContaining('The mail server answered "5') });
  expect(logins).toEqual([]);
  await aTarget(`smtp://${host}?${TO_TWO}`).send(anAlert(), 0, aSignal());
  expect(mails).toMatchObject([{ isEncrypted: false }]);
});

test('a server that speaks another protocol, or none', async () => {
  const { port } = await aMailServer();
  const wrong = await failureOf(aTarget(`smtps://127.0.0.1:${port}?${TO_TWO}`).send(anAlert(), 0, aSignal()));
  expect(wrong?.message).toMatch(/it speaks no TLS on this port: .* use smtp:\/\/ in ALERT_URL/);
  const refused = await failureOf(aTarget(`smtp://127.0.0.1:1?${TO_TWO}`).send(anAlert(), 0, aSignal()));
  expect(refused).toEqual({ mayPass: true, message: 'No mail was sent: ECONNREFUSED.' });
});

test('an attempt at a silent server ends at once when it is given up', async () => {
  const silent = createServer((socket) => socket.resume());
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const address = silent.address();
  const giveUp = new AbortController();
  const port = typeof address === 'object' ? address?.port : 0;
  const connected = once(silent, 'connection');
  const sent = aTarget(`smtp://127.0.0.1:${port}?${TO_TWO}`).send(anAlert(), 0, giveUp.signal);
  await connected;
  giveUp.abort(new Error('given up'));
  await expect(sent).rejects.toThrow();
});
