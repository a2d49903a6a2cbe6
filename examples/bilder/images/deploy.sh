#!/bin/sh
# Runs on this machine once the builder answers: PyInfra deploys the image over SSH, with Packer's temporary key.
set -eu

known_hosts=$(mktemp)
trap 'rm -f "$BUILDER_KEY" "$known_hosts"' EXIT
# A shell that a signal ends runs no EXIT trap by itself.
trap 'exit 1' HUP INT TERM

command -v pyinfra >/dev/null || {
  echo "PyInfra is not on PATH of this machine: pip install --requirement ../requirements.txt, from $PWD" >&2
  exit 1
}

# Packer starts this in the folder of the configs.
export PYTHONPATH="$PWD/.." PYTHONDONTWRITEBYTECODE=1
pyinfra -y --sudo \
  --ssh-user "$BUILDER_USER" --ssh-port "$BUILDER_PORT" --ssh-key "$BUILDER_KEY" \
  --data "ssh_known_hosts_file=$known_hosts" --data ssh_strict_host_key_checking=accept-new \
  --chdir "../images/$APP" "$BUILDER_HOST" deploy.py
