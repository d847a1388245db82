import { expect, test } from 'vitest';
import { checkAlerts } from '../../../src/commands/check/check-alerts.ts';
import { standIn } from '../../alerts/helpers/stand-in.ts';
import { anEnvironment } from '../../config/environments.ts';

test('check names each address without its secret, and sends nothing', async () => {
  const endpoint = await standIn(() => ({ status: 204 }));
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const results = checkAlerts(
    anEnvironment({
      ALERT_URL: [
        `${endpoint.origin}/hook-s3cret?secret=${secret}`,
        'https://hooks.slack.com/services/s3cret',
        'https://open.feishu.cn/open-apis/bot/v2/hook/s3cret',
        'smtps://user:s3cret@mail.example?from=a@b.example&to=c@d.example,e@f.example',
      ].join(' '),
    }),
  );
  expect(results).toMatchObject([
    {
      name: 'alerts',
      state: 'ok',
      lines: [
        `json: ${new URL(endpoint.origin).host}, signed`,
        'slack: hooks.slack.com',
        'feishu: open.feishu.cn, not signed',
        'email: mail.example, 2 recipients',
        '→ "order-sync alert --test" sends each a test alert',
      ],
    },
  ]);
  expect(JSON.stringify(results)).not.toMatch(/s3cret|whsec_|@/);
  expect(endpoint.requests).toEqual([]);
});

test('where nobody is told, or the address is wrong, it says nothing: another check does', () => {
  expect(checkAlerts(anEnvironment())).toEqual([]);
  expect(checkAlerts(anEnvironment({ ALERT_URL: 'nonsense' }))).toEqual([]);
});
