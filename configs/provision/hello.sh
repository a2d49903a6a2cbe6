#!/bin/sh
# Runs on the builder, before the AMI is made. The publication passes RELEASE and IMAGE.
set -eu

: "${RELEASE:?is not set: name it in environment_vars}"
: "${IMAGE:?is not set: name it in environment_vars}"

# cloud-init still installs packages and writes files for a while after SSH answers.
# Exit status 2 means that it finished with warnings.
cloud-init status --wait >/dev/null || [ $? -eq 2 ]

sudo tee /etc/gopackgo-release >/dev/null <<END
RELEASE="$RELEASE"
IMAGE="$IMAGE"
END
sudo chmod 0644 /etc/gopackgo-release

# Each instance makes an identity of its own at its first start, unless the AMI carries the builder's.
sudo truncate --size 0 /etc/machine-id
