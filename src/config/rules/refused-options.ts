import { buildersOf, optionPlace } from './builders.ts';
import type { Rule } from './rule.ts';

const sharing = 'Use "share": nothing is shared before everything is verified.';
const credentials = 'Remove it: credentials come from AWS_PROFILE or the environment.';
const password = 'Remove it: the builder is logged in to with a temporary key pair.';
const anonymousAmi =
  'Remove it: Packer makes an intermediate AMI with a random name, which a killed Packer leaves behind.';
const elsewhere = 'Remove it: the AMIs would be made where gopackgo does not look.';
const encrypting = `${anonymousAmi} "encryption" encrypts without one, and copies too.`;
const certificate = 'Set it in configs/local.json or the environment ("certificate", "privateKey").';
const newVersion = 'Remove it: an AMI is never replaced; publish a new "version".';

/**
 * Options of Packer's amazon builders that gopackgo sets itself, or that create or share resources that cannot be traced, with
 * what to do instead. What each does in Packer was measured with 1.6.6, and read in packer-plugin-amazon 1.8.2.
 */
const refused: Readonly<Record<string, string>> = {
  encrypt_boot: encrypting,
  kms_key_id: encrypting,
  region_kms_key_ids: encrypting,
  skip_save_build_region: anonymousAmi,
  skip_create_ami: 'Remove it: a target without an AMI cannot be verified.',
  force_deregister: newVersion,
  force_delete_snapshot: newVersion,
  deregistration_protection: 'Remove it: it keeps Packer from cleaning up after a failed build.',
  ami_regions:
    'List the regions in "regions", and use "copyFrom": if one copy fails, Packer deletes the original.',
  ami_users: sharing,
  ami_groups: sharing,
  ami_org_arns: sharing,
  ami_ou_arns: sharing,
  snapshot_users: sharing,
  snapshot_groups: sharing,
  region: 'List the regions in "regions".',
  ami_name: 'Use "amiName".',
  source_ami: 'Use "base".',
  source_ami_filter: 'Use "base".',
  ami_virtualization_type: 'Use "virtualization".',
  access_key: credentials,
  secret_key: credentials,
  token: credentials,
  profile: credentials,
  shared_credentials_file: credentials,
  mfa_code: credentials,
  vault_aws_engine: credentials,
  assume_role: `${elsewhere} Set AWS_PROFILE to a profile that assumes the role.`,
  custom_endpoint_ec2: elsewhere,
  ssh_host: elsewhere,
  ssh_password: password,
  ssh_bastion_password: password,
  winrm_password: password,
  ssh_port: 'Remove it: it is a variable of the templates, 22 on AWS and another port in the sandbox.',
  account_id: 'Remove it: it is the account of the credentials.',
  s3_bucket: 'Use "bucket" in "bundle".',
  bundle_prefix: 'Remove it: every image has one of its own in the bucket.',
  x509_cert_path: certificate,
  x509_key_path: certificate,
  aws_polling: 'Use "timeouts": {"ami": "10h"}: every version of Packer then checks every 5 s for that long.',
  temporary_key_pair_name: 'Remove it: the key pair is found and removed by its name.',
  required_plugins: 'Remove it: Packer 1.6.6 refuses it; set-up installs the plugin if it is needed.',
};

/** Keys of the config that are no options of a builder or a region, with where they belong. */
const misplaced: Readonly<Record<string, string>> = {
  images:
    'Use "regions" in an entry of "images": {"name": "pv", "regions": ["us-east-1"]} is made only there.',
  encryption:
    'Use "encryption" of the publication or of an image; a key for each region is "kmsKey": {"us-east-1": "alias/images"}.',
  copyFrom:
    'Use "copyFrom" of the publication or of an image; a region that builds anyway has "build": true.',
};

/** What to write instead of each. */
export const refusedBuilderAdvice: Readonly<Record<string, string>> = refused;

export const refusedBuilderOptions: readonly string[] = Object.keys(refused);

/** Builder options that are not the user's to set. */
export const refusedOptions: Rule = (publication) =>
  buildersOf(publication).flatMap((builder) =>
    Object.keys(builder.options)
      .filter((option) => Object.hasOwn(refused, option) || Object.hasOwn(misplaced, option))
      .map((option) => ({
        place: optionPlace(builder, option),
        expected: 'an option that publications may set',
        found: `"${option}"`,
        advice: refused[option] ?? misplaced[option] ?? '',
      })),
  );
