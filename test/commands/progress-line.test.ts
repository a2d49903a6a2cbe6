import { expect, it } from 'vitest';
import type { Host } from '../../src/commands/host.ts';
import { showProgress } from '../../src/commands/progress-line.ts';

function hostWith(stderr: { isTTY: boolean; columns?: number }, environment = {}) {
  const written: string[] = [];
  const host = { environment, stderr: { ...stderr, write: (text: string) => written.push(text) } };
  return { host: host as unknown as Host, written };
}

it('shows what it waits for in one line of the terminal, and clears it once', () => {
  const { host, written } = hostWith({ isTTY: true, columns: 12 });
  const done = showProgress('Looking at 8 regions', {}, host);
  expect(written).toEqual(['Looking at…']);
  done();
  done();
  expect(written.slice(1)).toEqual(['\r\u001b[2K']);
});

it.each([
  ['no terminal', false, {}, {}],
  ['--json', true, { json: true }, {}],
  ['--quiet', true, { quiet: true }, {}],
  ['CI', true, {}, { CI: 'true' }],
])('the progress line is not shown with %s', (_, isTTY, asked, environment) => {
  const { host, written } = hostWith({ isTTY }, environment);
  showProgress('Looking', asked, host)();
  expect(written).toEqual([]);
});
