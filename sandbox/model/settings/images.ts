import {
  anyText,
  choice,
  count,
  flag,
  list,
  number,
  object,
  record,
  type SettingsProblem,
  text,
  textLike,
  time,
} from './schema-parts.ts';

const accountId = (description: string) =>
  textLike(description, '^[0-9]{12}$', 'an account id: twelve digits in quotes');

const id = (description: string, prefix: string) =>
  textLike(
    description,
    `^${prefix}-[0-9a-f]{8}([0-9a-f]{9})?$`,
    `an id, such as "${prefix}-0123456789abcdef0"`,
  );

const device = object(
  'A device: a volume made from a snapshot, or a virtual drive.',
  { device: text('Its name.', 'the name of a device, such as "/dev/sda1"') },
  {
    snapshot: id('Its snapshot; made up by default.', 'snap'),
    size: count('GiB; 8 by default.', 1, 65_536),
    type: choice('Type of the volume; gp3 by default.', [
      'standard',
      'gp2',
      'gp3',
      'io1',
      'io2',
      'st1',
      'sc1',
    ]),
    iops: count('IOPS.', 100, 256_000),
    throughput: count('MiB/s.', 125, 2000),
    encrypted: flag('Whether the snapshot is encrypted.'),
    kmsKey: text(
      "Its encryption key; AWS's own by default.",
      'a key id, an ARN or an alias, such as "alias/images"',
    ),
    deleteOnTermination: flag('Whether the volume is deleted with its instance; true by default.'),
    virtualName: textLike(
      'A virtual drive, instead of a volume.',
      '^ephemeral([0-9]|1[0-9]|2[0-3])$',
      'the name of a virtual drive, such as "ephemeral0"',
    ),
  },
  'a device, such as {"device": "/dev/sda1", "size": 8}',
);

const instanceTypes = (description: string) =>
  list(
    description,
    textLike('A type, or several with "*".', '^[a-z0-9*.-]{1,30}$', 'an instance type, such as "m5.*"'),
    { expected: 'a list of instance types, such as ["m5.*"]', maxItems: 400 },
  );

const finding = object(
  'A vulnerability that Amazon Inspector found.',
  {
    title: text('Its title.', 'the title of a finding, such as "CVE-2026-0001 - openssl"'),
    severity: choice('How severe it is.', ['informational', 'low', 'medium', 'high', 'critical']),
  },
  {
    score: number('Its CVSS score; by default the lowest of its severity.', 0, 10),
    firstObservedAt: time('When it was first seen; by default at the scan.'),
    fixAvailableSince: time('When a fix became available; by default there is none.'),
    paths: list('The affected files.', text('One of them.'), {
      expected: 'a list of at most 10 paths',
      maxItems: 10,
    }),
  },
  'a finding, such as {"title": "CVE-2026-0001 - openssl", "severity": "high"}',
);

const image = object(
  'An AMI.',
  {
    name: textLike(
      'Its name.',
      "^[a-zA-Z0-9()\\[\\] ./\\-'@_]{3,128}$",
      "the name of an AMI: 3 to 128 letters, digits and ()[] ./-'@_",
    ),
  },
  {
    '//': text('A comment; it is ignored.'),
    id: id('Its id; by default made up, different in each region.', 'ami'),
    owner: accountId("The account that owns it; by default the rule's."),
    ownerAlias: choice("The owner's alias: AWS itself, or a verified provider.", [
      'amazon',
      'aws-marketplace',
    ]),
    description: anyText('Its description.', 255),
    location: text('Its ImageLocation; by default owner and name.'),
    createdAt: time('When it was created; by default when it is declared.'),
    deprecatedAt: time('When it is deprecated; never by default.'),
    state: choice('Its state; "available" by default.', ['available', 'disabled', 'failed']),
    architecture: choice('Its architecture; "x86_64" by default.', ['x86_64', 'arm64', 'i386']),
    virtualization: choice('Its virtualization type; "hvm" by default.', ['hvm', 'paravirtual']),
    rootDevice: choice('The type of its root device; EBS by default.', ['ebs', 'instance-store']),
    rootDeviceName: text(
      'The name of its root device; "/dev/sda1" by default.',
      'the name of a device, such as "/dev/xvda"',
    ),
    devices: list('Its block device mapping; by default a root volume of 8 GiB on EBS.', device, {
      expected: 'a list of devices, such as [{"device": "/dev/sda1", "size": 8}]',
      maxItems: 60,
    }),
    bootMode: choice('Its boot mode; none by default.', ['legacy-bios', 'uefi', 'uefi-preferred']),
    tpmSupport: choice('NitroTPM; none by default.', ['v2.0']),
    imdsSupport: choice('Whether its instances require IMDSv2; by default they do not.', ['v2.0']),
    enaSupport: flag('Whether it supports ENA; true by default.'),
    sriovNetSupport: choice('Enhanced networking; "simple" by default for hvm.', ['simple', 'none']),
    platform: choice('Its platform; Linux by default.', ['windows']),
    platformDetails: text('Its platform for billing; "Linux/UNIX" by default.'),
    usageOperation: text('Its billing operation; "RunInstances" by default.'),
    supportedInstanceTypes: instanceTypes('The instance types that its owner allows; all by default.'),
    unsupportedInstanceTypes: instanceTypes('The instance types that its owner rules out.'),
    watermarks: list(
      'Its watermarks. An AMI with a watermark cannot be public, nor can AMIs created from it.',
      textLike('Account and name.', '^\\d{12}:.{3,128}$', 'a watermark, such as "123456789012:approved"'),
      { expected: 'a list of at most 5 watermarks', maxItems: 5 },
    ),
    scan: object(
      "Amazon Inspector's findings; by default it was not scanned.",
      { scannedAt: time('When it was scanned.') },
      {
        findings: list('The findings; none by default.', finding, {
          expected: 'a list of findings, such as [{"title": "CVE-2026-0001 - openssl", "severity": "high"}]',
        }),
      },
      'a scan, such as {"scannedAt": "2026-11-30T12:00:00Z"}',
    ),
    public: flag('Whether everybody may launch it.'),
    sharedWith: list('Accounts that may launch it.', accountId('One of them.'), {
      expected: 'a list of account ids',
    }),
    tags: record(
      'Its tags, as its owner sees them.',
      anyText('The value.', 256),
      'an object of tags, such as {"team": "web"}',
    ),
  },
  'an AMI, such as {"name": "golden 1.0", "id": "ami-0123456789abcdef0"}',
);

export const imageSettings = {
  images: list("The existing AMIs: the account's own, or another account's that are shared with it.", image, {
    expected: 'a list of AMIs, such as [{"name": "golden 1.0"}]',
  }),
} as const;

interface ImageRule {
  account?: string;
  region?: string;
  images?: readonly {
    id?: string;
    name: string;
    owner?: string;
    rootDevice?: string;
    rootDeviceName?: string;
    devices?: readonly { device: string; virtualName?: string; size?: number; snapshot?: string }[];
    watermarks?: readonly string[];
    public?: boolean;
  }[];
}

/** An id belongs to one AMI in one region, and an owner uses a name only once. */
export const imageProblems = ({ account, region, images = [] }: ImageRule): SettingsProblem[] =>
  images.flatMap((one, index) => {
    const place = `images[${index}]`;
    const twin = (key: 'id' | 'name') =>
      images.findIndex((other) => other[key] === one[key] && (key === 'id' || other.owner === one.owner));
    const { devices, rootDeviceName = '/dev/sda1' } = one;
    const hasRoot =
      one.rootDevice === 'instance-store' ||
      devices === undefined ||
      devices.some((each) => each.device === rootDeviceName && each.virtualName === undefined);
    const both = devices?.findIndex(
      ({ virtualName, size, snapshot }) => virtualName !== undefined && (size ?? snapshot) !== undefined,
    );
    return [
      ...(one.id !== undefined && region === undefined
        ? [
            {
              place: `${place}.id`,
              expected: 'a rule with "region", since an id belongs to one region',
              found: 'a rule for all regions',
              advice: 'Add "region", or omit the id; the sandbox then makes one up.',
            },
          ]
        : []),
      ...(one.id !== undefined && account === undefined && one.owner === undefined
        ? [
            {
              place: `${place}.id`,
              expected: 'an "owner", or a rule with "account"',
              found: 'neither, so the AMI would have two owners',
            },
          ]
        : []),
      ...(one.id !== undefined && twin('id') < index
        ? [{ place: `${place}.id`, expected: 'each id once', found: `"${one.id}" a second time` }]
        : []),
      ...(twin('name') < index
        ? [
            {
              place: `${place}.name`,
              expected: "each name once among an owner's AMIs",
              found: `"${one.name}" a second time`,
            },
          ]
        : []),
      ...(hasRoot
        ? []
        : [
            {
              place: `${place}.devices`,
              expected: `a volume for the root device ${rootDeviceName}`,
              found: 'none with that name',
              advice: 'Add it, or set "rootDeviceName".',
            },
          ]),
      ...(one.public && one.watermarks?.length
        ? [
            {
              place: `${place}.public`,
              expected: 'an AMI that is not public, since it has watermarks',
              found: 'true',
            },
          ]
        : []),
      ...(both === undefined || both < 0
        ? []
        : [
            {
              place: `${place}.devices[${both}]`,
              expected: 'a volume or a virtual drive',
              found: '"virtualName" together with "size" or "snapshot"',
            },
          ]),
    ];
  });
