import { expect, test } from 'vitest';
import { statusFault } from '../../../demo/shop/faults.ts';
import { aMailServer } from '../../alerts/helpers/a-mail-server.ts';
import { aDingtalkRobot, aFeishuRobot, aSlackWebhook, aWecomRobot, KEY } from '../../alerts/helpers/robots.ts';
import { standIn } from '../../alerts/helpers/stand-in.ts';
import { aBystander } from '../../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../../helpers/daemon-process.ts';
import { storedOrders } from '../../helpers/internal-database.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';

const orders = Array.from({ length: 10 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));

test('an alert reaches every platform; targets that are away hold up neither the others, nor orders, nor the stop', async () => {
  const silent = await standIn(() => new Promise(() => undefined));
  const wecom = await aWecomRobot();
  const dingtalk = await aDingtalkRobot({ secret: 'SECret', keyword: '告警' });
  const feishu = await aFeishuRobot({ secret: 'secret' });
  const slack = await aSlackWebhook();
  const mail = await aMailServer();
  const shop = await aShop({ orders, faults: () => statusFault(401) });
  const workplace = aWorkplace({
    ...shopEnv(shop),
    ALERT_OUTAGE_AFTER_MS: '500',
    ALERT_LANGUAGE: 'zh',
    ALERT_URL: [
      'http://127.0.0.1:1/away?secret-of=ours',
      `${silent.origin}/silent`,
      `wecom+${wecom.origin}/cgi-bin/webhook/send?key=${KEY}`,
      `dingtalk+${dingtalk.origin}/robot/send?access_token=${KEY}&secret=SECret&keyword=告警`,
      `feishu+${feishu.origin}/open-apis/bot/v2/hook/${KEY}?secret=secret`,
      `slack+${slack.origin}/services/T00000000/B00000000/${KEY}`,
      `smtp://127.0.0.1:${mail.port}?from=alerts@example.com&to=oncall@example.com`,
    ].join(','),
  });
  const bystander = await aBystander();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  for (const { orderNumber } of orders) await bystander.publish(workplace.queue, String(orderNumber));
  for (const { requests } of [wecom, dingtalk, feishu, slack]) {
    await expect.poll(() => requests.map(({ body }) => body).join()).toContain('紧急：');
  }
  await expect.poll(() => mail.mails.length).toBe(1);
  await expect.poll(() => silent.requests.length).toBe(1);
  const line = await daemon.line(({ msg }) => msg.startsWith('alerts cannot be delivered'));
  expect(line).toMatchObject({ level: 'warn', target: 'json', host: '127.0.0.1:1', error: 'No reply: ECONNREFUSED.' });

  shop.setFaults(undefined);
  await expect.poll(() => storedOrders(workplace.database).length).toBe(orders.length);
  await expect.poll(() => mail.mails.length).toBe(2);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
  const left = daemon.lines.filter(({ msg }) => msg === 'alerts were not delivered before the end');
  expect(left.map(({ target }) => target).toSorted()).toEqual(['json', 'json-2']);
  expect(JSON.stringify(daemon.lines)).not.toMatch(new RegExp(`${KEY}|SECret|secret-of`));
}, 60_000);
