import type { ColumnName, ListWords } from '../../../order-lists/order-columns.ts';
import { en } from '../page/strings/en/index.js';
import { zh } from '../page/strings/zh/index.js';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What the page calls it. */
const PAGE_WORDS: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en, zh };
const PAGE_FAMILIES = { state: 'answer', status: 'status', event: 'event', conflict: 'conflict' } as const;

const HEADERS: Readonly<Record<Language, Readonly<Record<ColumnName, string>>>> = {
  en: {
    order_number: 'Order number',
    shop_order_id: 'Shop ID',
    state: 'State',
    status: 'Status',
    fulfilment_status: 'Warehouse',
    conflicts: 'To stop or check',
    conflict_since: 'To stop or check since',
    grand_total: 'Total',
    currency: 'Currency',
    totals_mismatch: 'Amounts do not add up',
    lines: 'Lines',
    tracking_numbers: 'Tracking',
    placed_at: 'Placed',
    paid_at: 'Paid',
    cancelled_at: 'Cancelled',
    changed_at: 'Last changed',
    last_activity_at: 'Last activity',
    last_event: 'Last event',
    attempts: 'Attempts',
    next_attempt_at: 'Next attempt',
    last_error: 'Last error',
    erp_id: 'ERP',
    buyer: 'Buyer',
    recipient: 'Recipient',
    phone: 'Phone',
    email: 'E-mail',
    address: 'Address',
  },
  zh: {
    order_number: '订单号',
    shop_order_id: '商城内部编号',
    state: '同步状态',
    status: '订单状态',
    fulfilment_status: '仓库状态',
    conflicts: '需拦截或核对',
    conflict_since: '需拦截或核对（起始时间）',
    grand_total: '总额',
    currency: '币种',
    totals_mismatch: '金额合计不符',
    lines: '商品行数',
    tracking_numbers: '运单号',
    placed_at: '下单时间',
    paid_at: '付款时间',
    cancelled_at: '取消时间',
    changed_at: '最近变更',
    last_activity_at: '最近处理时间',
    last_event: '最近事件',
    attempts: '尝试次数',
    next_attempt_at: '下次尝试',
    last_error: '最近错误',
    erp_id: 'ERP 编号',
    buyer: '买家',
    recipient: '收件人',
    phone: '电话',
    email: '邮箱',
    address: '地址',
  },
};

/** The words of an exported list. */
export function listWords(language: Language): ListWords {
  const words = PAGE_WORDS[language];
  return {
    header: (name) => HEADERS[language][name],
    // A status of the staff's own stays as it is.
    word: (family, code) => words[`${PAGE_FAMILIES[family]}.${code}`] ?? code,
    yes: language === 'zh' ? '是' : 'yes',
  };
}
