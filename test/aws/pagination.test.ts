import { expect, it } from 'vitest';
import { everyPage } from '../../src/aws/pagination.ts';

async function* list(...tokens: (string | undefined)[]) {
  for (const [number, NextToken] of tokens.entries()) yield { number, NextToken };
}

const read = async (pages: AsyncIterable<{ number: number }>) => {
  const numbers = [];
  for await (const { number } of pages) numbers.push(number);
  return numbers;
};

it('all pages are fetched and all their items returned', async () => {
  expect(await read(everyPage(list('a', 'b', undefined)))).toEqual([0, 1, 2]);
  expect(await read(everyPage(list(undefined)))).toEqual([0]);
});

it.each([[['a', 'a', 'a']], [['a', 'b', 'a', 'b']]])(
  'a list whose tokens repeat is an error: %j',
  async (tokens) => {
    await expect(read(everyPage(list(...tokens)))).rejects.toThrow('may be incomplete');
  },
);
