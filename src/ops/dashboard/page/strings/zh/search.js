/** “查询订单”的搜索结果。 */
export const search = {
  'found.count': '找到 {n} 笔订单，请选择。',
  'found.none': '未找到',
  'found.noneText': '没有与“{text}”相符的订单号、商城内部编号、运单号、姓名、电话或邮箱。',
  'found.notHere': '未找到',
  'found.more': '还有更多结果，请输入更完整的内容。',
  'found.skipped': '另有 {n} 行未查询。',
  'found.read': '根据“{text}”找到。',
  'found.back': '返回找到的 {n} 笔订单',
  'found.list': '找到的订单',
  'found.forbidden':
    '按姓名、电话或邮箱查询需要操作员权限：请使用 OPS_TOKEN 登录，或改用订单号、商城内部编号或运单号查询。',
  'found.unsupported': '所用的 INTERNAL_SYSTEM 模块没有 searchOrders()，只能按订单号和商城内部编号查询。',
  'found.preparing': '按姓名、电话、邮箱和运单号查询的功能正在准备，或未能就绪（详见日志）。请几分钟后再试。',
  'by.order-number': '订单号',
  'by.shop-id': '商城内部编号',
  'by.former-number': '以前的订单号',
  'by.event': '事件',
  'by.tracking-number': '运单号',
  'by.phone': '电话',
  'by.email': '邮箱',
  'by.name': '姓名',
};
