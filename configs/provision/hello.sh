#!/bin/sh
# Runs on the builder, before the AMI is made. The publication passes RELEASE and IMAGE.
set -eu

: "${RELEASE:?is not set: name it in environment_vars}"
: "${IMAGE:?is not set: name it in environment_vars}"

# cloud-init still installs packages and writes files for a while after SSH answers. This file is its last; releases
# before 18.04 have no "cloud-init status" to ask.
waited=0
until [ -e /var/lib/cloud/instance/boot-finished ]; do
  [ "$waited" -lt 300 ] || { echo "cloud-init has not finished after 5 minutes" >&2; exit 1; }
  waited=$((waited + 1))
  sleep 1
done

sudo tee /etc/gopackgo-release >/dev/null <<END
RELEASE="$RELEASE"
IMAGE="$IMAGE"
END
sudo chmod 0644 /etc/gopackgo-release

# Each instance makes an identity of its own at its first start, unless the AMI carries the builder's.
sudo truncate --no-create --size 0 /etc/machine-id
