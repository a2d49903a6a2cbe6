#!/bin/sh
# The last that runs on the builder: what tells one instance from another, or who built it, stays out of the AMI.
set -eu

# Ignition's units still fetch for a while after SSH answers; only what is finished belongs into an AMI.
waited=0
for unit in install-docker-compose pull-gaia-repo; do
  until [ "$(systemctl is-active "$unit")" != activating ] || [ "$waited" -ge 300 ]; do
    waited=$((waited + 1))
    sleep 1
  done
  if systemctl is-failed --quiet "$unit"; then
    echo "$unit has failed" >&2
    exit 1
  fi
done

for history in /home/core/.*history /root/.*history; do
  if [ -f "$history" ]; then shred --remove "$history"; fi
done
rm -f /home/core/.ssh/authorized_keys.d/* /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub /etc/machine-id
sync
