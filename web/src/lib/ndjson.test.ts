import { expect, it } from 'vitest';
import { readLines } from './ndjson';

it('gives whole lines, wherever the network cuts them, also inside a letter', async () => {
  const bytes = new TextEncoder().encode('{"m":"eins"}\n{"m":"zwei ✓ 好"}\n\n{"m":"unfinished');
  const cuts = [5, 27, 30, bytes.length];
  let from = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const to = cuts.shift();
      if (to === undefined) controller.close();
      else {
        controller.enqueue(bytes.slice(from, to));
        from = to;
      }
    },
  });
  const lines: { m: string }[] = [];
  for await (const some of readLines<{ m: string }>(body)) lines.push(...some);
  expect(lines.map(({ m }) => m)).toEqual(['eins', 'zwei ✓ 好']);
});
