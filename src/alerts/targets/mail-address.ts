/** A mail server, and who writes to whom through it. */
export interface MailAddress {
  readonly name: string;
  readonly format: 'email';
  /** All that may be shown: with the port if it is named. */
  readonly host: string;
  readonly server: string;
  readonly port: number;
  /** TLS from the first byte on; otherwise STARTTLS. */
  readonly usesTls: boolean;
  readonly login: { readonly user: string; readonly password: string } | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

const EXPECTED = 'smtp://user:password@host:587?from=…&to=…,…, or smtps:// for a port that speaks TLS at once';
const MAILBOX = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/;
const MOST_RECIPIENTS = 50;
const SUBMISSION_PORTS = { 'smtp:': 587, 'smtps:': 465 } as const;

/** @returns what is expected, in words that complete "expected …", if it is none */
export function mailAddress(url: URL, name: string): MailAddress | string {
  const { protocol, hostname, port, username, password } = url;
  if (protocol !== 'smtp:' && protocol !== 'smtps:') return EXPECTED;
  if (hostname === '' || url.hash !== '' || !['', '/'].includes(url.pathname)) return EXPECTED;
  if (protocol === 'smtp:' && port === '465') return 'smtps:// for port 465, which speaks TLS at once';
  if (protocol === 'smtps:' && (port === '587' || port === '25'))
    return `smtp:// for port ${port}, which begins without TLS`;
  const query = new URLSearchParams(url.search.replaceAll('+', '%2B'));
  if ([...query.keys()].some((name) => name !== 'from' && name !== 'to'))
    return `no other parameters than from and to in ${EXPECTED}`;
  const [from, ...otherSenders] = mailboxes(query, 'from');
  const to = mailboxes(query, 'to');
  if (from === undefined || otherSenders.length > 0 || !MAILBOX.test(from))
    return 'from=alerts@example.com, one sender';
  if (to.length === 0 || to.length > MOST_RECIPIENTS || !to.every((one) => MAILBOX.test(one))) {
    return `to=a@example.com,b@example.com, 1 to ${MOST_RECIPIENTS} recipients`;
  }
  const login = loginOf(username, password);
  if (login === null) return 'user and password, percent-encoded, or neither, in front of the host';
  return {
    name,
    format: 'email',
    host: url.host,
    server: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? SUBMISSION_PORTS[protocol] : Number(port),
    usesTls: protocol === 'smtps:',
    login,
    from,
    to,
  };
}

function mailboxes(query: URLSearchParams, name: 'from' | 'to'): string[] {
  return query
    .getAll(name)
    .flatMap((list) => list.split(','))
    .map((mailbox) => mailbox.trim())
    .filter((mailbox) => mailbox !== '');
}

/** Null if there is only one of the two, or it can't be decoded. */
function loginOf(username: string, password: string): MailAddress['login'] | null {
  if (`${username}${password}` === '') return undefined;
  if (username === '' || password === '') return null;
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return null;
  }
}
