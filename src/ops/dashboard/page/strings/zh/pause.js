/** 人工暂停。 */
export const pause = {
  'state.held': '人工暂停',
  'state.held.text': '由 {by} 暂停。订单保留在队列中，不会丢失；待人工恢复后继续同步。',
  'state.held.until': '由 {by} 暂停。订单保留在队列中，不会丢失；{time} 自动恢复同步。',
  'state.held.reason': '原因：{reason}。',

  'pause.pause': '暂停……',
  'pause.title': '暂停该商城的同步？',
  'pause.text':
    '用于内部系统的计划内维护：该商城的所有守护进程处理完手头的订单后，不再取新订单。其余订单保留在队列中，不会丢失。',
  'pause.reason': '原因（所有人可见）',
  'pause.howLong': '暂停时长',
  'pause.untilResumed': '直至人工恢复',
  'pause.go': '暂停',
  'pause.resume': '恢复同步',
  'pause.resumeTitle': '恢复该商城的同步？',
  'pause.resumeText': '该商城的所有守护进程将继续取订单，等待最久的优先。',
};
