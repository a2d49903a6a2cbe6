import type { Bundle } from '../model/release-plan.ts';

/** Where a provisioner has to install the AMI tools on the builder, with `bin` in it. */
export const amiTools = '/tmp/ec2';

/**
 * The commands that make and upload a bundle, for Packer's `bundle_vol_command` and `bundle_upload_command`. Packer fills in
 * `{{…}}` when it runs them on the builder, so no template contains a key.
 *
 * The exclude pattern is quoted, since the tool expands it itself: a shell would pass only the first file as its value, and
 * `--no-filter` would then let Packer's copy of the private key into the image.
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

/** Only temporary credentials have a token. */
const keys = '-a {{.AccessKey}} -s {{.SecretKey}}{{if .Token}} -t {{.Token}}{{end}}';

/** The tools read EC2_AMITOOL_HOME; older ones only EC2_HOME. */
const asRoot = (words: string[]): string =>
  `sudo -n bash -c 'EC2_AMITOOL_HOME=${amiTools} EC2_HOME=${amiTools} PATH=${amiTools}/bin:$PATH ${words.join(' ')}'`;
