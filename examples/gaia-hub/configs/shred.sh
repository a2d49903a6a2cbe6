#!/bin/sh
# The last that runs on the builder: what tells one instance from another, or who built it, stays out of the AMI.
set -eu

# SSH answers before Ignition's units have run. What one has left half fetched, no later boot fetches again: each looks first
# whether something is there.
for unit in install-docker-compose pull-gaia-repo; do
  waited=0
  until systemctl is-active --quiet "$unit"; do
    if systemctl is-failed --quiet "$unit" || [ "$waited" -ge 300 ]; then
      echo "$unit: expected active, found $(systemctl is-active "$unit"). See its journal: --debug keeps the builder." >&2
      exit 1
    fi
    waited=$((waited + 1))
    sleep 1
  done
done

# A public AMI must let nobody in with the key of its build.
for file in /home/core/.*history /root/.*history /home/core/.ssh/authorized_keys /home/core/.ssh/authorized_keys.d/* \
  /etc/ssh/ssh_host_*_key; do
  if [ -f "$file" ]; then shred --remove "$file"; fi
done
rm -f /etc/ssh/ssh_host_*_key.pub /etc/machine-id
# An instance's own user data counts: Ignition runs at a first boot alone, and GRUB takes it for one by this file.
touch /boot/flatcar/first_boot
sync
