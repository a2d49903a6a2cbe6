#!/bin/bash
# Installs World Builder on Amazon Linux 2023, as root. Runs once, when the AMI is built; what it needs was uploaded beside it.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
home=/opt/world-builder

# cloud-init still installs packages for a while after SSH answers. It says 2 where it finished with something to warn of.
timeout 300 cloud-init status --wait >/dev/null || [[ $? == 2 ]]

dnf upgrade --assumeyes --quiet --releasever=latest
dnf install --assumeyes --quiet python3.11 python3.11-pip amazon-cloudwatch-agent logrotate

id world-builder >/dev/null 2>&1 || useradd --system --home-dir "$home" --shell /sbin/nologin world-builder
install --directory --owner=world-builder --group=world-builder "$home" /var/log/world-builder
cp -R "$here/app/data-worldgen" "$home/"
python3.11 -m venv "$home/venv"
"$home/venv/bin/pip" install --quiet --requirement "$home/data-worldgen/requirements.txt"
chown -R world-builder:world-builder "$home"

install --mode=0644 "$here/files/world-builder.service" /etc/systemd/system/world-builder.service
install --mode=0644 "$here/files/world-builder.logrotate" /etc/logrotate.d/world-builder
install --mode=0644 "$here/files/amazon-cloudwatch-agent.json" \
  /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json

systemctl daemon-reload
systemctl enable world-builder.service amazon-cloudwatch-agent.service
dnf clean all --quiet
