/*
 * Usual base images: the newest two builds of public images, as DescribeImages showed them between July and October
 * 2026, collected on 2026-11-30. Ids (`published-images.ts`) and times of day are made up. Sources:
 *
 * - Ubuntu: "Find Ubuntu images with SSM" and "Retention policy" (Ubuntu on AWS documentation); names up to 14.04 from the
 *   acceptance tests of Terraform's aws_ami and EC2's metadata of such instances; the rest from public states of Terraform
 *   that contain DescribeImages' answers (20260610 to 20260923). Only `server`: no minimal, pro or daily images.
 * - Amazon Linux: the AL2023 User Guide ("AL2023 on Amazon EC2", names of parameters, 90 days until deprecation; "kernel-default"
 *   is 6.1), the AL2 User Guide, answers of GetParametersByPath, public states of Terraform.
 * - Debian: wiki.debian.org/Cloud/AmazonEC2Image and its pages for each release.
 * - Flatcar: "Running on AWS EC2" (flatcar.org; public for nine months). Publication dates are approximate.
 * - Rocky Linux, AlmaLinux: rockylinux.org/download and wiki.almalinux.org/cloud/AWS (its lists of AMIs; AlmaLinux 10.2 by a
 *   public log of a build); the builds of Rocky Linux 10 as on download.rockylinux.org the same day; RHEL: "Red Hat
 *   cloud access" and the AWS user guide ("AMI billing information fields").
 * - Windows: "AWS Windows AMIs" reference (names of parameters, `xvdca` to `xvdcz`, UEFI since Server 2025).
 *
 * Owners with the alias `amazon` are verified providers: their `ImageLocation` starts with it. CoreOS's account,
 * 595879546273, has no public image left; a search there finds nothing, as on AWS.
 */

/** A publisher of images. `alias` is DescribeImages' `ImageOwnerAlias`. */
export interface Publisher {
  owner: string;
  alias?: 'amazon';
}

export const publishers = {
  canonical: { owner: '099720109477', alias: 'amazon' },
  amazonLinux: { owner: '137112412989', alias: 'amazon' },
  debian: { owner: '136693071363', alias: 'amazon' },
  flatcar: { owner: '075585003325' },
  rocky: { owner: '792107900819' },
  alma: { owner: '764336703387' },
  redHat: { owner: '309956199498', alias: 'amazon' },
  windows: { owner: '801119661308', alias: 'amazon' },
} as const satisfies Record<string, Publisher>;

/** A root volume. gp3 has its default throughput and IOPS, if AWS shows them. */
interface RootVolume {
  type: 'gp2' | 'gp3' | 'standard';
  /** GiB */
  size: number;
}

/** An image that is the same in each region. */
export interface PublicImage {
  publisher: Publisher;
  name: string;
  description: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  deprecatedAt: string;
  architecture: 'x86_64' | 'arm64';
  virtualization: 'hvm' | 'paravirtual';
  rootDeviceName: string;
  /** Absent if the root is on instance-store. */
  volume?: RootVolume;
  /** Devices of the virtual drives, starting with `ephemeral0`. */
  ephemeral: readonly string[];
  /** The path of its bundle's manifest in the publisher's bucket of a region. */
  manifest?: string;
  bootMode?: 'uefi' | 'uefi-preferred' | 'legacy-bios';
  imdsSupport?: 'v2.0';
  enaSupport: boolean;
  sriovNetSupport: boolean;
  platform?: 'windows';
  /** With its billing code, if it is not `Linux/UNIX`. */
  platformDetails?: string;
  usageOperation?: string;
  /** Public SSM parameters that hold its id. */
  parameters: readonly string[];
  /** Whether it is private now. */
  isPrivate?: boolean;
  ubuntu?: { version: string; codename: string };
}

const day = 24 * 3_600_000;
/** AWS's limit for public AMIs, which it sets itself (EnableImageDeprecation); most publishers leave it unchanged. */
const twoYears = 2 * 365 * day;

const later = (time: string, milliseconds: number): string =>
  new Date(Date.parse(time) + milliseconds).toISOString();

/** `20260923` or `2026.09.17` → a time on that day, the same for all images of that day. */
const on = (date: string, time = '03:14:07.000'): string => {
  const digits = date.replaceAll('.', '');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}T${time}Z`;
};

type Architecture = PublicImage['architecture'];

const both: readonly Architecture[] = ['x86_64', 'arm64'];

/** Images whose AMI supports both UEFI and BIOS for x86_64. */
const uefiPreferred = (architecture: Architecture) => (architecture === 'arm64' ? 'uefi' : 'uefi-preferred');

const usual = { virtualization: 'hvm', enaSupport: true, sriovNetSupport: true, ephemeral: [] } as const;

/* Ubuntu */

/** One of the ways in which Canonical builds images of a release. */
interface Flavour {
  /** The part between `ubuntu/images/` and `ubuntu-…` in the image's name. */
  folder: string;
  virtualization: 'hvm' | 'paravirtual';
  /** Volume type of the root; absent if it is on instance-store. */
  volume?: 'gp2' | 'gp3';
  /** Whether SSM has parameters for it, for example under `hvm/ebs-gp2`. */
  inParameters: boolean;
}

interface UbuntuRelease {
  version: string;
  codename: string;
  flavours: readonly Flavour[];
  architectures: readonly Architecture[];
  /** Oldest first. */
  serials: readonly string[];
  /** A serial that is private now: Canonical withdraws unused images of ended releases. */
  takenBack?: string;
  bootMode?: 'legacy-bios' | 'uefi-preferred';
  imdsSupport?: 'v2.0';
}

const onGp2: Flavour = { folder: 'hvm-ssd/', virtualization: 'hvm', volume: 'gp2', inParameters: true };
const onGp3: Flavour = { folder: 'hvm-ssd-gp3/', virtualization: 'hvm', volume: 'gp3', inParameters: true };

/** `hvm-ssd` and `ebs-ssd` on EBS; `hvm-instance` on instance-store, and nothing for paravirtual images. */
const ofOldReleases: readonly Flavour[] = [
  { ...onGp2 },
  { folder: 'ebs-ssd/', virtualization: 'paravirtual', volume: 'gp2', inParameters: false },
  { folder: 'hvm-instance/', virtualization: 'hvm', inParameters: false },
  { folder: '', virtualization: 'paravirtual', inParameters: false },
];

const ubuntuReleases: readonly UbuntuRelease[] = [
  {
    version: '12.04',
    codename: 'precise',
    flavours: ofOldReleases.map((flavour) => ({ ...flavour, inParameters: false })),
    architectures: ['x86_64'],
    takenBack: '20120424',
    serials: ['20170417', '20170502'],
  },
  {
    version: '14.04',
    codename: 'trusty',
    flavours: ofOldReleases,
    architectures: ['x86_64'],
    takenBack: '20140416.1',
    serials: ['20190429', '20190514'],
  },
  {
    version: '16.04',
    codename: 'xenial',
    flavours: [onGp2],
    architectures: both,
    serials: ['20210721', '20210928'],
  },
  {
    version: '18.04',
    codename: 'bionic',
    flavours: [onGp2],
    architectures: both,
    serials: ['20230424', '20230531'],
    bootMode: 'legacy-bios',
  },
  {
    version: '20.04',
    codename: 'focal',
    flavours: [onGp2],
    architectures: both,
    serials: ['20250115', '20250408'],
    bootMode: 'legacy-bios',
  },
  {
    version: '22.04',
    codename: 'jammy',
    flavours: [onGp2],
    architectures: both,
    serials: ['20260612', '20260911'],
    bootMode: 'uefi-preferred',
  },
  {
    version: '24.04',
    codename: 'noble',
    flavours: [onGp3],
    architectures: both,
    serials: ['20260618', '20260923'],
    bootMode: 'uefi-preferred',
    imdsSupport: 'v2.0',
  },
  {
    version: '26.04',
    codename: 'resolute',
    flavours: [onGp3],
    architectures: both,
    serials: ['20260619', '20260916'],
    bootMode: 'uefi-preferred',
    imdsSupport: 'v2.0',
  },
];

/** The name of an architecture in Ubuntu and Debian. */
const debianWord = (architecture: Architecture) => (architecture === 'arm64' ? 'arm64' : 'amd64');

const ubuntuImage = (
  release: UbuntuRelease,
  flavour: Flavour,
  architecture: Architecture,
  serial: string,
): PublicImage => {
  const { version, codename, serials, takenBack, bootMode, imdsSupport } = release;
  const { folder, virtualization, volume } = flavour;
  const word = debianWord(architecture);
  const path = `images/${folder}ubuntu-${codename}-${version}-${word}-server-${serial}`;
  const createdAt = on(serial);
  const isPrivate = serial === takenBack;
  const which = serials.at(-1) === serial ? [serial, 'current'] : [serial];
  // Two years to the day, Canonical's own date.
  const deprecatedAt = `${Number(serial.slice(0, 4)) + 2}${createdAt.slice(4)}`;
  return {
    publisher: publishers.canonical,
    name: `ubuntu/${path}`,
    description:
      serial < '2024'
        ? `Canonical, Ubuntu, ${version} LTS, ${word} ${codename} image build on ${createdAt.slice(0, 10)}`
        : `Canonical, Ubuntu, ${version}, ${word} ${codename} image`,
    createdAt,
    deprecatedAt,
    architecture,
    virtualization,
    rootDeviceName: '/dev/sda1',
    ...(volume === undefined ? { manifest: `${path}.manifest.xml` } : { volume: { type: volume, size: 8 } }),
    ephemeral: volume === undefined ? [] : ['/dev/sdb', '/dev/sdc'],
    ...(bootMode && { bootMode: architecture === 'arm64' ? 'uefi' : bootMode }),
    ...(imdsSupport && { imdsSupport }),
    enaSupport: virtualization === 'hvm' && volume !== undefined && version !== '12.04',
    sriovNetSupport: virtualization === 'hvm',
    parameters:
      flavour.inParameters && !isPrivate
        ? which.map(
            (one) =>
              `/aws/service/canonical/ubuntu/server/${version}/stable/${one}/${word}/hvm/ebs-${volume}/ami-id`,
          )
        : [],
    ...(isPrivate ? { isPrivate } : {}),
    ubuntu: { version, codename },
  };
};

const ubuntu = ubuntuReleases.flatMap((release) =>
  release.flavours.flatMap((flavour) =>
    release.architectures.flatMap((architecture) =>
      [...(release.takenBack ? [release.takenBack] : []), ...release.serials].map((serial) =>
        ubuntuImage(release, flavour, architecture, serial),
      ),
    ),
  ),
);

/* Amazon Linux */

/**
 * AWS deprecates each Amazon Linux AMI after 90 days, long after newer ones have appeared. None is added here, so the newest
 * ones are deprecated only by AWS's general limit.
 */
const replaced = (createdAt: string, isNewest: boolean): string =>
  later(createdAt, isNewest ? twoYears : 90 * day);

const amazonParameters = '/aws/service/ami-amazon-linux-latest';

/** Oldest first. The day in a version is the release's, some days after the AMIs were created. */
const al2023Versions = ['2023.12.20260817.0', '2023.12.20260918.0'];
const al2023Kernels = ['6.1', '6.12', '6.18'];

const al2023 = al2023Versions.flatMap((version) =>
  [false, true].flatMap((isMinimal) =>
    al2023Kernels.flatMap((kernel) =>
      both.map((architecture): PublicImage => {
        const minimal = isMinimal ? 'minimal-' : '';
        const isNewest = version === al2023Versions.at(-1);
        // The minimal images come three minutes later, so the newest match of "al2023-ami-*" is a minimal one.
        const createdAt = on(version.split('.')[2] ?? '', isMinimal ? '00:45:47.000' : '00:42:47.000');
        const spellings = kernel === '6.1' ? ['default', kernel] : [kernel];
        return {
          ...usual,
          publisher: publishers.amazonLinux,
          name: `al2023-ami-${minimal}${version}-kernel-${kernel}-${architecture}`,
          description: `Amazon Linux 2023 AMI ${version} ${architecture}${isMinimal ? ' Minimal' : ''} HVM kernel-${kernel}`,
          createdAt,
          deprecatedAt: replaced(createdAt, isNewest),
          architecture,
          rootDeviceName: '/dev/xvda',
          volume: { type: 'gp3', size: isMinimal ? 2 : 8 },
          bootMode: uefiPreferred(architecture),
          imdsSupport: 'v2.0',
          parameters: isNewest
            ? spellings.map(
                (spelling) => `${amazonParameters}/al2023-ami-${minimal}kernel-${spelling}-${architecture}`,
              )
            : [],
        };
      }),
    ),
  ),
);

const al2Versions = ['2.0.20260817.0', '2.0.20260825.0'];

/** The part before `hvm` in the name, the volume at its end, and the available architectures. */
const al2Flavours: readonly {
  kind: string;
  volume: RootVolume;
  word: string;
  of: readonly Architecture[];
}[] = [
  { kind: '', volume: { type: 'gp2', size: 8 }, word: 'gp2', of: both },
  { kind: '', volume: { type: 'standard', size: 8 }, word: 'ebs', of: ['x86_64'] },
  { kind: 'kernel-5.10-', volume: { type: 'gp2', size: 8 }, word: 'gp2', of: both },
  { kind: 'minimal-', volume: { type: 'standard', size: 2 }, word: 'ebs', of: both },
];

const al2 = al2Versions.flatMap((version) =>
  al2Flavours.flatMap(({ kind, volume, word, of }) =>
    of.map((architecture): PublicImage => {
      const isNewest = version === al2Versions.at(-1);
      const createdAt = on(version.split('.')[2] ?? '', '18:41:41.000');
      return {
        ...usual,
        publisher: publishers.amazonLinux,
        name: `amzn2-ami-${kind}hvm-${version}-${architecture}-${word}`,
        description: `Amazon Linux 2 ${kind === 'kernel-5.10-' ? 'Kernel 5.10 ' : ''}AMI ${version} ${architecture} ${kind === 'minimal-' ? 'Minimal ' : ''}HVM ${word}`,
        createdAt,
        deprecatedAt: replaced(createdAt, isNewest),
        architecture,
        rootDeviceName: '/dev/xvda',
        volume,
        parameters: isNewest ? [`${amazonParameters}/amzn2-ami-${kind}hvm-${architecture}-${word}`] : [],
      };
    }),
  ),
);

/* Debian */

const debianReleases: readonly {
  version: string;
  codename: string;
  builds: readonly string[];
  volume: 'gp2' | 'gp3';
  isUefi: boolean;
  imdsSupport?: 'v2.0';
}[] = [
  {
    version: '11',
    codename: 'bullseye',
    builds: ['20260712-2537', '20260821-2577'],
    volume: 'gp2',
    isUefi: false,
  },
  {
    version: '12',
    codename: 'bookworm',
    builds: ['20260821-2577', '20260923-2610'],
    volume: 'gp3',
    isUefi: true,
  },
  {
    version: '13',
    codename: 'trixie',
    builds: ['20260712-2537', '20260914-2601'],
    volume: 'gp3',
    isUefi: true,
    imdsSupport: 'v2.0',
  },
];

const debian = debianReleases.flatMap(({ version, codename, builds, volume, isUefi, imdsSupport }) =>
  builds.flatMap((build) =>
    both.map((architecture): PublicImage => {
      const word = debianWord(architecture);
      const createdAt = on(build);
      const which = build === builds.at(-1) ? [build, 'latest'] : [build];
      return {
        ...usual,
        publisher: publishers.debian,
        name: `debian-${version}-${word}-${build}`,
        description: `Debian ${version} (${build})`,
        createdAt,
        deprecatedAt: later(createdAt, twoYears),
        architecture,
        rootDeviceName: '/dev/xvda',
        volume: { type: volume, size: 8 },
        ...(isUefi || architecture === 'arm64' ? { bootMode: uefiPreferred(architecture) } : {}),
        ...(imdsSupport && { imdsSupport }),
        parameters: [version, codename].flatMap((release) =>
          which.map((one) => `/aws/service/debian/release/${release}/${one}/${word}`),
        ),
      };
    }),
  ),
);

/* Flatcar */

const flatcar = [
  { version: '4593.2.4', date: '20260714' },
  { version: '4593.2.5', date: '20260825' },
].flatMap(({ version, date }) =>
  both.map(
    (architecture): PublicImage => ({
      ...usual,
      publisher: publishers.flatcar,
      name: `Flatcar-stable-${version}${architecture === 'arm64' ? '-arm64' : ''}-hvm`,
      description: `Flatcar Container Linux stable ${version} (HVM)`,
      createdAt: on(date),
      deprecatedAt: later(on(date), twoYears),
      architecture,
      rootDeviceName: '/dev/xvda',
      volume: { type: 'gp2', size: 8 },
      ephemeral: ['/dev/xvdb'],
      ...(architecture === 'arm64' ? { bootMode: 'uefi' as const } : {}),
      parameters: [],
    }),
  ),
);

/* Enterprise Linux */

/** The name of arm64 in Rocky Linux and AlmaLinux. */
const redHatWord = (architecture: Architecture) => (architecture === 'arm64' ? 'aarch64' : 'x86_64');

const enterprise = (
  publisher: Publisher,
  date: string,
  architecture: Architecture,
  more: Pick<PublicImage, 'name' | 'description'> & Partial<PublicImage>,
): PublicImage => ({
  ...usual,
  publisher,
  createdAt: on(date),
  deprecatedAt: later(on(date), twoYears),
  architecture,
  rootDeviceName: '/dev/sda1',
  volume: { type: 'gp3', size: 10 },
  bootMode: uefiPreferred(architecture),
  parameters: [],
  ...more,
});

const rocky = ['9.7-20251123.2', '9.8-20260525.0', '10.1-20251116.0', '10.2-20260525.0'].flatMap((version) =>
  ['Base', 'LVM'].flatMap((kind) =>
    both.map((architecture) => {
      const [release = '', build = ''] = version.split('-');
      const name = `Rocky-${Number.parseInt(release, 10)}-EC2-${kind}-${version}.${redHatWord(architecture)}`;
      return enterprise(publishers.rocky, build, architecture, { name, description: name });
    }),
  ),
);

const alma = ['9.7.20251118', '9.8.20260526', '10.1.20260508.0', '10.2.20260817.0'].flatMap((version) =>
  both.map((architecture) => {
    const [major, minor, date = ''] = version.split('.');
    return enterprise(publishers.alma, date, architecture, {
      name: `AlmaLinux OS ${version} ${redHatWord(architecture)}`,
      description: `Official AlmaLinux OS ${major}.${minor} ${redHatWord(architecture)} image`,
    });
  }),
);

const rhel = ['9.8.0', '10.2.0'].flatMap((version) =>
  ['20260728', '20260908'].flatMap((date) =>
    both.map((architecture) =>
      enterprise(publishers.redHat, date, architecture, {
        name: `RHEL-${version}_HVM-${date}-${architecture}-0-Hourly2-GP3`,
        description: 'Provided by Red Hat, Inc.',
        platformDetails: 'Red Hat Enterprise Linux',
        usageOperation: 'RunInstances:0010',
      }),
    ),
  ),
);

/* Windows */

const windowsVersions = ['2026.08.12', '2026.09.17'];

const windows = windowsVersions.flatMap((version) =>
  ['2022', '2025'].flatMap((server) =>
    ['Full', 'Core'].map((kind): PublicImage => {
      const line = `Windows_Server-${server}-English-${kind}-Base`;
      const said = kind === 'Full' ? 'Full Locale English' : 'Core Locale English';
      return {
        ...usual,
        publisher: publishers.windows,
        name: `${line}-${version}`,
        description: `Microsoft Windows Server ${server} ${said} AMI provided by Amazon`,
        createdAt: on(version),
        deprecatedAt: later(on(version), twoYears),
        architecture: 'x86_64',
        rootDeviceName: '/dev/sda1',
        volume: { type: server === '2025' ? 'gp3' : 'gp2', size: 30 },
        ephemeral: [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => `xvdc${letter}`),
        ...(server === '2025' ? { bootMode: 'uefi' as const } : {}),
        platform: 'windows',
        platformDetails: 'Windows',
        usageOperation: 'RunInstances:0002',
        parameters: version === windowsVersions.at(-1) ? [`/aws/service/ami-windows-latest/${line}`] : [],
      };
    }),
  ),
);

/** All images, grouped by publisher. */
export const publicImages: readonly PublicImage[] = [
  ...ubuntu,
  ...al2023,
  ...al2,
  ...debian,
  ...flatcar,
  ...rocky,
  ...alma,
  ...rhel,
  ...windows,
];
