const FULL_WIDTH: Readonly<Record<string, string>> = {
  '<': '＜',
  '>': '＞',
  '[': '［',
  ']': '］',
  '*': '＊',
  '`': '｀',
  '\\': '＼',
  '|': '｜',
  '~': '～',
};

/**
 * Text that a robot's markdown shows as it is: no link, no picture, no `<@someone>`. These dialects document no escape, so what
 * means something in them is written in full width.
 */
export function asPlain(text: string): string {
  return text.replace(/[<>[\]*`\\|~]/g, (character) => FULL_WIDTH[character] ?? character).replace(/^#/, '＃');
}
