import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** The first bytes that an AMQP 0-9-1 client sends. */
const PROTOCOL_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
const METHOD_FRAME = 1;
const FRAME_END = 0xce;
/** Class and method of the frames of a login: the server's start, the client's answer, the server's consent. */
const START = '10.10';
const START_OK = Buffer.from([0, 10, 0, 11]);
const TUNE = '10.30';

/**
 * Does an AMQP broker answer there, and does it accept these credentials? Logs in, then hangs up. Without amqplib, because it
 * runs before every `npm test` and must take no time.
 *
 * @param {string} url amqp:// or amqps://
 * @returns {Promise<'ready' | 'refused' | 'absent'>} `refused`: a broker that rejects these credentials
 */
export function probeBroker(url, timeoutMs = 3000) {
  const { hostname, port, protocol, username, password } = new URL(url);
  const secure = protocol === 'amqps:';
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (secure ? 5671 : 5672) };
  const user = decodeURIComponent(username) || 'guest';
  const secret = decodeURIComponent(password) || 'guest';

  return new Promise((resolve) => {
    // The probe only asks whether a broker is there; whether to trust its certificate is for those who send orders to decide.
    const socket = secure ? connectTls({ ...address, rejectUnauthorized: false }) : connect(address);
    let received = Buffer.alloc(0);
    let answered = false;
    /** @param {'ready' | 'refused' | 'absent'} verdict */
    const settle = (verdict) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(verdict);
    };
    const giveUp = () => settle(answered ? 'refused' : 'absent');
    const timer = setTimeout(giveUp, timeoutMs);
    socket.on(secure ? 'secureConnect' : 'connect', () => socket.write(PROTOCOL_HEADER));
    socket.on('data', (/** @type {Buffer} */ bytes) => {
      received = Buffer.concat([received, bytes]);
      const method = methodOf(received);
      if (method === undefined) return;
      if (method === START && !answered) {
        answered = true;
        received = Buffer.alloc(0);
        socket.write(startOk(user, secret));
      } else {
        settle(method === TUNE ? 'ready' : answered ? 'refused' : 'absent');
      }
    });
    socket.on('error', giveUp);
    socket.on('close', giveUp);
  });
}

/**
 * @param {Buffer} bytes
 * @returns {string | undefined} class and method of the frame; '' when it is not AMQP; undefined when more bytes are needed
 */
function methodOf(bytes) {
  if (bytes.length > 0 && bytes[0] !== METHOD_FRAME) return '';
  if (bytes.length < 7 || bytes.length < 8 + bytes.readUInt32BE(3)) return undefined;
  return `${bytes.readUInt16BE(7)}.${bytes.readUInt16BE(9)}`;
}

/**
 * @param {string} user
 * @param {string} secret
 */
function startOk(user, secret) {
  const noProperties = Buffer.alloc(4);
  const method = Buffer.concat([
    START_OK,
    noProperties,
    shortText('PLAIN'),
    longText(`\0${user}\0${secret}`),
    shortText('en_US'),
  ]);
  const header = Buffer.from([METHOD_FRAME, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(method.length, 3);
  return Buffer.concat([header, method, Buffer.from([FRAME_END])]);
}

/** @param {string} text */
function shortText(text) {
  return Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
}

/** @param {string} text */
function longText(text) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}
