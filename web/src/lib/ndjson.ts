/** The JSON lines of a streamed answer, as they arrive; an unfinished last line is left out. */
export async function* readLines<T>(body: ReadableStream<Uint8Array>): AsyncGenerator<T[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      const lines = parts.filter((part) => part.trim() !== '').map((part) => JSON.parse(part) as T);
      if (lines.length > 0) yield lines;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
