export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** The events of a `text/event-stream`, as they come. Ends with the stream; what was not complete by then is left out. */
export async function* serverSentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split(/\r?\n\r?\n/);
    text = blocks.pop() ?? '';
    yield* blocks.map(parsed);
  }
}

function parsed(block: string): ServerSentEvent {
  const fields = block.split(/\r?\n/).map((line) => /^(\w+): ?(.*)$/s.exec(line) ?? []);
  const values = (wanted: string) => fields.flatMap(([, name, value]) => (name === wanted ? [value ?? ''] : []));
  return { event: values('event').at(-1) ?? 'message', data: values('data').join('\n') };
}
