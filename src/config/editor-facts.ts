/*
 * What editors offer besides the schema's shape: names with their meanings, each in a line of our own. Options according to
 * Packer's documentation of the amazon builders, communicators and provisioners; regions according to AWS's "Available Regions".
 */

/** Regions of the `aws` partition. */
export const regionNames = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
] as const;

type Described = Readonly<Record<string, string>>;

const ofInstances: Described = {
  instance_type: 'The builder\'s instance type, such as "m5.large".',
  spot_instance_types: 'Instance types for a Spot Instance, of which AWS chooses one; needs "spot_price".',
  spot_price: 'The most to pay for a Spot instance by the hour, or "auto".',
  spot_allocation_strategy: 'How EC2 chooses among the Spot capacity.',
  spot_tags: 'Tags of the Spot request.',
  fleet_tags: 'Tags of the fleet that starts the instance.',
  availability_zone: 'The zone of the builder.',
  vpc_id: 'The VPC of the temporary security group.',
  vpc_filter: 'Finds the VPC by filters of DescribeVpcs.',
  subnet_id: "The builder's subnet; required without a default VPC.",
  subnet_filter: 'Finds the subnet by filters of DescribeSubnets.',
  security_group_id: 'Your own security group, instead of a temporary one.',
  security_group_ids: 'Your own security groups, instead of a temporary one.',
  security_group_filter: 'Finds security groups by filters of DescribeSecurityGroups.',
  temporary_security_group_source_cidrs: 'Who may log in to the builder; 0.0.0.0/0 by default.',
  temporary_security_group_source_public_ip:
    'Whether only the public address of this machine may log in to the builder.',
  associate_public_ip_address: 'Whether the builder gets a public address.',
  iam_instance_profile: 'The instance profile of the builder.',
  temporary_iam_instance_profile_policy_document:
    'A policy for an instance profile that lives as long as the builder.',
  user_data: "The builder's user data, as text.",
  user_data_file: "A file with the builder's user data.",
  ebs_optimized: 'Whether the builder is optimized for EBS.',
  enable_t2_unlimited: 'Whether a T2 instance may use more CPU than it has credits for.',
  enable_unlimited_credits: 'Whether a T instance may use more CPU than it has credits for.',
  enable_nitro_enclave: 'Whether enclaves are enabled on the builder.',
  capacity_reservation_id: 'A capacity reservation for the builder.',
  capacity_reservation_preference: '"open" or "none".',
  capacity_reservation_group_arn: 'A group of capacity reservations for the builder.',
  tenancy: '"default", "dedicated" or "host".',
  placement: 'Host and tenancy of the builder.',
  license_specifications: 'License configurations of the builder.',
  metadata_options: "The builder's instance metadata service: http_tokens, http_endpoint, …",
  run_tags: 'Tags of the builder.',
  shutdown_behavior: '"stop" or "terminate".',
  disable_stop_instance: 'Whether a provisioner stops the instance, and Packer does not.',
  windows_password_timeout: 'How long to wait for the password of Windows.',
  max_retries: 'How often an AWS call is tried.',
};

const ofAmis: Described = {
  ami_description: "The AMI's description.",
  ami_product_codes: 'Product codes of the AMI.',
  ami_block_device_mappings: "The AMI's volumes, for instances that are started from it.",
  tags: 'Tags of the AMI and its snapshots.',
  ena_support: 'Whether the AMI is for enhanced networking with ENA.',
  sriov_support: 'Whether the AMI is for enhanced networking with the Intel 82599 function.',
  tpm_support: '"v2.0": a virtual TPM.',
  imds_support: '"v2.0": instances of the AMI need tokens for their metadata.',
  deprecate_at: 'When the AMI becomes deprecated: "2027-01-31T00:00:00Z".',
};

const ofVolumes: Described = {
  launch_block_device_mappings:
    "The builder's volumes, which become the AMI's: device_name, volume_size, volume_type, encrypted, …",
  run_volume_tags: "Tags of the builder's volumes.",
  snapshot_tags: 'Tags of only the snapshots.',
  no_ephemeral: 'Whether the AMI has no mappings of instance-store volumes.',
  fast_launch: 'Faster launch of Windows images.',
};

const ofBundles: Described = {
  bundle_destination: 'The folder of the bundle on the builder.',
  bundle_vol_command: 'The command that creates the bundle.',
  bundle_upload_command: 'The command that uploads the bundle.',
  x509_upload_path: 'Where certificate and key are on the builder.',
};

const ofCommunicators: Described = {
  communicator: '"ssh", by default, "winrm" or "none".',
  ssh_username: 'The user to log in to the base image as: "ubuntu", "ec2-user", "admin".',
  ssh_timeout: 'How long to wait for SSH: "10m".',
  ssh_interface: '"public_ip", "private_ip", "public_dns", "private_dns" or "session_manager".',
  ssh_private_key_file: 'Your own private key, instead of a temporary one.',
  ssh_keypair_name: 'The name of your key pair in EC2.',
  ssh_bastion_host: 'A bastion host to log in through.',
  ssh_bastion_username: 'The user on the bastion host.',
  ssh_bastion_private_key_file: 'The private key for the bastion host.',
  ssh_handshake_attempts: 'How often SSH is tried.',
  ssh_pty: 'Whether commands get a terminal.',
  ssh_clear_authorized_keys: "Whether the temporary key is removed from the image's authorized_keys.",
  temporary_key_pair_type: '"rsa" or "ed25519".',
  temporary_key_pair_bits: 'How long the temporary key is.',
  pause_before_connecting: 'How long to wait before the first login.',
  winrm_username: 'The user to log in as with WinRM: "Administrator".',
  winrm_use_ssl: 'Whether WinRM is used over TLS.',
  winrm_insecure: "Whether any certificate of WinRM's is accepted.",
  winrm_timeout: 'How long to wait for WinRM: "30m".',
};

/** Options of either amazon builder that a publication may set. */
export const builderOptionFacts: Described = {
  ...ofInstances,
  ...ofAmis,
  ...ofVolumes,
  ...ofBundles,
  ...ofCommunicators,
};

const shells: Described = {
  inline: 'Commands, in order.',
  script: "A script's file.",
  scripts: "Scripts' files, in order.",
  environment_vars: 'Variables for the script: "NAME=value".',
  execute_command: 'How the script is run.',
  valid_exit_codes: 'Exit statuses that do not count as failures.',
};

const files: Described = {
  source: 'The file or folder here; what is in a folder, with "/" at its end.',
  sources: 'Files here.',
  destination: 'The path on the builder.',
  direction: '"upload", by default, or "download".',
  generated: 'Whether an earlier provisioner creates the file.',
};

const ansible: Described = {
  playbook_file: "The playbook's file.",
  extra_arguments: 'Further arguments of ansible-playbook.',
  groups: 'Groups of the inventory that the builder is in.',
  galaxy_file: 'Requirements that are installed first.',
};

/** Options of every provisioner. */
export const everyProvisioner: Described = {
  pause_before: 'How long to wait before it: "30s".',
  max_retries: 'How often it is run again where it fails.',
  timeout: 'How long it may take: "10m".',
};

/** Provisioners of Packer and its best-known plugins, with their options. */
export const provisionerFacts: Readonly<Record<string, Described>> = {
  shell: {
    ...shells,
    expect_disconnect: 'Whether the script may end the connection, by a restart for example.',
    inline_shebang: 'The interpreter of "inline"; "/bin/sh -e" by default.',
    remote_folder: 'The folder of the script on the builder.',
    skip_clean: 'Whether the script stays on the builder.',
    use_env_var_file: 'Whether variables are passed in a file.',
  },
  file: files,
  'shell-local': { ...shells, command: 'A command that runs on this machine.' },
  ansible: {
    ...ansible,
    user: 'The user that Ansible connects as.',
    ansible_env_vars: 'Variables for Ansible: "NAME=value".',
    roles_path: 'Where roles are installed.',
    use_proxy: "Whether Ansible connects through Packer's proxy.",
  },
  'ansible-local': {
    ...ansible,
    playbook_dir: 'The folder of the playbook and what it needs.',
    role_paths: 'Folders of roles.',
    group_vars: 'The folder of variables of groups.',
    host_vars: 'The folder of variables of hosts.',
    command: 'The command of Ansible on the builder.',
  },
  powershell: {
    ...shells,
    elevated_user: 'The user of a task with all rights.',
    execution_policy: "PowerShell's execution policy.",
  },
  'windows-shell': shells,
  'windows-restart': {
    restart_command: 'The command that restarts.',
    restart_check_command: 'The command that checks that it has restarted.',
    restart_timeout: 'How long to wait: "5m".',
  },
  breakpoint: { note: 'The message at the pause of --debug.' },
};
