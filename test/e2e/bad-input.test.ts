import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  sandbox = await project.sandbox();
});
afterAll(() => project.remove());

const publish = (name: string, ...more: string[]) =>
  project.run(['publish', name, '--sandbox', '--yes', ...more]);

type Config = Record<string, unknown> & { images: Record<string, unknown>[] };
type Change = (config: Config) => void;

const wrongConfigs: [what: string, change: Change, says: RegExp][] = [
  [
    'a wrong type',
    (c) => {
      c.version = 1;
    },
    /configs\/wrong\.json: version: expected .*, found the number 1/,
  ],
  [
    'an unknown key',
    (c) => {
      c.sahre = {};
    },
    /configs\/wrong\.json: sahre: .*Did you mean "share"\?/,
  ],
  [
    'an unknown key inside',
    (c) => {
      Object.assign(c.images[0] ?? {}, { bulider: {} });
    },
    /images\[0\]\.bulider: .*Did you mean "builder"\?/,
  ],
  [
    'two AMIs of one name',
    (c) => {
      c.amiName = 'the same';
    },
    /configs\/wrong\.json: .*us-east-1-2204-hvm.*us-east-1-2404-hvm|"the same"/,
  ],
  [
    'an illegal AMI name',
    (c) => {
      c.amiName = 'what? {image}';
    },
    /amiName: expected .*found "\?" in "what\? 2204-hvm"/,
  ],
  [
    'a literal credential',
    (c) => {
      Object.assign(c.images[0]?.builder ?? {}, { user_data: 'AKIAIOSFODNN7EXAMPLE' });
    },
    /images\[0\]\.builder\.user_data: expected .*credential/,
  ],
  [
    'an option that is ours',
    (c) => {
      Object.assign(c.images[0]?.builder ?? {}, { ami_users: ['1'] });
    },
    /ami_users: .*share/,
  ],
  [
    'a key that is no name of one',
    (c) => {
      c.encryption = { kmsKey: 'images' };
    },
    /configs\/wrong\.json: encryption\.kmsKey: expected a KMS key: .*, found "images"/,
  ],
  [
    'a key for another region',
    (c) => {
      c.encryption = { kmsKey: { 'us-east-2': 'alias/images' } };
    },
    /encryption\.kmsKey\.us-east-2: .*Did you mean "us-east-1"\?[\s\S]*encryption\.kmsKey: .*found none for us-east-1/,
  ],
  [
    'encryption that a mapping contradicts',
    (c) => {
      c.encryption = { kmsKey: 'alias/images' };
      const launch_block_device_mappings = [
        { device_name: '/dev/sda1', encrypted: true, kms_key_id: 'alias/b' },
      ];
      Object.assign(c.images[0]?.builder ?? {}, { launch_block_device_mappings });
    },
    /launch_block_device_mappings\[0\]\.kms_key_id: expected "alias\/images", as encryption says for us-east-1, found "alias\/b"/,
  ],
  [
    'encryption of a public AMI',
    (c) => {
      Object.assign(c, { encryption: true, share: { public: true } });
    },
    /encryption: expected no encryption, since "share" makes the AMIs public/,
  ],
  [
    'a missing script',
    (c) => {
      c.provisioners = [{ type: 'shell', script: 'provision/helo.sh' }];
    },
    /provisioners\[0\]\.script: .*no such file/,
  ],
  [
    'an unknown variable, a list within text, and a secret in a tag',
    (c) => {
      c.variables = { hosts: ['a', 'b'], token: { secret: true } };
      const tags = { Own: '{var.hots}', Hosts: 'on {var.hosts}', Token: '{var.token}' };
      Object.assign(c.images[0]?.builder ?? {}, { tags });
    },
    /tags\.Own: .*\{var\.hots\}.*Did you mean "hosts"\?[\s\S]*tags\.Hosts: .*alone[\s\S]*tags\.Token: .*not secret/,
  ],
  [
    'a variable in a name',
    (c) => {
      c.variables = { environment: 'staging' };
      c.amiName = '{image} {var.environment}';
    },
    /amiName: .*\{var\.environment\}.*gopackgo publish PUB@VALUE/,
  ],
  [
    'a version in a file that does not contain it',
    (c) => {
      c.version = { file: 'test-ebs.json', match: '^nothing = (.*)$' };
    },
    /version\.match: expected text of test-ebs\.json that it matches, found none/,
  ],
  [
    'the timestamp of a release that has none',
    (c) => {
      Object.assign(c.images[0]?.builder ?? {}, { tags: { Built: '{timestamp.date}' } });
    },
    /tags\.Built: expected a version that says when .*"version"/,
  ],
  [
    'an excluded value that the matrix does not have, and an image in an unknown region',
    (c) => {
      Object.assign(c.images[0] ?? {}, { exclude: [{ ubuntu: '1404' }], regions: ['eu-west-1'] });
    },
    /images\[0\]\.exclude\[0\].*[\s\S]*images\[0\]\.regions/,
  ],
  [
    'a copy from a region that the config does not have',
    (c) => {
      Object.assign(c, { copyFrom: 'us-east-2', regions: ['us-east-1', 'eu-west-1'] });
    },
    /copyFrom: expected a region that is in "regions", found "us-east-2"\. Did you mean "us-east-1"\?/,
  ],
  [
    'a config to extend that is not there',
    (c) => {
      c.extends = './baseline.json';
    },
    /configs\/wrong\.json:\d+: extends: expected a config to extend, found no such file: "\.\/baseline\.json"/,
  ],
  [
    'a config that extends itself',
    (c) => {
      c.extends = ['./wrong.json'];
    },
    /extends(\[0\])?: expected a config to extend, found a circle: configs\/wrong\.json extends configs\/wrong\.json/,
  ],
  [
    'an image of a publication that is not there, as base',
    (c) => {
      Object.assign(c.images[0] ?? {}, { base: { publication: 'Base Line', image: '2404' } });
    },
    /images\[0\]\.base\.publication: expected .*found "Base Line"/,
  ],
  [
    'a pattern that matches no input',
    (c) => {
      c.inputs = ['deploi/**'];
    },
    /inputs\[0\]: expected a pattern that matches a file, found "deploi\/\*\*", which matches none/,
  ],
  [
    'a record file with a placeholder',
    (c) => {
      c.record = [{ file: '{version}.json', as: 'json' }];
    },
    /record\[0\]\.file: expected a path without placeholders.*found one with some: "\{version\}\.json"/,
  ],
  [
    'a limit that is no duration',
    (c) => {
      c.timeouts = { copy: '90' };
    },
    /timeouts\.copy: expected minutes or hours, such as "8h", found "90"/,
  ],
  [
    'templates that are not Packer’s, all at once, with how to write them',
    (c) => {
      Object.assign(c.images[0]?.builder ?? {}, { user_data: '{{ ds.meta }}', tags: { Own: '{{.Names}}' } });
      c.provisioners = [{ type: 'file', content: '{{ x', destination: '/tmp/x' }];
    },
    /content: .*\{\{ x.*"source"[\s\S]*user_data: .*"user_data_file"[\s\S]*tags\.Own: .*\{\{\.Names\}\}.*without "\{\{"/,
  ],
];

describe('a wrong config is refused with exit status 2 and its place, before AWS is asked', () => {
  it.each(wrongConfigs)('%s', async (_, change, says) => {
    await project.config('wrong', (config) => change(config as Config));
    const calls = (await sandbox.calls()).length;
    const run = await publish('wrong');
    expect(run.stderr).toMatch(says);
    expect(run.stderr).not.toMatch(/AKIA|\n {4}at /);
    expect(run).toMatchObject({ exit: 2, stdout: '' });
    expect((await sandbox.calls()).length).toBe(calls);
  });

  it('impossible values of variables', async () => {
    await project.config('wrong', (config) => {
      config.variables = { size: 8, token: { secret: true } };
    });
    await writeFile(project.path('values.json'), '{"size": "8", "siez": 9}');
    const given = await publish('wrong', '--var-file', 'values.json', '--var', 'token=x');
    expect(given.stderr).toMatch(/variables\.size: expected a number, found "8", by values\.json/);
    expect(given.stderr).toMatch(
      /variables\.token: .*a secret from the environment or a file, found one in --var/,
    );
    expect(given.stderr).toMatch(/"siez" for values\.json.*Did you mean "size"\?/);
    expect(given.exit).toBe(2);
    const absent = await publish('wrong', '--var-file', 'no.json');
    expect(absent.stderr).toContain('--var-file no.json: expected a file of JSON, found no such file');
    expect(absent.exit).toBe(2);
  });

  it('all mistakes at once', async () => {
    await project.config('wrong', (config) => {
      Object.assign(config, { version: 1, sahre: {}, regions: [] });
    });
    const { stderr } = await publish('wrong');
    expect(stderr).toMatch(/version:/);
    expect(stderr).toMatch(/sahre:/);
    expect(stderr).toMatch(/regions:/);
  });

  it('broken JSON, with line and column', async () => {
    await writeFile(project.path('configs/broken.json'), '{\n  "version": "1",\n  "amiName" "x"\n}\n');
    const run = await publish('broken');
    expect(run.stderr).toMatch(/configs\/broken\.json: line 3:13: expected a ":" after the key/);
    expect(run.exit).toBe(2);
  });

  it('a config that does not exist', async () => {
    const run = await publish('test-eb');
    expect(run.stderr).toMatch(/configs\/test-eb\.json: .*no such file.*Did you mean "test-ebs"\?/);
    expect(run.exit).toBe(2);
  });
});

describe('a mistake that only Packer can find is refused with exit status 2 before anything is built, once, at its place in the config', () => {
  const refused: [what: string, change: Change, says: string[]][] = [
    [
      'an option that Packer does not know, of all targets of a matrix in two regions',
      (c) => {
        c.regions = ['us-east-1', 'eu-west-1'];
        Object.assign(c.images[0]?.builder ?? {}, { boot_mode: 'uefi' });
      },
      [
        'configs/wrong.json: images[0].builder.boot_mode: ',
        'named "boot_mode".',
        'in 4 targets: eu-west-1-2204-hvm, eu-west-1-2404-hvm, us-east-1-2204-hvm, us-east-1-2404-hvm',
      ],
    ],
    [
      "an option of a region's own",
      (c) => {
        c.regions = { 'us-east-1': {}, 'eu-west-1': { ebs_optimized: 'perhaps' } };
      },
      ['configs/wrong.json: regions.eu-west-1.ebs_optimized: ', 'in 2 targets: eu-west-1-2204-hvm'],
    ],
    [
      'options that exclude each other',
      (c) => {
        Object.assign(c.images[0]?.builder ?? {}, {
          user_data: 'hostname web',
          user_data_file: 'test-ebs.json',
        });
      },
      ['configs/wrong.json: images[0].builder: ', 'Only one of ', 'in 2 targets: '],
    ],
    [
      'an option of a provisioner that runs for one image',
      (c) => {
        c.provisioners = [
          { type: 'shell', inline: ['true'], except: ['2404-hvm'] },
          { type: 'shell', inlin: ['true'], only: ['2404-hvm'] },
        ];
      },
      ['configs/wrong.json: provisioners[1].inlin: ', 'in 1 target: us-east-1-2404-hvm'],
    ],
    [
      'a provisioner that Packer does not have',
      (c) => {
        c.provisioners = [{ type: 'shell', inline: ['true'] }, { type: 'nothing' }];
      },
      ['configs/wrong.json: provisioners[1]: ', '"nothing"', 'in 2 targets: '],
    ],
  ];
  it.each(refused)('%s', async (_, change, says) => {
    await project.config('wrong', (config) => change(config as Config));
    const run = await publish('wrong');
    for (const text of says) expect(run.stderr).toContain(text);
    expect(run.stderr.match(/^configs\/wrong\.json: (?:images|regions|provisioners)/gm)).toHaveLength(1);
    expect(run.stderr).not.toMatch(/\.pkr\.json|line \d|source code not available/);
    expect(run.exit).toBe(2);
  });
});

describe('a problem that only AWS can find is refused before anything is built', () => {
  it('an unknown region: 2, with the nearest name', async () => {
    await project.config('wrong', (config) => {
      config.regions = ['us-esat-1'];
    });
    const run = await publish('wrong');
    expect(run.stderr).toMatch(
      /regions: expected a region of AWS, found "us-esat-1". Did you mean "us-east-1"\?/,
    );
    expect(run.exit).toBe(2);
  });

  it('a base that does not exist: 4, with path and region', async () => {
    await project.config('wrong', (config) => {
      (config as Config).images = [{ ...(config as Config).images[0], base: { ssm: '/no/such/parameter' } }];
      Object.assign((config as Config).images[0]?.builder ?? {}, { ssh_username: 'ubuntu' });
    });
    const run = await publish('wrong');
    expect(run.stderr).toMatch(/images\[0\]\.base\.ssm: .*us-east-1.*\/no\/such\/parameter/);
    expect(run.exit).toBe(4);
  });

  it('an Ubuntu release that Canonical does not publish there: 4', async () => {
    await project.config('wrong', (config) => {
      (config as Config).images[0] = {
        ...(config as Config).images[0],
        matrix: { ubuntu: ['1704'], virtualization: ['hvm'] },
      };
    });
    const run = await publish('wrong');
    expect(run.stderr).toMatch(
      /images\[0\]\.base\.ubuntu: .*us-east-1.*\/canonical\/ubuntu\/server\/17\.04\//,
    );
    expect(run.exit).toBe(4);
  });

  it('another account: 4', async () => {
    await project.config('wrong', (config) => {
      config.account = '056342137115';
    });
    const run = await publish('wrong');
    expect(run.stderr).toMatch(
      /account: expected 056342137115, found 123456789012, the account of the sandbox\./,
    );
    expect(run.stderr).toContain('configs/local.json or GOPACKGO_ACCOUNT');
    expect(run.exit).toBe(4);
    const real = await project.run(['publish', 'wrong', '--yes'], sandbox.environment);
    expect(real.stderr).toMatch(
      /found 123456789012: these credentials belong to another account\..*--profile/,
    );
    expect(real.exit).toBe(4);
  });

  it('no credentials: 4, and how to continue without them', async () => {
    const run = await project.run(['publish', 'test-ebs', '--yes']);
    expect(run.stderr).toMatch(/credentials: expected credentials, found none/);
    expect(run.stderr).toMatch(/--sandbox/);
    expect(run.exit).toBe(4);
  });

  it.each([
    ['ExpiredToken', /expired/],
    ['InvalidClientTokenId', /does not accept them/],
  ])('credentials that AWS rejects with %s: 4', async (error, says) => {
    await sandbox.addFaults([{ on: 'sts:GetCallerIdentity', does: { error } }]);
    const run = await publish('test-ebs');
    expect(run.stderr).toMatch(says);
    expect(run.exit).toBe(4);
  });

  it('a failed lookup of what exists: 1', async () => {
    await sandbox.addFaults([
      { on: 'ec2:DescribeInstances', times: 1, does: { error: 'UnauthorizedOperation' } },
    ]);
    const run = await publish('test-ebs');
    expect(run.stderr).toMatch(/ec2:DescribeInstances in us-east-1: UnauthorizedOperation/);
    expect(run.exit).toBe(1);
  });

  it('no --yes: 4', async () => {
    const run = await project.run(['publish', 'test-ebs', '--sandbox']);
    expect(run.stderr).toMatch(/us-east-1-2204-hvm[\s\S]*add --yes/);
    expect(run.exit).toBe(4);
  });

  it('no Packer: 4, and how to install it', async () => {
    const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes'], {
      PATH: '/nonexistent',
      PACKER: '',
    });
    expect(run.stderr).toMatch(/Packer: expected version 1\.6\.6 or newer, found none[\s\S]*scripts\/setup/);
    expect(run.exit).toBe(4);
  });

  it('a Packer that is too old: 4', async () => {
    await writeFile(project.path('old-packer'), '#!/bin/sh\necho "1,,version,1.5.4"\n');
    await chmod(project.path('old-packer'), 0o755);
    const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes'], { PACKER: './old-packer' });
    expect(run.stderr).toMatch(/1\.5\.4/);
    expect(run.exit).toBe(4);
  });

  it('a link in place of one of its own folders: 4', async () => {
    const releases = project.path('.gopackgo/sandbox/releases');
    await rm(releases, { recursive: true, force: true });
    await mkdir(project.path('.gopackgo/sandbox'), { recursive: true });
    await symlink('/proc/nonexistent/folder', releases);
    const run = await publish('test-ebs');
    await rm(releases);
    expect(run.stderr).toMatch(
      /releases: expected a folder of gopackgo's own, found a symbolic link, which is not followed\./,
    );
    expect(run.exit).toBe(4);
  });

  it('and none of these runs made anything', async () => {
    expect(await stateOf(sandbox.clients)).toEqual({ amis: [], leftovers: [] });
    expect((await sandbox.calls()).filter(({ operation }) => /^(Run|Create)/.test(operation))).toEqual([]);
  });
});

describe('a mistake on the command line is refused with exit status 2', () => {
  it.each([
    [
      ['publish', 'test-ebs', '--sandbox', '--only', 'us-east-1-2304-hvm'],
      /--only .*found none. Did you mean/,
    ],
    [['publish', 'test-ebs', '--sandbox', '--yse'], /--yse: .*Did you mean "--yes"\?/],
    [
      ['status', 'test-ebs', '--sandbox', '--yes'],
      /--yes: .*It belongs to publish, promote, yank and cleanup/,
    ],
    [
      ['plan', 'test-ebs', 'official'],
      /gopackgo plan: expected one publication, found 2: test-ebs, official/,
    ],
    [['plan', 'test-ebs', 'of', '--sandbox'], /gopackgo plan: expected no further words, found "of"/],
    [['publish', 'test-ebs', '--dry-run'], /--dry-run: .*Did you mean the command "plan"\?/],
    [
      ['sandbox', 'rest'],
      /gopackgo sandbox: expected "reset", or nothing, found "rest"\. Did you mean "reset"\?/,
    ],
    [
      ['publish', 'test-ebs', '--sandbox-speed', 'rael'],
      /--sandbox-speed: expected "quick" or "real", found "rael"\. Did you mean/,
    ],
    [
      ['publish', 'test-ebs', '--plan', 'x', '--only', 'y'],
      /--plan and --only: expected one of them, found both/,
    ],
    [['pulbish', 'test-ebs'], /"pulbish": expected a command .*Did you mean "publish"\?/],
    [['publish'], /gopackgo publish: expected a publication: .*There are: .*test-ebs/],
    [['publish', 'test-ebs', '--parallel', '0'], /--parallel: expected a whole number/],
    [['publish', 'test-ebs', '--attempts', 'many'], /--attempts: expected a whole number/],
    [
      ['generate', 'test-ebs', '--sandbox'],
      /gopackgo generate: expected --out DIR: folder for the templates, found none/,
    ],
    [['publish', 'test-ebs', '--sandbox-url'], /^--sandbox-url: expected a value/],
    [[], /gopackgo: expected a command \(plan, .*\), found none/],
  ])('%j', async (words, says) => {
    const run = await project.run(words);
    expect(run.stderr).toMatch(says);
    expect(run.stderr).not.toMatch(/\n {4}at /);
    expect(run.exit).toBe(2);
  });

  it('in English, even if the terminal is set to another language', async () => {
    const run = await project.run(['publish', 'test-ebs', '--yse'], { LC_ALL: 'de_DE.UTF-8' });
    expect(run.stderr).toMatch(/--yse: .*Did you mean "--yes"\?/);
    expect(run.exit).toBe(2);
  });
});
