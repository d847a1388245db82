import { errorCode, whyNoConnection } from '../../client/http-errors.ts';
import { isLoopback } from '../../settings/loopback.ts';
import type { AlertMessage } from '../alert-message.ts';
import { type AlertLanguage, letterOf } from './letter.ts';
import type { MailAddress } from './mail-address.ts';
import { AlertError, type AlertTarget } from './target.ts';
import { oneLine } from './web-target.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** Servers look for spam before they answer. Whoever gives up too early sends the mail twice. */
const TIMEOUT_MS = 60_000;

/** Mails through one server. Each message has a connection of its own. */
export class EmailTarget implements AlertTarget {
  readonly name: string;
  readonly format = 'email';
  readonly host: string;
  readonly perMinute = undefined;
  readonly #address: MailAddress;
  readonly #language: AlertLanguage;

  constructor(address: MailAddress, language: AlertLanguage) {
    this.name = address.name;
    this.host = address.host;
    this.#address = address;
    this.#language = language;
  }

  async send(message: AlertMessage, missed: number, signal: AbortSignal): Promise<void> {
    const { from, to } = this.#address;
    const { title, lines, footer } = letterOf(message, missed, this.#language);
    const transport = await this.#transport();
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    let rejected: readonly string[];
    try {
      ({ rejected } = await transport.sendMail({
        from: { name: 'order-sync', address: from },
        to: [...to],
        subject: `[order-sync ${message.shop}] ${title}`,
        text: `${[...lines, '', footer].join('\n')}\n`,
        date: message.at,
        // Of a message that arrives twice, mail programs show one.
        messageId: `<${message.id}@order-sync.invalid>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        priority: message.severity === 'critical' ? 'high' : 'normal',
        disableFileAccess: true,
        disableUrlAccess: true,
        signal: AbortSignal.any([signal, deadline]),
      }));
    } catch (error) {
      if (signal.aborted) throw error;
      throw deadline.aborted ? new AlertError(`Not taken in ${TIMEOUT_MS} ms.`, { mayPass: true }) : mailError(error);
    }
    if (rejected.length > 0) {
      const count = `${rejected.length} of ${to.length} recipients`;
      throw new AlertError(`The mail server refused ${count}; the others have the message.`, { mayPass: false });
    }
  }

  async close(): Promise<void> {}

  /** Loaded only where there is somebody to mail to. */
  async #transport() {
    const { createTransport } = await import('nodemailer');
    const { server, port, usesTls, login } = this.#address;
    return createTransport({
      host: server,
      port,
      secure: usesTls,
      // A password never goes over the wire in the clear. Without one, a server that offers no TLS is used as it is.
      requireTLS: login !== undefined && !isLoopback(server),
      ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password } }),
      dnsTimeout: CONNECT_TIMEOUT_MS,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
    });
  }
}

/** 4xx is for now, 5xx for good. What the server says is shown without the mailboxes that it names. */
function mailError(error: unknown): AlertError {
  const { response, responseCode, originalCode } = error as SmtpError;
  if (typeof responseCode === 'number' && typeof response === 'string') {
    const said = oneLine(response.replace(/\S+@\S+/g, '***'));
    const remedy = responseCode === 535 ? ' Check user and password in ALERT_URL.' : '';
    return new AlertError(`The mail server answered "${said}".${remedy}`, {
      mayPass: responseCode < 500,
      cause: error,
    });
  }
  const code = typeof originalCode === 'string' ? originalCode : errorCode(error);
  if (code === 'EAUTH')
    return new AlertError('The mail server offers no way to log in.', { mayPass: false, cause: error });
  const hint = code === 'ERR_SSL_WRONG_VERSION_NUMBER' ? ' (smtps:// is for a port that speaks TLS at once)' : '';
  return new AlertError(`No mail was sent: ${whyNoConnection(code)}${hint}.`, { mayPass: true, cause: error });
}

/** What nodemailer adds: the server's answer, or the code that its own replaced. */
interface SmtpError {
  readonly response?: unknown;
  readonly responseCode?: unknown;
  readonly originalCode?: unknown;
}
