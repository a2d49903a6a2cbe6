import { describe, expect, it } from 'vitest';
import { readPublication } from '../../src/config/read-publication.ts';
import { builderOptionsFor } from '../../src/plan/builder-options.ts';
import { combinedImages } from '../../src/plan/image.ts';
import { provisionersFor } from '../../src/plan/provisioners.ts';
import { folderWith, least, read, refusal, withImage } from './a-config.ts';

const config = {
  ...withImage({ builder: { instance_type: 'm5.large', tags: { Stage: '{var.stage}' } } }),
  variables: { stage: 'test', commit: null },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
  provisioners: [{ type: 'shell', inline: ['echo {var.commit} ${var.commit} %{var.commit}'] }],
};

const readWith = (given: Record<string, string> | 'unneeded', written: object = config) =>
  readPublication('web', { cwd: folderWith(written), given });

const optionsOf = (given: Record<string, string>) => {
  const publication = readWith(given);
  const [image] = combinedImages(publication);
  if (!image) throw new Error('expected an image');
  const target = { name: 'us-east-1-2204-hvm', region: 'us-east-1', image: '2204-hvm' };
  return [
    builderOptionsFor(publication, image, 'us-east-1'),
    ...provisionersFor(publication, image, target).map(({ options }) => options),
  ];
};

describe('variables of a config', () => {
  it('are filled into options: what --var gives, else what the config says; and nothing of the shell', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    const inline = ['echo a1 ${var.commit} %{var.commit}'];
    expect(optionsOf({ commit: 'a1' })).toEqual([
      expect.objectContaining({ tags: { Stage: 'test' } }),
      { inline },
    ]);
    expect(optionsOf({ commit: 'a1', stage: 'production' })).toEqual([
      expect.objectContaining({ tags: { Stage: 'production' } }),
      { inline },
    ]);
  });

  it('are filled in as they are: a value that looks like a placeholder is none', () => {
    expect(optionsOf({ commit: '{version} {var.stage}' })[1]).toEqual({
      inline: [expect.stringMatching(/^echo \{version\} \{var\.stage\} /)],
    });
  });

  it('are all said where one has no value, is not known, or is misspelt', () => {
    const slips = { ...config, provisioners: [{ type: 'shell', inline: ['{var.comit} {var.other}'] }] };
    expect(refusal(() => readWith({ stages: 'x' }, slips))).toEqual([
      'configs/web.json: variables.commit: expected a value, found null. Add --var commit=VALUE',
      'configs/web.json: variables: expected "stages" for --var stages=…, found none. Did you mean "stage"?',
      'configs/web.json: provisioners[0]: expected a variable that "variables" names, found {var.comit}. Did you mean "commit"?',
      'configs/web.json: provisioners[0]: expected a variable that "variables" names, found {var.other}',
    ]);
  });

  it.each(['constructor', '__proto__', 'toString'])('has no %s of its own', (name) => {
    expect(
      refusal(() =>
        readWith(
          Object.fromEntries([
            ['commit', ''],
            [name, 'x'],
          ]),
        ),
      ),
    ).toEqual([expect.stringContaining(`expected "${name}" for --var`)]);
  });

  it('hold no credential, and do not show it', () => {
    const key = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
    const said = refusal(() => readWith({ commit: key }));
    expect(said).toEqual([
      expect.stringMatching(/variables\.commit: expected no literal credential, found .* \(not shown\)/),
    ]);
    expect(said.join()).not.toContain(key);
  });

  it.each([
    ['a number', { stage: 1 }, /variables\.stage: expected a text in quotes, or null/],
    ['a name with a dash', { 'my-stage': 'x' }, /variables.*: expected the name of a variable/],
  ])('are refused: %s', (_, variables, says) => {
    expect(refusal(() => read({ ...least, variables })).join('\n')).toMatch(says);
  });

  it('have no place in names', () => {
    expect(refusal(() => read({ ...least, variables: { stage: 'x' }, amiName: 'web {var.stage}' }))).toEqual([
      expect.stringMatching(/amiName: expected one of .*, found \{var\.stage\}/),
    ]);
  });

  it('are not asked for, nor is the branch, by who has no use for options', () => {
    const branchOf = () => ({ why: 'no git repository' });
    const written = { ...config, provisioners: [{ type: 'shell', inline: ['{git.branch} {var.commit}'] }] };
    const cwd = folderWith(written);
    expect(readPublication('web', { cwd, given: 'unneeded', branchOf }).version).toBe('1.0.0');
    expect(refusal(() => readPublication('web', { cwd, branchOf }))).toHaveLength(2);
  });
});
