#!/bin/sh
# Runs on the builder: ComboAMI itself, at the branch that ds0_utils.py names, started at each boot.
set -eu
: "${COMBOAMI_VERSION:?}" "${PACKER_BUILD_NAME:?}"

# cloud-init still installs packages for a while after SSH answers. Its releases up to 14.04 have no "status --wait".
waited=0
until [ -e /var/lib/cloud/instance/boot-finished ]; do
  [ "$waited" -lt 300 ] || { echo "cloud-init had not finished after 5 minutes" >&2; exit 1; }
  waited=$((waited + 1))
  sleep 1
done

export DEBIAN_FRONTEND=noninteractive
# A release that has ended is taken off the mirrors and kept on one server alone.
if ! sudo -E apt-get update -qq; then
  sudo sed -i 's#//[a-z0-9.-]*\(archive\|security\)\.ubuntu\.com#//old-releases.ubuntu.com#' /etc/apt/sources.list
  sudo -E apt-get update -qq
fi
sudo -E apt-get install -qq -y git mdadm xfsprogs python-pip

# What a function of ds0_utils.py returns.
value() { sed -n "/^def $1()/,/return/s/^ *return \"\(.*\)\"\$/\1/p" "$2"; }
version=$(value comboami_version /tmp/ds0_utils.py)
case $COMBOAMI_VERSION in
"$version" | "$version"-* | dev-*) ;;
*) echo "ds0_utils.py: expected version $COMBOAMI_VERSION, found $version. Set it there first." >&2; exit 1 ;;
esac
branch=$(value comboami_defaultbranch /tmp/ds0_utils.py)
rm -rf "$HOME/datastax_ami" && git clone --quiet --branch "$branch" https://github.com/riptano/ComboAMI.git "$HOME/datastax_ami"
# 2.6.2 was baked before it was pushed, from the code of the version before.
for name in comboami_version comboami_defaultbranch; do
  expected=$(value "$name" /tmp/ds0_utils.py)
  found=$(value "$name" "$HOME/datastax_ami/ds0_utils.py")
  [ "$found" = "$expected" ] || { echo "$name at branch $branch: expected $expected, found $found. Push it." >&2; exit 1; }
done

case $PACKER_BUILD_NAME in
*-hvm) virtualization=hvm ;;
*) virtualization=pv ;;
esac
printf 'version=%s\nvirtualization=%s\n' "$COMBOAMI_VERSION" "$virtualization" | sudo tee /etc/comboami-release >/dev/null

# ds0_updater.py brings itself up to date with git, in the folder that it is started in.
printf '#!/bin/sh\ncd /home/ubuntu/datastax_ami && python ds0_updater.py\nexit 0\n' | sudo tee /etc/rc.local >/dev/null
sudo chmod 0755 /etc/rc.local

# A public AMI must let nobody in with the key of its build.
sudo rm -f /root/.ssh/authorized_keys
rm -f /tmp/ds0_utils.py "$HOME/.ssh/authorized_keys" "$HOME/.bash_history"
