#!/bin/bash
# Sets up a node of Bento: NODE is manager, prover or unified. What it needs was uploaded to /tmp/bento.
set -euo pipefail
: "${NODE:?}" "${BENTO_VERSION:?}" "${BROKER_VERSION:?}"
here=/tmp/bento

# cloud-init still installs packages for a while after SSH answers. It says 2 where it finished with something to warn of.
timeout 300 cloud-init status --wait >/dev/null || [[ $? == 2 ]]

export DEBIAN_FRONTEND=noninteractive
sudo -E apt-get update -qq
sudo -E apt-get upgrade -qq -y
sudo -E apt-get install -qq -y ca-certificates curl jq unzip
sudo snap install amazon-ssm-agent --classic

# A nightly's version ends with the moment.
release=$(sed 's/\.20[0-9]\{12\}$//' <<<"$BENTO_VERSION")
fetch() { curl --fail --silent --show-error --location --retry 3 --max-time 600 --output "$2" "$1"; }
releases=https://github.com/boundless-xyz/boundless/releases/download
fetch "$releases/bento-$release/bento-bundle-linux-amd64.tar.gz" "$here/bundle.tar.gz"
tar -xzf "$here/bundle.tar.gz" -C "$here"
sudo install -m 0755 "$here/bento-bundle/bento-agent" /usr/local/bin/agent
sudo install -m 0755 "$here/bento-bundle/bento-rest-api" /usr/local/bin/api

id bento >/dev/null 2>&1 || sudo useradd --system --home-dir /opt/boundless --shell /usr/sbin/nologin bento
sudo install -d -o bento -g bento /opt/boundless

services=()
case $NODE in
manager) source "$here/scripts/setup-manager.sh" ;;
prover) source "$here/scripts/setup-prover.sh" ;;
unified)
  source "$here/scripts/setup-manager.sh"
  source "$here/scripts/setup-prover.sh"
  ;;
*)
  echo "NODE: expected manager, prover or unified, found $NODE" >&2
  exit 1
  ;;
esac
for service in "${services[@]}"; do
  sudo install -m 0644 "$here/service_files/$service.service" /etc/systemd/system/
  sudo systemctl enable "$service.service"
done

sudo -E apt-get autoremove -qq -y
sudo rm -rf "$here" /var/lib/apt/lists/*
# Each instance makes an identity of its own at its first start, unless the AMI carries the builder's.
sudo truncate --no-create --size 0 /etc/machine-id
sudo cloud-init clean --logs
