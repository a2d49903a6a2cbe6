import { type ExitStatus, exitStatus } from './exit-status.ts';

interface Refusal {
  exit: ExitStatus;
  /** When it is used, in one line; docs/commands.md has the same text. */
  means: string;
}

const { failed, usage, refused, interrupted } = exitStatus;

/**
 * Why a command may end without having done its work. A code is a stable word: codes may be added, but are never renamed or
 * reused.
 */
export const refusals = {
  'usage-error': { exit: usage, means: 'the command line is wrong: a command, an option or its value' },
  'publication-not-found': { exit: usage, means: 'there is no such publication, or its file cannot be read' },
  'config-invalid': { exit: usage, means: 'the config of the publication is wrong' },
  'config-rejected-by-packer': {
    exit: usage,
    means: '`packer validate` rejects the options or provisioners of the config',
  },
  'local-settings-invalid': {
    exit: usage,
    means: '`configs/local.json` or a variable `GOPACKGO_…` is wrong',
  },
  'no-target-selected': { exit: usage, means: '`--only` or `--except` matches no target, or leaves none' },
  'no-known-release': {
    exit: usage,
    means: 'the version has `{timestamp}`, no version was named, and this machine knows none',
  },
  'region-not-found': { exit: usage, means: 'AWS has no region of that name' },
  'plan-file-invalid': {
    exit: usage,
    means: 'the file of `--plan` is not a plan, or is for another publication',
  },
  'file-unreadable': { exit: usage, means: 'a file that an option or the config names cannot be read' },
  'file-unwritable': { exit: usage, means: 'the file or folder of an option cannot be written' },
  'file-exists': {
    exit: usage,
    means: 'the file of `--save` exists already, and `--overwrite` was not given',
  },
  'sandbox-file-invalid': {
    exit: usage,
    means: 'the file of `--faults`, `--settings` or `--sandbox-account` is wrong',
  },
  'sandbox-not-found': { exit: usage, means: 'no sandbox answers at the address of `--sandbox-url`' },
  'no-credentials': { exit: refused, means: 'there are no AWS credentials, or none of that profile' },
  'credentials-expired': { exit: refused, means: 'the AWS credentials have expired' },
  'credentials-rejected': { exit: refused, means: 'AWS does not accept the credentials' },
  'role-rejected': { exit: refused, means: 'AWS does not allow the credentials to assume the role' },
  'wrong-account': {
    exit: refused,
    means: 'the credentials, the local settings or an earlier run belong to another account or sandbox',
  },
  'account-unknown': {
    exit: refused,
    means: 'AWS could not be asked which account the credentials belong to',
  },
  'regions-unknown': { exit: refused, means: 'AWS could not be asked which regions there are' },
  'region-not-enabled': { exit: refused, means: 'the account has not opted in to a required region' },
  'base-image-not-found': {
    exit: refused,
    means: 'a base image was not found, does not fit, or could not be looked up',
  },
  'packer-not-found': { exit: refused, means: 'there is no usable Packer' },
  'packer-plugin-not-found': { exit: refused, means: 'Packer has no usable amazon plugin' },
  'packer-plugin-broken': { exit: refused, means: 'the amazon plugin does not load, or cannot be listed' },
  'packer-too-old': {
    exit: refused,
    means: 'the config uses an option that this Packer or plugin does not know',
  },
  'shell-local-not-allowed': {
    exit: refused,
    means: 'a rehearsal would run a `shell-local` provisioner on this machine: `--run-local`',
  },
  'winrm-not-in-sandbox': {
    exit: refused,
    means: 'a rehearsal would reach a builder by WinRM, which the sandbox does not have',
  },
  'ids-file-invalid': {
    exit: refused,
    means: 'a file that AMIs are recorded in does not match its format, or cannot be read',
  },
  'recorded-ids-unknown': {
    exit: refused,
    means: 'a config in `configs/` cannot be read, so it is not known which AMIs are recorded',
  },
  'parameter-taken': {
    exit: refused,
    means: 'an SSM parameter for an AMI is not ours, or holds what this publication did not write',
  },
  'release-not-ready': {
    exit: refused,
    means: 'a release to promote is not complete, not verified, or not shared as the config says',
  },
  'release-not-found': {
    exit: refused,
    means: 'AWS has no AMI of that release in the regions of the config',
  },
  'release-promoted': {
    exit: refused,
    means: 'a release to withdraw is the one that records follow: `--promote OTHER`',
  },
  'release-yanked': {
    exit: refused,
    means: 'the release was withdrawn: an AMI of it has the tag `gopackgo:yanked`',
  },
  'release-retired': {
    exit: refused,
    means:
      'cleanup retired the release: an AMI of it has the tag `gopackgo:retired`; `cleanup --restore` undoes it',
  },
  'release-locked': { exit: refused, means: 'another process is publishing or deleting this release' },
  'folder-unwritable': { exit: refused, means: 'a folder in `.gopackgo/` cannot be written' },
  'working-folder-gone': { exit: refused, means: 'the working folder was deleted' },
  'earlier-plan-unreadable': {
    exit: refused,
    means: 'the plan of an earlier run of this release cannot be read',
  },
  'lookup-failed': { exit: failed, means: 'AWS could not be asked what exists of a required target' },
  conflict: { exit: refused, means: 'what exists in AWS is not what the config asks for' },
  'not-replaceable': {
    exit: refused,
    means: '`--replace` would delete an AMI that others may use, or that is recorded',
  },
  'image-block-public-access': { exit: refused, means: 'block public access for AMIs is on' },
  'snapshot-block-public-access': { exit: refused, means: 'block public access for snapshots is on' },
  'public-ami-quota': { exit: refused, means: 'the quota of public AMIs has no room' },
  'ebs-encryption-by-default': {
    exit: refused,
    means: 'EBS encryption by default would encrypt AMIs that are shared',
  },
  'encrypted-snapshots': { exit: refused, means: 'an AMI to be made public has encrypted snapshots' },
  'base-image-encrypted': { exit: refused, means: 'an AMI to be made public has an encrypted base image' },
  'base-image-watermarked': {
    exit: refused,
    means: 'an AMI to be made public would inherit a watermark of its base image',
  },
  'instance-type-unusable': {
    exit: refused,
    means: 'an instance type is not offered there, or does not start the base image',
  },
  'volume-too-small': {
    exit: refused,
    means: 'a mapping asks for a smaller volume than that of the base image',
  },
  'vcpu-quota': { exit: refused, means: 'the quota of vCPUs has no room for a builder' },
  'network-unusable': {
    exit: refused,
    means: 'a VPC, subnet or security group does not exist, or builders in it could not be reached',
  },
  'instance-profile-not-found': { exit: refused, means: 'an instance profile does not exist' },
  'kms-key-unusable': { exit: refused, means: 'a KMS key cannot encrypt volumes there' },
  'kms-key-not-shared': {
    exit: refused,
    means: 'the accounts that AMIs are shared with may not use their KMS key',
  },
  'ami-name-taken': { exit: refused, means: "an AMI name is taken, by Packer's own check" },
  'permission-missing': { exit: refused, means: 'the credentials lack a permission that the run needs' },
  'launch-refused': { exit: refused, means: 'EC2 would refuse to launch a builder' },
  'clock-skew': { exit: refused, means: 'the clock of this machine is minutes from that of AWS' },
  'signing-pair-invalid': {
    exit: refused,
    means: 'the certificate for instance-store bundles, or its key, cannot be used',
  },
  'bucket-unusable': { exit: refused, means: 'a bucket for instance-store bundles cannot be used' },
  'git-unavailable': {
    exit: refused,
    means: 'the config has `git`, but there is no git repository, or no commit',
  },
  'git-not-clean': { exit: refused, means: 'there are uncommitted changes (`git.clean`)' },
  'git-not-pushed': {
    exit: refused,
    means: 'the remote does not have the commit, or could not be asked (`git.pushed`, `--push`)',
  },
  'git-tag-taken': { exit: refused, means: "the release's git tag is at another commit" },
  'plan-changed': { exit: refused, means: 'the config or AWS has changed since the plan was reviewed' },
  'confirmation-required': { exit: refused, means: 'there is no terminal to ask on, and no `--yes`' },
  'not-confirmed': { exit: refused, means: 'the answer to the question was not yes' },
  'sandbox-failed': { exit: refused, means: 'the sandbox cannot be started or reached' },
  interrupted: { exit: interrupted, means: 'Ctrl-C or SIGTERM before anything was started' },
  'system-error': { exit: failed, means: 'the operating system refused an operation' },
  'unexpected-error': { exit: failed, means: 'a bug in gopackgo: please report it' },
} as const satisfies Record<string, Refusal>;

export type RefusalCode = keyof typeof refusals;

export type RefusalExit = (typeof refusals)[RefusalCode]['exit'];
