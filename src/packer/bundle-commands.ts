import type { Bundle } from '../model/release-plan.ts';

/** Where the AMI tools have to be on the builder, with `bin` in it: a provisioner puts them there. */
export const amiTools = '/tmp/ec2';

/**
 * What makes and uploads a bundle, for Packer's `bundle_vol_command` and `bundle_upload_command`. What stands in `{{…}}` Packer
 * fills in on its way to the builder, so that no template holds a key.
 *
 * The pattern of what is left out is in quotes, since the tool expands it itself: a shell would hand on only the first of the
 * files, and `--no-filter` would then let Packer's copy of the private key into the image.
 */
export function bundleCommands({ credentials, partition }: Pick<Bundle, 'credentials' | 'partition'>): {
  bundle_vol_command: string;
  bundle_upload_command: string;
} {
  const volume = [
    'ec2-bundle-vol -k {{.KeyPath}} -u {{.AccountId}} -c {{.CertPath}} -r {{.Architecture}}',
    '-e "{{.PrivatePath}}/*" -d {{.Destination}} -p {{.Prefix}}',
    ...(partition === undefined ? [] : [`--partition ${partition}`]),
    '--batch --no-filter',
  ];
  const upload = [
    'ec2-upload-bundle -b {{.BucketName}} -m {{.ManifestPath}} -d {{.BundleDirectory}} --region {{.Region}}',
    ...(credentials === 'command-line' ? [keys] : []),
    '--batch --retry',
  ];
  return { bundle_vol_command: asRoot(volume), bundle_upload_command: asRoot(upload) };
}

/** The token is part of temporary credentials, and only of them. */
const keys = '-a {{.AccessKey}} -s {{.SecretKey}}{{if .Token}} -t {{.Token}}{{end}}';

/** The tools read EC2_AMITOOL_HOME; older ones only EC2_HOME. */
const asRoot = (words: string[]): string =>
  `sudo -n bash -c 'EC2_AMITOOL_HOME=${amiTools} EC2_HOME=${amiTools} PATH=${amiTools}/bin:$PATH ${words.join(' ')}'`;
