import { expect, it, vi } from 'vitest';
import type { Host } from '../../src/commands/host.ts';
import { handleInterrupts } from '../../src/commands/interrupt.ts';

function interrupted(closeScreen: () => Promise<void>) {
  const order: string[] = [];
  let handler: (count: number) => void = () => undefined;
  const host = {
    cwd: '/',
    stderr: { write: (text: string) => order.push(text.trim()) },
    onInterrupt: (given: typeof handler) => {
      handler = given;
      return () => undefined;
    },
    leave: (status: number) => order.push(`leaves with ${status}`),
  } as unknown as Host;
  const { stop } = handleInterrupts(
    host,
    ({ type }) => order.push(type),
    async () => {
      await closeScreen();
      order.push('screen closed');
    },
  );
  return { order, stop, interrupt: (count: number) => handler(count) };
}

const end = ['Left at once. No build was running.', 'leaves with 130'];

it('ends the screen before it says what stays behind: a screen holds back what is written beside it', async () => {
  const { order, stop, interrupt } = interrupted(async () => undefined);
  interrupt(1);
  expect(stop.aborted).toBe(true);
  interrupt(2);
  await vi.waitFor(() => expect(order).toEqual(['interrupted', 'interrupted', 'screen closed', ...end]));
});

it('waits for no screen: not long the second time, not at all the third time', async () => {
  const never = () => new Promise<void>(() => undefined);
  const second = interrupted(never);
  second.interrupt(2);
  await vi.waitFor(() => expect(second.order).toEqual(['interrupted', ...end]), { timeout: 5000 });
  const third = interrupted(never);
  third.interrupt(3);
  expect(third.order).toEqual(end);
});
