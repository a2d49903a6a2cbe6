import { expect, test } from 'vitest';
import { poll } from '../../src/lib/poll.ts';

/** A clock that advances by sleeping, and by the time that an answer takes. */
function passingTime() {
  let now = 0;
  const clock = {
    now: () => now,
    async sleep(milliseconds: number) {
      now += milliseconds;
    },
  };
  return { clock, pass: (milliseconds: number) => (now += milliseconds) };
}

/** Answers 1, 2, 3 … */
function counting() {
  let asked = 0;
  return async () => ++asked;
}

test('it ends with the first acceptable answer', async () => {
  const { clock } = passingTime();
  expect(await poll({ clock, every: 10, tries: 9 }, counting(), (answer) => answer === 3)).toBe(3);
  expect(clock.now()).toBe(20);
});

test('after so many tries the last answer is returned, with no pause after it', async () => {
  const { clock } = passingTime();
  expect(await poll({ clock, every: 10, tries: 4 }, counting(), () => false)).toBe(4);
  expect(clock.now()).toBe(30);
});

test('a time limit includes the time that answers take', async () => {
  const { clock, pass } = passingTime();
  const slow = counting();
  const ask = () => {
    pass(40);
    return slow();
  };
  expect(await poll({ clock, every: 10, within: 100 }, ask, () => false)).toBe(3);
});

test('a stopped poll asks no more', async () => {
  const { clock } = passingTime();
  const stop = new AbortController();
  const answers: number[] = [];
  const waiting = (answer: number) => {
    answers.push(answer);
    if (answer === 2) stop.abort();
  };
  expect(
    await poll({ clock, every: 10, tries: 9, stop: stop.signal }, counting(), () => false, waiting),
  ).toBe(3);
  expect(answers).toEqual([1, 2]);
});
