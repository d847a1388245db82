import type { AlertAddress, WebFormat } from './address.ts';
import { dingtalkProtocol } from './dingtalk.ts';
import { EmailTarget } from './email.ts';
import { feishuProtocol } from './feishu.ts';
import { jsonProtocol } from './json.ts';
import type { AlertLanguage } from './letter.ts';
import { slackProtocol } from './slack.ts';
import type { AlertTarget } from './target.ts';
import { type Proxies, type WebProtocol, WebTarget } from './web-target.ts';
import { wecomProtocol } from './wecom.ts';

const PROTOCOLS: Readonly<Record<WebFormat, WebProtocol>> = {
  json: jsonProtocol,
  wecom: wecomProtocol,
  dingtalk: dingtalkProtocol,
  feishu: feishuProtocol,
  slack: slackProtocol,
};

export interface TargetSettings {
  readonly addresses: readonly AlertAddress[];
  readonly language: AlertLanguage;
  readonly proxies: Proxies;
}

/** Opens nothing yet. */
export function createTargets(settings: TargetSettings): AlertTarget[] {
  return settings.addresses.map((address) =>
    address.format === 'email'
      ? new EmailTarget(address, settings.language)
      : new WebTarget(address, PROTOCOLS[address.format], settings),
  );
}
