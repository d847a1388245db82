import { orders as pageOrders } from '../../ops/dashboard/page/strings/zh/orders.js';
import { reasons as pageReasons } from '../../ops/dashboard/page/strings/zh/reasons.js';
import type { ConflictList, OrderList, Part } from '../watch/happening.ts';
import type { Lasting, Words } from './words.ts';

/** 全部告警的中文。与 `en.ts` 逐项对应，由类型保证。 */
export const zh: Words = {
  troubles: {
    outage: {
      began: ({ part, cause, detail }, lasting) => ({
        title: `${PARTS[part]}${OUTAGES[cause].title}，已持续 ${duration(lasting.forMs)}`.trim(),
        lines: [
          detail,
          `订单暂停同步${waiting(lasting)}。不会丢失，恢复后自动继续。`,
          OUTAGES[cause].todo(PARTS[part]),
        ].filter((line) => line !== ''),
      }),
      ended: ({ part }, { lastedMs, waited }) => ({
        title: `${PARTS[part]}已恢复，历时 ${duration(lastedMs)}`.trim(),
        lines: [waited === null ? '订单已恢复同步。' : `订单已恢复同步。期间最多有 ${waited} 个事件等待，正在处理。`],
      }),
    },
    broker_alarm: {
      began: ({ reason }, { forMs }) => ({
        title: `RabbitMQ 已有 ${duration(forMs)}不接收消息（${reason}）`,
        lines: [
          '商城无法发布事件，重试和死信也在等待。',
          '请为 RabbitMQ 服务器补足所缺资源：low on memory 为内存不足，low on disk 为磁盘空间不足。',
        ],
      }),
      ended: (_, { lastedMs }) => ({
        title: `RabbitMQ 已恢复接收消息，历时 ${duration(lastedMs)}`,
        lines: ['请商城开发人员确认期间没有丢弃事件，或执行 order-sync reconcile。'],
      }),
    },
    queue_refuses: {
      began: ({ queue, detail }, { forMs }) => ({
        title: `队列 ${queue} 已有 ${duration(forMs)}不接收事件`,
        lines: [
          detail,
          '事件不会丢失，正常的订单照常同步；失败的事件在主队列中循环。',
          '队列很可能已满：请清出空间或提高上限，之后会自动恢复。',
        ],
      }),
      ended: ({ queue }, { lastedMs }) => ({
        title: `队列 ${queue} 已恢复接收，历时 ${duration(lastedMs)}`,
        lines: [],
      }),
    },
    stalled: {
      began: ({ inFlight }) => ({
        title: 'order-sync 停滞：没有任何进展',
        lines: [
          `处理中的事件有 ${inFlight} 个，均未结束。事件不会丢失。`,
          '如 systemd 或容器没有自动重启，请手动重启，并附上日志的最后几行报告缺陷。',
        ],
      }),
      ended: (_, { lastedMs }) => ({ title: `order-sync 已恢复运行，历时 ${duration(lastedMs)}`, lines: [] }),
    },
    webhooks_refused: {
      began: ({ cause }) => ({
        title: '商城的 webhook 被拒收（返回 503）',
        lines: [
          cause === 'full'
            ? 'RabbitMQ 不可用，磁盘上等待的事件已达上限（WEBHOOK_SPOOL_MAX）。'
            : '事件无法写入磁盘（WEBHOOK_SPOOL）。',
          '许多商城不会重发，失败数次后还会停用 webhook。请尽快处理，然后执行 order-sync reconcile。',
        ],
      }),
      ended: (_, { lastedMs }) => ({
        title: `已恢复接收商城的 webhook，历时 ${duration(lastedMs)}`,
        lines: ['请确认商城中的 webhook 仍为启用状态，然后执行 order-sync reconcile。'],
      }),
    },
    webhook_off: {
      began: ({ topic }) => ({
        title: `商城停用了 ${topic} 的 webhook`,
        lines: [
          '订单只能由对账发现，到达会延迟，甚至不再到达。',
          '请在商城中重新启用，然后执行 order-sync reconcile。',
        ],
      }),
      ended: ({ topic }) => ({ title: `商城中 ${topic} 的 webhook 已重新启用`, lines: [] }),
    },
    shop_warning: { began: ({ warning }) => ({ title: '商城中有事项需要人工处理', lines: [warning] }) },
    reconciliation_fails: {
      began: ({ detail }, { forMs }) => ({
        title: `对账持续失败，已有 ${duration(forMs)}`,
        lines: [
          detail,
          '有事件的订单照常同步；事件丢失的订单则无法发现。',
          '请执行 order-sync reconcile --dry-run 查看原因。',
        ],
      }),
      ended: (_, { lastedMs }) => ({ title: `对账已恢复正常，历时 ${duration(lastedMs)}`, lines: [] }),
    },
    silence: {
      began: ({ lastPaid }, { forMs }) => ({
        title: `营业时间内已有 ${duration(forMs)}没有已付款订单`,
        lines: [
          lastPaid === null ? '此前也没有已付款订单。' : `最近一笔为 ${lastPaid.orderNumber}。`,
          '可能无人下单，也可能商城的结算流程出现故障，或商城没有发布事件。',
          '请先在商城试走一遍结算流程，再执行 order-sync check 和 order-sync reconcile --dry-run，后者会列出商城已有而内部系统缺失的订单。',
        ],
      }),
      ended: (_, { lastedMs }) => ({ title: `又有已付款订单到达，间隔 ${duration(lastedMs)}`, lines: [] }),
    },
    pause: {
      began: ({ by, reason }, lasting) => ({
        title: `${by} 的暂停已持续 ${duration(lasting.forMs)}，是否忘记恢复？`,
        lines: [
          ...(reason === null ? [] : [reason]),
          `订单暂停同步${waiting(lasting)}。不会丢失。`,
          '维护完成后，请执行 order-sync resume，或点击看板上的恢复按钮。',
        ],
      }),
      ended: (_, { lastedMs }) => ({ title: `已恢复同步，共暂停 ${duration(lastedMs)}`, lines: [] }),
    },
  },
  incidents: {
    dead_letters: ({ of, reasons }) => ({
      title: `新增 ${sum(reasons)} 条死信：${of === 'orders' ? '订单未能同步' : '发货未能回传商城'}`,
      lines: [
        ...reasons.flatMap(({ reason, ...list }) => [
          `${pageReasons[`reason.${reason}`]}：${numbers(list)}`,
          pageReasons[`todo.${reason}`],
        ]),
        of === 'orders'
          ? '详见看板，或执行 order-sync dead-letters list。'
          : '详见 order-sync dead-letters list --shipments。',
      ],
    }),
    conflicts: ({ stop, check }) => ({
      title: [
        ...(stop.count > 0 ? [`请拦截 ${stop.count} 个包裹${only(stop)}`] : []),
        ...(check.count > 0 ? [`请核对 ${check.count} 个包裹${only(check)}`] : []),
      ].join('，'),
      lines: [...parcels(stop), ...parcels(check), '全部冲突：order-sync orders --conflicts'],
    }),
    cancellations_pending: (list) => ({
      title: `请拦截 ${list.count} 个包裹：订单取消未能送达`,
      lines: [
        `仓库仍将以下订单视为有效：${numbers(list)}。`,
        '请通知仓库。对订单号执行 order-sync status，可查看原因和处理办法。',
      ],
    }),
    orders_missed: (list) => ({
      title: `对账发现 ${list.count} 笔没有事件的订单`,
      lines: [
        `${numbers(list)}。已补发事件，正在同步。`,
        '这些订单的事件从未到达，或未带来任何变化：请商城开发人员查明原因。',
      ],
    }),
    orders_differ: ({ newer, unreadable }) => ({
      title: `对账发现 ${newer.count + unreadable.count} 笔订单需要人工核对`,
      lines: [
        ...(newer.count === 0
          ? []
          : [
              `商城中的版本比内部系统旧：${numbers(newer)}。`,
              '商城是否恢复过备份？请逐一执行 order-sync resync --dry-run 进行比对。',
            ]),
        ...(unreadable.count === 0
          ? []
          : [
              `商城列出但无法读取：${numbers(unreadable)}。`,
              '执行 order-sync reconcile --dry-run --json 可查看原因。',
            ]),
      ],
    }),
    database_forgot: (list) => ({
      title: `数据库丢失了已写入的 ${list.count} 笔订单`,
      lines: [
        `${numbers(list)}。`,
        '原因是主备切换，或恢复了备份。正在自动从商城重新获取。',
        '该数据库中的其他数据同样可能丢失：请查明原因，并确认提交是否等待备库。',
      ],
    }),
    database_recovered: ({ returned, failed }) => ({
      title:
        failed === 0
          ? `数据库丢失的 ${returned} 笔订单已全部找回`
          : `数据库丢失的 ${returned + failed} 笔订单已找回 ${returned} 笔`,
      lines: failed === 0 ? [] : [`其余 ${failed} 笔成为死信，详见 order-sync dead-letters list。`],
    }),
    restarted: ({ times }) => ({
      title: times === 1 ? 'order-sync 异常退出后重新启动' : `order-sync 异常退出后已重新启动 ${times} 次`,
      lines: [
        '可能是崩溃、被强制终止或断电。事件不会丢失。',
        '原因见上次运行的日志末尾。如为缺陷，请附上这些日志报告。',
      ],
    }),
    gave_up: ({ detail }) => ({
      title: 'order-sync 已退出，需要人工处理',
      lines: [detail, '订单在队列中等待。请更正上述问题，用 order-sync check 检验，然后重新启动 order-sync。'],
    }),
  },
  daemon: (host) => `来自 ${host} 上的守护进程。`,
};

const PARTS: Readonly<Record<Part, string>> = { shop: '商城', 'internal-system': '内部系统', rabbitmq: ' RabbitMQ ' };

const OUTAGES = {
  down: { title: '不可用', todo: (part: string) => `请确认${part}正常运行，且从本机可以访问。` },
  refused: {
    title: '拒绝了我们的凭据',
    todo: (part: string) =>
      `等待不会恢复。请换成${part}接受的凭据：*_FILE 中的凭据会自动重新读取，其他凭据需要重启。可用 order-sync check 检验。`,
  },
  turned_away: {
    title: '拒绝了我们的连接',
    todo: (part: string) => `等待不会恢复。请按${part}的提示更正：凭据、权限、上限，或队列的声明。`,
  },
  limited: {
    title: '限制了请求频率',
    todo: () => '请调低 SHOP_REQUESTS_PER_SECOND 或 SHOP_CONCURRENCY，或申请更高的限额。',
  },
  unserved: { title: '有响应但无法提供服务', todo: () => '请查看 RabbitMQ 自身的日志，以及集群各节点的状态。' },
} as const;

function waiting({ waiting }: Lasting): string {
  return waiting === null || waiting === 0 ? '' : `，${waiting} 个事件正在等待`;
}

function parcels({ count, orders }: ConflictList): string[] {
  const named = orders.flatMap(({ orderNumber, conflicts }) =>
    conflicts.map((conflict) => `${orderNumber}：${pageOrders[`conflict.${conflict}`]}`),
  );
  return count > orders.length ? [...named, `另有 ${count - orders.length} 个`] : named;
}

function only({ count, orders }: ConflictList): string {
  return count === 1 && orders[0] !== undefined ? `（订单 ${orders[0].orderNumber}）` : '';
}

/** `10086、10087 等 14 笔` */
function numbers({ count, orders }: OrderList): string {
  if (orders.length === 0) return `${count} 笔`;
  return count > orders.length ? `${orders.join('、')} 等 ${count} 笔` : orders.join('、');
}

function sum(lists: readonly OrderList[]): number {
  return lists.reduce((total, { count }) => total + count, 0);
}

/** `45 秒`、`12 分钟`、`2 小时 5 分钟`、`3 天 4 小时` */
function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (ms < 60_000) return `${Math.round(ms / 1000)} 秒`;
  if (minutes < 60) return `${minutes} 分钟`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} 小时` : `${hours} 小时 ${minutes % 60} 分钟`;
  return hours % 24 === 0 ? `${hours / 24} 天` : `${Math.floor(hours / 24)} 天 ${hours % 24} 小时`;
}
