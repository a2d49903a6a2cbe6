import { describe, expect, it } from 'vitest';
import { readPublication, type UsedSetting } from '../../src/config/read-publication.ts';
import type { GivenVariables } from '../../src/config/variables.ts';
import type { Publication, VariableValue } from '../../src/model/publication.ts';
import { builderOptionsFor } from '../../src/plan/builder-options.ts';
import { combinedImages } from '../../src/plan/image.ts';
import { parametersOf } from '../../src/plan/parameters.ts';
import { provisionersFor } from '../../src/plan/provisioners.ts';
import { publicationRules } from '../../src/plan/publication-rules.ts';
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
  it("are filled into options, from --var or else from the config, but not into the shell's own text", () => {
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

  it('are filled in literally: a value that looks like a placeholder is none', () => {
    expect(optionsOf({ commit: '{version} {var.stage}' })[1]).toEqual({
      inline: [expect.stringMatching(/^echo \{version\} \{var\.stage\} /)],
    });
  });

  it('are all reported if they have no value, are unknown, or are misspelt', () => {
    const slips = { ...config, provisioners: [{ type: 'shell', inline: ['{var.comit} {var.other}'] }] };
    expect(refusal(() => readWith({ stages: 'x' }, slips))).toEqual([
      'configs/web.json: variables.commit: expected a value, found null. Add --var commit=VALUE',
      'configs/web.json: variables: expected "stages" for --var stages=…, found none. Did you mean "stage"?',
      'configs/web.json: provisioners[0].inline[0]: expected a variable in "variables", found {var.comit}. Did you mean "commit"?',
      'configs/web.json: provisioners[0].inline[0]: expected a variable in "variables", found {var.other}',
    ]);
  });

  it.each(['constructor', '__proto__', 'toString'])('do not include %s', (name) => {
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

  it('may not contain a credential, which is not shown', () => {
    const key = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
    const said = refusal(() => readWith({ commit: key }));
    expect(said).toEqual([
      expect.stringMatching(/variables\.commit: expected no literal credential, found .* \(not shown\)/),
    ]);
    expect(said.join()).not.toContain(key);
  });

  it.each([
    ['a list of numbers', { stage: [1] }, /variables\.stage\[0\]: expected a text in quotes/],
    ['an unknown type', { stage: { type: 'map' } }, /variables\.stage\.type: expected "text", "number"/],
    ['an empty object', { stage: {} }, /variables\.stage: expected a text in quotes, a number,/],
    [
      'a secret list',
      { stage: { secret: true, type: 'list' } },
      /variables\.stage: expected a secret of type "text", found "list"/,
    ],
    ['a name with a dash', { 'my-stage': 'x' }, /variables.*: expected the name of a variable/],
  ])('are refused: %s', (_, variables, says) => {
    expect(refusal(() => read({ ...least, variables })).join('\n')).toMatch(says);
  });

  it('are not allowed in names', () => {
    expect(refusal(() => read({ ...least, variables: { stage: 'x' }, amiName: 'web {var.stage}' }))).toEqual([
      expect.stringMatching(
        /amiName: expected one of .*, found \{var\.stage\}\. A name cannot contain a variable\. .*PUB@VALUE.*another config that extends/,
      ),
    ]);
  });

  it('are not required, nor is the branch, by commands that do not use options', () => {
    const branchOf = () => ({ why: 'no git repository' });
    const written = { ...config, provisioners: [{ type: 'shell', inline: ['{git.branch} {var.commit}'] }] };
    const cwd = folderWith(written);
    expect(readPublication('web', { cwd, given: 'unneeded', branchOf }).version).toBe('1.0.0');
    expect(refusal(() => readPublication('web', { cwd, branchOf }))).toHaveLength(2);
  });
});

describe('the source of a value', () => {
  const written = { ...least, variables: { a: 'config', b: 'config', c: 'config', d: 'config' } };
  const files = [
    { file: 'one.json', values: { b: 'one', c: 'one' } },
    { file: 'two.json', values: { c: 'two' } },
  ];
  const environment = {
    GOPACKGO_VAR_b: 'env',
    GOPACKGO_VAR_d: 'env',
    GOPACKGO_VAR_other: 'of another config',
  };
  const cwd = () => folderWith(written);

  it('is --var, then files, the last one first, then the environment, then the config', () => {
    const more = { files, environment };
    expect(readPublication('web', { cwd: cwd(), more }).variables).toEqual({
      a: 'config',
      b: 'one',
      c: 'two',
      d: 'env',
    });
    const given = { a: 'option', c: 'option' };
    const publication = readPublication('web', { cwd: cwd(), given, more });
    expect(publication.variables).toEqual({ a: 'option', b: 'one', c: 'option', d: 'env' });
    expect(publication.givenVariables).toEqual({ a: 'option', b: 'one', c: 'option', d: 'env' });
  });

  it('may set unknown variables in the environment, but not in a file', () => {
    const more = { files: [{ file: 'vars.json', values: { bb: 'x' } }], environment };
    expect(refusal(() => readPublication('web', { cwd: cwd(), more }))).toEqual([
      'configs/web.json: variables: expected "bb" for vars.json, found none',
    ]);
  });
});

describe('types', () => {
  const typed = {
    ...withImage({
      builder: {
        instance_type: 'm5.large',
        ebs_optimized: '{var.flag}',
        security_group_ids: ['sg-1', '{var.list}'],
        spot_instance_types: '{var.list}',
        spot_price: 'auto',
        user_data: 'size {var.size} {var.flag}',
        launch_block_device_mappings: [{ device_name: '/dev/sda1', volume_size: '{var.size}' }],
      },
    }),
    variables: { size: 8, flag: true, list: ['a', 'b'], text: '8' },
  };
  const builder = (given: Record<string, VariableValue>, config: object = typed) => {
    const publication = readPublication('web', { cwd: folderWith(config), given, rules: publicationRules });
    const [image] = combinedImages(publication);
    return image && builderOptionsFor(publication, image, 'us-east-1');
  };

  it('are kept if a value is alone, a list fills a list, and within other text all become text', () => {
    expect(builder({})).toMatchObject({
      ebs_optimized: true,
      security_group_ids: ['sg-1', 'a', 'b'],
      spot_instance_types: ['a', 'b'],
      user_data: 'size 8 true',
      launch_block_device_mappings: [{ volume_size: 8 }],
    });
  });

  it.each<[string, VariableValue]>([
    ['a text of commas', 'c, d'],
    ['JSON', '["c", "d"]'],
    ['a list, as a reviewed plan has it', ['c', 'd']],
  ])('are read from --var: %s', (_, list) => {
    const given = { size: '100', flag: 'false', list };
    expect(builder(given)).toMatchObject({
      spot_instance_types: ['c', 'd'],
      ebs_optimized: false,
      user_data: 'size 100 false',
    });
    expect(builder({ list: '' })).toMatchObject({ security_group_ids: ['sg-1'] });
  });

  it('are checked, whatever the source', () => {
    const more = {
      files: [{ file: 'vars.json', values: { flag: 'true' } }],
      environment: { GOPACKGO_VAR_list: '[1]' },
    };
    expect(
      refusal(() => readPublication('web', { cwd: folderWith(typed), given: { size: '8G' }, more })),
    ).toEqual([
      'configs/web.json: variables.size: expected a number, found "8G", by --var',
      'configs/web.json: variables.flag: expected true or false, found "true", by vars.json',
      'configs/web.json: variables.list: expected a list of texts, found "[1]", by GOPACKGO_VAR_list',
    ]);
  });

  it('of a required value are set by the config', () => {
    const required = {
      ...typed,
      variables: { ...typed.variables, list: { type: 'list' }, size: { type: 'number' } },
    };
    expect(builder({ list: 'x,y', size: '9' }, required)).toMatchObject({ spot_instance_types: ['x', 'y'] });
    expect(refusal(() => builder({ list: 'x' }, required))).toEqual([
      'configs/web.json: variables.size: expected a value, found none. Add --var size=VALUE',
    ]);
  });

  it('do not allow a list within other text', () => {
    const config = { ...typed, provisioners: [{ type: 'shell', inline: ['echo {var.list}'] }] };
    expect(refusal(() => builder({}, config))).toEqual([
      'configs/web.json: provisioners[0].inline[0]: expected "{var.list}" alone, since it is a list, found more than that: "echo {var.list}"',
    ]);
  });

  it('report a list within a text of a setting as one mistake, once', () => {
    const config = {
      ...typed,
      parameters: ['/web/{var.list}/{image}'],
      encryption: { kmsKey: 'alias/{var.list}' },
      notify: [{ on: ['published'], webhook: 'https://example.com/{var.list}' }],
    };
    const alone = 'expected "{var.list}" alone, since it is a list, found more than that';
    expect(refusal(() => builder({}, config))).toEqual([
      `configs/web.json: parameters[0]: ${alone}: "/web/{var.list}/{image}"`,
      `configs/web.json: notify[0].webhook: ${alone}: "https://example.com/{var.list}"`,
      `configs/web.json: encryption.kmsKey: ${alone}: "alias/{var.list}"`,
    ]);
  });

  it('keep items of a list from being evaluated by HCL or by Packer', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: HCL's
    expect(builder({ list: ['${build.ID}'] })).toMatchObject({ spot_instance_types: ['$${build.ID}'] });
    expect(refusal(() => builder({ list: ['{{timestamp}}'] })).join()).toContain(
      'expected a value of {var.list} without "{{"',
    );
  });
});

describe('in "share" and "base"', () => {
  const accounts = ['{var.accounts}', '111111111111'];
  const organizations = ['arn:aws:organizations::123456789012:organization/{var.organization}'];
  const config = {
    ...withImage({
      base: { id: { 'us-east-1': '{var.ami}' } },
      builder: { instance_type: 'm5.large', ssh_username: 'u' },
    }),
    share: { accounts, organizations },
    candidates: { share: { accounts: ['{var.accounts}'] } },
    variables: { accounts: ['222222222222', '111111111111'], organization: 'o-a1b2c3d4e5', ami: null },
  };
  const withValues = (given: Record<string, VariableValue>, pub = 'web', written: object = config) =>
    readPublication(pub, { cwd: folderWith(written), given, rules: publicationRules });

  it('variables are filled in: lists, parts of a text, an id', () => {
    const publication = withValues({ ami: 'ami-0123456789abcdef0' });
    expect(publication.share).toMatchObject({
      accounts: ['111111111111', '222222222222'],
      organizations: ['arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5'],
    });
    expect(combinedImages(publication)[0]?.base).toEqual({ id: { 'us-east-1': 'ami-0123456789abcdef0' } });
    const candidate = withValues(
      { ami: 'ami-0123456789abcdef0', accounts: '333333333333' },
      'web@1.0.0-rc.1',
    );
    expect(candidate.share).toMatchObject({ accounts: ['333333333333'], organizations: [] });
  });

  it('variables are checked once they are known', () => {
    expect(refusal(() => withValues({ ami: 'ami-x', accounts: '12', organization: 'o' }))).toEqual([
      'configs/web.json: share.accounts[0]: expected an account id: twelve digits in quotes, found "12", of {var.accounts}',
      expect.stringMatching(/share\.organizations\[0\]: expected the ARN of an organization, .*, of arn:/),
      expect.stringMatching(/candidates\.share\.accounts\[0\]: expected an account id/),
      'configs/web.json: images[0].base.id.us-east-1: expected the id of an AMI, such as "ami-0123456789abcdef0", found "ami-x" for 2204-hvm',
    ]);
  });

  it('variables fill lists of a filter, and part of a path', () => {
    const filter = { owners: '{var.owners}', name: ['{var.names}', 'x-{var.one}'] };
    const image = { base: { filter: { ...filter, owners: ['{var.owners}'] } } };
    const written = {
      ...withImage({ ...image, builder: { instance_type: 'm5.large', ssh_username: 'u' } }),
      variables: { owners: ['self', 'amazon'], names: ['a', 'b'], one: 'c' },
    };
    expect(combinedImages(withValues({}, 'web', written))[0]?.base).toEqual({
      filter: { owners: ['self', 'amazon'], filters: { name: ['a', 'b', 'x-c'] } },
    });
    expect(refusal(() => withValues({ owners: 'me' }, 'web', written)).join()).toContain(
      'images[0].base.filter.owners: expected account ids in quotes, "self", "amazon" or "aws-marketplace", found "me"',
    );
  });

  it('only those that are used need a value if nothing is built', () => {
    const written = {
      ...least,
      variables: { friend: null, size: null, team: null, channel: null },
      share: { accounts: ['{var.friend}'] },
      parameters: ['/{var.team}/{image}'],
      notify: [{ webhook: 'HOOK_{var.channel}' }],
      provisioners: [{ type: 'shell', inline: ['echo {var.size}'] }],
    };
    const used = (given: Record<string, string>, uses: 'all but notify' | readonly UsedSetting[]) =>
      readPublication('web', { cwd: folderWith(written), given, uses });
    const lacking = (...names: string[]) =>
      names.map(
        (name) =>
          `configs/web.json: variables.${name}: expected a value, found null. Add --var ${name}=VALUE`,
      );
    expect(used({ friend: '210987654321' }, ['share']).share.accounts).toEqual(['210987654321']);
    expect(refusal(() => used({}, ['share']))).toEqual(lacking('friend'));
    expect(refusal(() => used({}, ['share', 'parameters']))).toEqual(lacking('friend', 'team'));
    const all = ['share', 'parameters', 'notify'] as const;
    expect(refusal(() => used({}, all))).toEqual(lacking('friend', 'team', 'channel'));
    expect(refusal(() => used({}, 'all but notify'))).toEqual(lacking('friend', 'size', 'team'));
  });

  it('an unknown one is refused with its place', () => {
    const written = { ...least, share: { accounts: ['{var.acounts}'] }, variables: { accounts: [] } };
    expect(refusal(() => withValues({}, 'web', written))).toContain(
      'configs/web.json: share.accounts[0]: expected a variable in "variables", found {var.acounts}. Did you mean "accounts"?',
    );
  });
});

describe('in "parameters" and "notify"', () => {
  const topic = 'arn:aws:sns:us-east-1:123456789012:images';
  const config = {
    ...least,
    variables: { team: 'web', paths: { type: 'list' }, topic, who: ['a b', '-v'] },
    parameters: ['/{var.team}/{version}/{image}', '{var.paths}'],
    candidates: { parameters: ['/next/{var.team}/{image}'] },
    notify: [
      { webhook: '{var.team}_HOOK' },
      { sns: '{var.topic}' },
      { command: ['say-{var.team}', '{var.who}', '{x}'] },
    ],
  };
  const withValues = (given: Record<string, VariableValue>, named = 'web', written: object = config) =>
    readPublication(named, { cwd: folderWith(written), given, rules: publicationRules });
  const pathsOf = (publication: Publication) => {
    const [image] = combinedImages(publication);
    return image && parametersOf(publication, image, 'us-east-1');
  };
  const paths = ['/latest/{version}', '/other'];

  it('variables are filled in: lists, and parts of a text', () => {
    const publication = withValues({ paths: '/latest, /other' });
    expect(pathsOf(publication)).toEqual([
      { name: '/web/1.0.0/2204-hvm', newest: false },
      { name: '/latest', newest: true },
      { name: '/other', newest: true },
    ]);
    expect(publication.notify).toMatchObject([
      { webhook: 'web_HOOK' },
      { sns: topic },
      { command: ['say-web', 'a b', '-v', '{x}'] },
    ]);
    expect(pathsOf(withValues({ paths: '', team: 'ops' }, 'web@1.0.0-rc.1'))).toEqual([
      { name: '/next/ops/2204-hvm', newest: true },
    ]);
  });

  it('variables are checked once they are known, and a value is no placeholder', () => {
    expect(refusal(() => withValues({ paths, team: '1 x', topic: 'arn:x' }))).toEqual([
      'configs/web.json: notify[0].webhook: expected the name of an environment variable that holds the URL, such as "SLACK_WEBHOOK", found "1 x_HOOK", of {var.team}_HOOK',
      expect.stringMatching(
        /notify\[1\]\.sns: expected the ARN of an SNS topic, .*found "arn:x", of \{var\.topic\}/,
      ),
      expect.stringMatching(/parameters\[0\]: expected a path such as .*found "\/1 x\/1\.0\.0\/2204-hvm"/),
      expect.stringMatching(/parameters\[1\]: expected a path such as .*found "\/latest\/\{version\}"/),
    ]);
    const two = { ...config, variables: { ...config.variables, topic: [topic, `${topic}2`] } };
    expect(refusal(() => withValues({ paths: '' }, 'web', two))).toEqual([
      expect.stringMatching(/notify\[1\]\.sns: expected the ARN of an SNS topic/),
    ]);
  });

  it('an unknown one and a secret are refused', () => {
    const written = {
      ...least,
      variables: { team: 'x', token: { secret: true } },
      parameters: ['/{var.taem}/x'],
      notify: [{ command: ['say', '{var.token}'] }],
    };
    const said = refusal(() => withValues({}, 'web', written));
    expect(said).toEqual([
      'configs/web.json: parameters[0]: expected a variable in "variables", found {var.taem}. Did you mean "team"?',
      expect.stringMatching(/notify\[0\]\.command\[1\]: expected a variable that is not secret/),
    ]);
  });

  it('variables are ignored by commands that need no value', () => {
    const given = 'unneeded';
    const cwd = folderWith(config);
    expect(readPublication('web', { cwd, given, rules: publicationRules }).notify).toMatchObject([
      { webhook: '{var.team}_HOOK' },
      {},
      {},
    ]);
  });
});

describe('a secret', () => {
  const config = {
    ...least,
    variables: { token: { secret: true } },
    provisioners: [{ type: 'shell', environment_vars: ['TOKEN={var.token}'], inline: ['true'] }],
  };
  const readSecret = (more: Partial<GivenVariables>, needsSecrets = true, written: object = config) => {
    const { options: given = {}, files = [], environment = {} } = more;
    const rules = publicationRules;
    return readPublication('web', {
      cwd: folderWith(written),
      given,
      more: { files, environment },
      needsSecrets,
      rules,
    });
  };
  const value = 'hunter2-hunter2';

  it('comes from the environment or a file, and is not filled in', () => {
    const publication = readSecret({ environment: { GOPACKGO_VAR_token: value } });
    expect(publication.secrets?.get('token')).toBe(value);
    expect(readSecret({ files: [{ file: 'f', values: { token: value } }] }).secrets?.get('token')).toBe(
      value,
    );
    expect(JSON.stringify(publication)).not.toContain(value);
    const [image] = combinedImages(publication);
    if (!image) throw new Error('expected an image');
    const target = { name: 'us-east-1-2204-hvm', region: 'us-east-1', image: '2204-hvm' };
    expect(provisionersFor(publication, image, target)[0]?.options.environment_vars).toEqual([
      'TOKEN={var.token}',
    ]);
  });

  it('is required only for building', () => {
    expect(readSecret({}, false).secrets).toEqual(new Map([['token', undefined]]));
    const missing =
      'configs/web.json: variables.token: expected a value, found none. Set GOPACKGO_VAR_token, or pass a file that has it: --var-file FILE';
    expect(refusal(() => readSecret({}))).toEqual([missing]);
    expect(refusal(() => readSecret({ environment: { GOPACKGO_VAR_token: '' } }))).toEqual([missing]);
  });

  it.each<[string, Partial<GivenVariables>, RegExp]>([
    [
      'by --var',
      { options: { token: value } },
      /variables\.token: expected a secret from the environment or a file, found one in --var/,
    ],
    [
      'as a number',
      { files: [{ file: 'f', values: { token: 12345678 } }] },
      /variables\.token: expected a text, found something else, by f$/,
    ],
    [
      'with a template',
      { environment: { GOPACKGO_VAR_token: 'x{{env}}' } },
      /without "\{\{", which Packer would change, found one that is not \(not shown\)$/,
    ],
    [
      'in another form of Unicode',
      { environment: { GOPACKGO_VAR_token: 'e\u0301' } },
      /expected a secret in Unicode's composed form/,
    ],
  ])('is refused %s, and not shown', (_, given, says) => {
    const said = refusal(() => readSecret(given));
    expect(said).toEqual([expect.stringMatching(says)]);
    expect(said.join()).not.toMatch(/hunter2|12345678|x\{\{env/);
  });

  it('is allowed only in provisioners', () => {
    const elsewhere = {
      ...config,
      ...withImage({ builder: { instance_type: 'm5.large', tags: { Token: '{var.token}' } } }),
      share: { accounts: ['{var.token}'] },
    };
    expect(
      refusal(() => readSecret({ environment: { GOPACKGO_VAR_token: value } }, true, elsewhere)),
    ).toEqual([
      expect.stringMatching(
        /images\[0\]\.builder\.tags\.Token: expected a variable that is not secret, found \{var\.token\}/,
      ),
      expect.stringMatching(/share\.accounts\[0\]: expected a variable that is not secret/),
    ]);
  });

  it('cannot be inserted by the value of another variable', () => {
    const injected = {
      ...config,
      variables: { ...config.variables, other: '{var.token}', half: '{' },
      provisioners: [
        { type: 'shell', inline: ['echo {var.other}', 'echo {var.half}var.token}', 'echo {var.token}'] },
      ],
    };
    const said = refusal(() => readSecret({ environment: { GOPACKGO_VAR_token: value } }, true, injected));
    expect(said).toEqual([
      expect.stringMatching(
        /inline\[0\]: expected values of placeholders that name no secret variable, found one that names \{var\.token\}/,
      ),
      expect.stringMatching(/inline\[1\]: expected values of placeholders that name no secret variable/),
    ]);
  });
});
