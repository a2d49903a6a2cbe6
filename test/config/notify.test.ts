import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPublication } from '../../src/config/read-publication.ts';
import { publicationRules } from '../../src/plan/publication-rules.ts';
import { folderWith, least, read, refusal } from './a-config.ts';

const sns = 'arn:aws:sns:us-east-1:123456789012:images';

it('by default a channel gets every outcome, in JSON', () => {
  const { notify } = read({
    ...least,
    notify: [{ webhook: 'HOOK' }, { on: ['failed'], sns: `${sns}.fifo` }],
  });
  expect(notify).toEqual([
    { on: ['published', 'partial', 'failed', 'yanked'], webhook: 'HOOK', format: 'json' },
    { on: ['failed'], sns: `${sns}.fifo`, format: 'json' },
  ]);
  expect(read({ ...least, notify: [] }).notify).toBeUndefined();
});

it.each<[what: string, notify: unknown, says: RegExp]>([
  ['no list', {}, /notify: expected a list/],
  [
    'a channel without a kind',
    [{}],
    /notify\[0\]: expected one of "webhook", "sns" and "command", found none of them/,
  ],
  ['two in one', [{ webhook: 'HOOK', sns }], /notify\[0\]: .* found "webhook" and "sns"/],
  [
    'an unknown outcome',
    [{ webhook: 'HOOK', on: ['done'] }],
    /notify\[0\]\.on\[0\]: expected "published", .* found "done"/,
  ],
  ['no outcome', [{ webhook: 'HOOK', on: [] }], /notify\[0\]\.on: expected a list of outcomes/],
  [
    'an unknown format',
    [{ webhook: 'HOOK', format: 'teams' }],
    /notify\[0\]\.format: expected "json", "slack", found "teams"/,
  ],
  [
    'Slack’s form for a topic',
    [{ sns, format: 'slack' }],
    /notify\[0\]\.format: expected "format": "slack" for a webhook only, found it for "sns"/,
  ],
  ['a topic by its name', [{ sns: 'images' }], /notify\[0\]\.sns: expected the ARN of an SNS topic/],
  ['a subscription', [{ sns: `${sns}:1234` }], /notify\[0\]\.sns: expected the ARN/],
  [
    'a command as one text',
    [{ command: './after.sh' }],
    /notify\[0\]\.command: expected a list of a program/,
  ],
  ['an empty command', [{ command: [] }], /notify\[0\]\.command: expected a list of a program/],
  [
    'a missing program',
    [{ command: ['./after.sh'] }],
    /notify\[0\]\.command\[0\]: expected a program that can be run, found no such file: "\.\/after\.sh"/,
  ],
  ['an unknown key', [{ webhok: 'HOOK' }], /notify\[0\]\.webhok: .*Did you mean "webhook"\?/],
  [
    'a channel twice',
    [{ webhook: 'HOOK' }, { webhook: 'HOOK' }],
    /notify\[1\]: expected each list item only once/,
  ],
])('%s is refused', (_, notify, says) => {
  expect(refusal(() => read({ ...least, notify })).join('\n')).toMatch(says);
});

it('does not show a value in place of the name of a variable', () => {
  const said = refusal(() =>
    read({ ...least, notify: [{ webhook: 'https://hooks.slack.com/services/T0/B0/XyZ' }] }),
  ).join('\n');
  expect(said).toMatch(
    /notify\[0\]\.webhook: expected the name of an environment variable .*, found something else \(not shown\)/,
  );
  expect(said).not.toContain('XyZ');
});

it('a relative program path starts at the file that names it', () => {
  const folder = folderWith(
    { extends: 'shared/base.json', version: '1.0.1' },
    {
      'shared/base.json': JSON.stringify({
        ...least,
        notify: [{ command: ['./after.sh', './x'] }, { command: ['sh'] }],
      }),
      'shared/after.sh': '',
    },
  );
  const program = join(folder, 'configs/shared/after.sh');
  const opened = () => readPublication('web', { cwd: folder, rules: publicationRules });
  expect(opened).toThrow(
    /notify\[0\]\.command\[0\]: .* found a file that may not be executed: "shared\/after\.sh"/,
  );
  chmodSync(program, 0o755);
  expect(opened().notify?.map(({ command }) => command)).toEqual([['shared/after.sh', './x'], ['sh']]);
});
