/** Where a person mends it, by the names of the settings. */
export interface TlsSettings {
  /** That names the CA of a private certificate, such as `RABBITMQ_CA_FILE`. */
  readonly ca: string;
  /** How to speak to this server without TLS, such as `an address that begins with amqp://`. */
  readonly withoutTls: string;
}

interface Meaning {
  /** Of Node's code, or of the words where a library has put a code of its own in its place. */
  readonly matches: RegExp;
  readonly says: (settings: TlsSettings, error: Error) => string;
}

/** The first that matches counts. OpenSSL's codes: `openssl verify -help`, and `ERR_SSL_` before its reason. */
const MEANINGS: readonly Meaning[] = [
  {
    matches: /WRONG_VERSION_NUMBER|wrong version number|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|not support (?:SSL|secure)/,
    says: ({ withoutTls }) => `it speaks no TLS on this port: name its port for TLS, or use ${withoutTls}`,
  },
  {
    matches: /CERT_HAS_EXPIRED|certificate has expired/,
    says: () => 'its certificate has expired: have it renewed there, or is the clock of this machine wrong?',
  },
  {
    matches: /CERT_NOT_YET_VALID|certificate is not yet valid/,
    says: () => 'its certificate is not valid yet: is the clock of this machine wrong, or that of its maker?',
  },
  {
    matches: /ALTNAME_INVALID|does not match certificate's altnames/,
    says: (_, error) => `its certificate is for another name${altnames(error)}: connect by a name that is in it`,
  },
  {
    matches: /DEPTH_ZERO_SELF_SIGNED|self-signed certificate(?! in)/,
    says: ({ ca }) => `its certificate is self-signed, and not trusted here; if it is your own, name it in ${ca}`,
  },
  {
    matches:
      /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|ISSUER|self-signed certificate in|issuer cert|first certificate/,
    says: ({ ca }) =>
      `its certificate comes from a CA that is not trusted here, or it does not send those in between; if the CA is your own, name it in ${ca}`,
  },
  {
    matches: /UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW|unsupported protocol|alert protocol version/,
    says: () => 'it and this Node have no version of TLS in common: it needs TLS 1.2 or newer',
  },
  {
    matches:
      /CERTIFICATE_REQUIRED|ALERT_(?:BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE)|alert (?:bad certificate|unknown ca|certificate)/,
    says: () => 'it asks for a certificate of ours that it knows, and has not got one',
  },
  {
    matches: /TOO_SMALL|TOO_WEAK|key too small|too weak/,
    says: () => "its certificate's key or signature is too weak for this Node: have it renewed there",
  },
  {
    matches: /^(?:\S*CERT|CRL_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/,
    says: () => 'its certificate is not accepted',
  },
  { matches: /^(?:ERR_SSL_|EPROTO)|SSL routines/, says: () => 'the TLS handshake with it failed' },
];

/**
 * What is wrong with TLS, in a sentence's second half, with Node's code: "its certificate has expired … (CERT_HAS_EXPIRED)".
 *
 * @param error of the connection @returns undefined if it is not about TLS
 */
export function tlsProblem(error: unknown, settings: TlsSettings): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const found = MEANINGS.find(({ matches }) => matches.test(`${code} ${error.message}`));
  if (found === undefined) return undefined;
  return `${found.says(settings, error)}${code === '' ? '' : ` (${code})`}`;
}

/** Public, as the certificate is: of help, as they say what to write instead. */
function altnames(error: Error): string {
  const names = /altnames: (?:.*altnames: )?(.+)$/s.exec(error.message)?.[1];
  return names === undefined ? '' : ` (${names.slice(0, 200)})`;
}
