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
    snapshot: id('Its snapshot; made up without.', 'snap'),
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
      "The key that it is encrypted with; AWS's own by default.",
      'a key id, an ARN or an alias, such as "alias/images"',
    ),
    deleteOnTermination: flag('By default the volume goes with its instance.'),
    virtualName: textLike(
      'A virtual drive, in place of a volume.',
      '^ephemeral([0-9]|1[0-9]|2[0-3])$',
      'the name of a virtual drive, such as "ephemeral0"',
    ),
  },
  'a device, such as {"device": "/dev/sda1", "size": 8}',
);

const instanceTypes = (description: string) =>
  list(
    description,
    textLike('One of them, or several by "*".', '^[a-z0-9*.-]{1,30}$', 'an instance type, such as "m5.*"'),
    { expected: 'a list of instance types, such as ["m5.*"]', maxItems: 400 },
  );

const finding = object(
  'A vulnerability that Amazon Inspector found.',
  {
    title: text('What it is.', 'the title of a finding, such as "CVE-2026-0001 - openssl"'),
    severity: choice('How severe it is.', ['informational', 'low', 'medium', 'high', 'critical']),
  },
  {
    score: number('Its CVSS score; the lowest of the severity by default.', 0, 10),
    firstObservedAt: time('When it was first seen; at the scan by default.'),
    fixAvailableSince: time('Since when there is a fix; none by default.'),
    paths: list('Files that it is in.', text('One of them.'), {
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
    '//': text('A comment; nothing reads it.'),
    id: id('Its id; made up without, another one in each region.', 'ami'),
    owner: accountId("The account that it belongs to; the rule's by default."),
    ownerAlias: choice("AWS's own, or a verified provider's.", ['amazon', 'aws-marketplace']),
    description: anyText('Its description.', 255),
    location: text('Its ImageLocation; owner and name by default.'),
    createdAt: time('When it was made; when it is declared by default.'),
    deprecatedAt: time('When it is deprecated; never by default.'),
    state: choice('Its state; "available" by default.', ['available', 'disabled', 'failed']),
    architecture: choice('Its architecture; "x86_64" by default.', ['x86_64', 'arm64', 'i386']),
    virtualization: choice('Its virtualization type; "hvm" by default.', ['hvm', 'paravirtual']),
    rootDevice: choice('Where its root is; on EBS by default.', ['ebs', 'instance-store']),
    rootDeviceName: text('"/dev/sda1" by default.', 'the name of a device, such as "/dev/xvda"'),
    devices: list('Its block device mapping; by default a root volume of 8 GiB on EBS.', device, {
      expected: 'a list of devices, such as [{"device": "/dev/sda1", "size": 8}]',
      maxItems: 60,
    }),
    bootMode: choice('None by default.', ['legacy-bios', 'uefi', 'uefi-preferred']),
    tpmSupport: choice('NitroTPM; none by default.', ['v2.0']),
    imdsSupport: choice('Whether instances of it require IMDSv2; they do not by default.', ['v2.0']),
    enaSupport: flag('By default it has it.'),
    sriovNetSupport: choice('Enhanced networking; "simple" by default where it is hvm.', ['simple', 'none']),
    platform: choice('Windows; Linux by default.', ['windows']),
    platformDetails: text('What it runs, for the bill: "Linux/UNIX" by default.'),
    usageOperation: text('"RunInstances" by default.'),
    supportedInstanceTypes: instanceTypes('The instance types that its owner allows; all by default.'),
    unsupportedInstanceTypes: instanceTypes('The instance types that its owner rules out.'),
    watermarks: list(
      'Its watermarks. An AMI that has any, and what is made of it, cannot be public.',
      textLike('Account and name.', '^\\d{12}:.{3,128}$', 'a watermark, such as "123456789012:approved"'),
      { expected: 'a list of at most 5 watermarks', maxItems: 5 },
    ),
    scan: object(
      'What Amazon Inspector found in it; it was not scanned by default.',
      { scannedAt: time('When it was scanned.') },
      {
        findings: list('What was found; nothing by default.', finding, {
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
  images: list('AMIs that are there: of the account, or of another one that shares them with it.', image, {
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
              expected: 'a rule with "region", since an id is in one region alone',
              found: 'one for all regions',
              advice: 'Add "region", or leave the id out: it is made up then.',
            },
          ]
        : []),
      ...(one.id !== undefined && account === undefined && one.owner === undefined
        ? [
            {
              place: `${place}.id`,
              expected: 'an "owner", or a rule with "account"',
              found: 'neither, so that the AMI would be of two accounts',
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
              expected: `the root device ${rootDeviceName} among them, a volume`,
              found: 'none of that name',
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
              found: '"virtualName" beside "size" or "snapshot"',
            },
          ]),
    ];
  });
