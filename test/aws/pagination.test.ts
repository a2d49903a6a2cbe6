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

it('pages are fetched up to the last one, and all their items are returned', async () => {
  expect(await read(everyPage(list('a', 'b', undefined)))).toEqual([0, 1, 2]);
  expect(await read(everyPage(list(undefined)))).toEqual([0]);
});

it.each([[['a', 'a', 'a']], [['a', 'b', 'a', 'b']]])(
  'takes a list that turns in circles for no list: %j',
  async (tokens) => {
    await expect(read(everyPage(list(...tokens)))).rejects.toThrow('may be incomplete');
  },
);
