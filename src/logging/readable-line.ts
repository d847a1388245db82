import pretty from 'pino-pretty';

/** A JSON line of the log → a line for people, in local time. */
export function readableLine(options: { readonly colour: boolean }): (line: string) => string {
  const common = {
    colorize: options.colour,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
    errorLikeObjectKeys: ['err'],
    singleLine: true,
  };
  const anyLine = pretty.prettyFactory(common);
  // A delivery's message says most of it; its many fields are for machines.
  const deliveryLine = pretty.prettyFactory({ ...common, hideObject: true, messageFormat: deliveryMessage });
  return (line) => {
    const text = line.includes('"deliveryTag":') ? deliveryLine(line) : anyLine(line);
    return text.endsWith('\n') ? text : `${text}\n`;
  };
}

function deliveryMessage(log: Record<string, unknown>, messageKey: string): string {
  const times = (['queue', 'fetch', 'write'] as const)
    .filter((step) => typeof log[`${step}Ms`] === 'number')
    .map((step) => `${step} ${log[`${step}Ms`]} ms`);
  const error = typeof log['error'] === 'string' ? ` · ${log['error']}` : '';
  const attempt = log['attempt'] === 1 ? '' : ` · attempt ${log['attempt']}`;
  return `${log[messageKey]}${error}${attempt}${times.length === 0 ? '' : ` · ${times.join(', ')}`}`;
}
