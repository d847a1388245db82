import { createHmac } from 'node:crypto';
import { jsonBody, limitOf, type Received, type StandIn, standIn } from './stand-in.ts';

/** Robots that check what their platforms document, and refuse as these do: with HTTP 200 and a code. */

export const KEY = '693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa';

/** https://developer.work.weixin.qq.com/document/path/91770 */
export function aWecomRobot(): Promise<StandIn> {
  const isWithinLimit = limitOf(20);
  return standIn((request) => ({ body: answerOf(request) }));

  function answerOf(request: Received) {
    if (request.url.pathname !== '/cgi-bin/webhook/send' || request.url.searchParams.get('key') !== KEY) {
      return refusal(93000, 'invalid webhook url, hint: [1764426612], from ip: 127.0.0.1');
    }
    if (!isWithinLimit()) return refusal(45009, 'api freq out of limit');
    const { msgtype, markdown } = { ...jsonBody(request) };
    if (msgtype !== 'markdown') return refusal(40008, 'invalid message type');
    const { content } = fields(markdown);
    if (typeof content !== 'string' || content === '') return refusal(44004, 'empty content');
    if (Buffer.byteLength(content) > 4096) return refusal(40058, 'markdown.content exceed max length 4096');
    return { errcode: 0, errmsg: 'ok' };
  }
}

export interface DingtalkRules {
  readonly secret?: string;
  readonly keyword?: string;
  /** Of its clock before ours. */
  readonly aheadMs?: number;
}

/** https://open.dingtalk.com/document/robots/custom-robot-access */
export function aDingtalkRobot({ secret, keyword, aheadMs = 0 }: DingtalkRules = {}): Promise<StandIn> {
  const isWithinLimit = limitOf(20);
  return standIn((request) => ({ body: answerOf(request) }));

  function answerOf(request: Received) {
    const query = request.url.searchParams;
    if (request.url.pathname !== '/robot/send' || query.get('access_token') !== KEY) {
      return refusal(300005, 'token is not exist');
    }
    if (!isWithinLimit()) return refusal(130101, 'send too fast, exceed 20 times per minute');
    if (secret !== undefined) {
      const timestamp = query.get('timestamp') ?? '';
      const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
      const isRecent = Math.abs(Date.now() + aheadMs - Number(timestamp)) <= 3_600_000;
      if (!/^\d{13}$/.test(timestamp) || !isRecent) return refusal(310000, 'timestamp is out of range');
      if (query.get('sign') !== sign) return refusal(310000, 'sign not match');
    }
    const { msgtype, markdown } = { ...jsonBody(request) };
    if (msgtype !== 'markdown') return refusal(400105, 'unsupported msgtype');
    const { title, text } = fields(markdown);
    if (typeof title !== 'string' || title === '') return refusal(40035, 'missing title');
    if (typeof text !== 'string' || text === '') return refusal(40035, 'missing text');
    if (Buffer.byteLength(request.body) > 20_000) return refusal(460101, 'message too long');
    if (keyword !== undefined && !text.includes(keyword)) return refusal(310000, 'keywords not in content');
    return { errcode: 0, errmsg: 'ok' };
  }
}

/** https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export function aFeishuRobot({ secret, keyword }: { secret?: string; keyword?: string } = {}): Promise<StandIn> {
  const isWithinLimit = limitOf(100);
  return standIn((request) => ({ body: answerOf(request) }));

  function answerOf(request: Received) {
    if (request.url.pathname !== `/open-apis/bot/v2/hook/${KEY}`) {
      return { code: 19001, msg: 'param invalid: incoming webhook access token invalid', data: {} };
    }
    if (!isWithinLimit()) return { code: 11232, msg: 'frequency limited', data: {} };
    const { timestamp, sign, msg_type: type, card } = { ...jsonBody(request) };
    if (secret !== undefined) {
      const expected = createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
      const isRecent = /^\d{10}$/.test(String(timestamp)) && Math.abs(Date.now() / 1000 - Number(timestamp)) <= 3600;
      if (!isRecent || sign !== expected) {
        const msg = 'sign match fail or timestamp is not within one hour from current time';
        return { code: 19021, msg, data: {} };
      }
    }
    if (type !== 'interactive' || typeof card !== 'object') return { code: 19002, msg: 'params error, msg_type need' };
    if (Buffer.byteLength(request.body) > 20 * 1024) return { code: 9499, msg: 'Bad Request', data: {} };
    if (keyword !== undefined && !JSON.stringify(card).includes(keyword)) {
      return { code: 19024, msg: 'Key Words Not Found', data: {} };
    }
    return { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' };
  }
}

const SLACK_PATH = `/services/T00000000/B00000000/${KEY}`;

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export function aSlackWebhook(): Promise<StandIn> {
  return standIn((request) => {
    if (request.url.pathname !== SLACK_PATH) return { status: 404, body: 'no_service' };
    const payload = jsonBody(request);
    if (payload === undefined) return { status: 400, body: 'invalid_payload' };
    const { text, blocks } = payload;
    if (typeof text !== 'string' || text === '') return { status: 400, body: 'no_text' };
    if (!Array.isArray(blocks) || blocks.length > 50 || !blocks.every(isBlock)) {
      return { status: 400, body: 'invalid_blocks' };
    }
    return { body: 'ok' };
  });
}

/** Lengths as https://docs.slack.dev/reference/block-kit/blocks says. */
function isBlock(block: unknown): boolean {
  const { type, text, elements } = fields(block);
  switch (type) {
    case 'header':
      return isPlainText(text, 150);
    case 'section':
      return isPlainText(text, 3000);
    case 'context':
      return Array.isArray(elements) && elements.length <= 10 && elements.every((each) => isPlainText(each, 3000));
    default:
      return false;
  }
}

function isPlainText(value: unknown, most: number): boolean {
  const { type, text } = fields(value);
  return type === 'plain_text' && typeof text === 'string' && text !== '' && text.length <= most;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function refusal(errcode: number, errmsg: string) {
  return { errcode, errmsg };
}
