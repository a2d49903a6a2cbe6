#!/bin/sh
# Runs on the builder of an instance-store image, as the last provisioner: installs the AMI tools in /tmp/ec2, where
# gopackgo's commands look for them and what is bundled leaves them out, and makes an hvm image boot by itself.
# After EC2's user guide, "Set up the AMI tools" and "Create an instance store-backed AMI".
set -eu

version=1.5.7
url="https://s3.amazonaws.com/ec2-downloads/ec2-ami-tools-$version.zip"
# As Homebrew's formula ec2-ami-tools pins that file; AWS publishes none.
sha256=5a45d9f393d2e144124d23d2312b3a8918c5a3f7463b48d55f8db3d56a3fb29f
tools=/tmp/ec2

# cloud-init still installs packages for a while after SSH answers. Ubuntu 14.04's has no "status --wait".
waited=0
until [ -e /var/lib/cloud/instance/boot-finished ]; do
  [ "$waited" -lt 300 ] || { echo "cloud-init had not finished after 5 minutes" >&2; exit 1; }
  waited=$((waited + 1))
  sleep 1
done

export DEBIAN_FRONTEND=noninteractive
# A release that has ended is taken off the mirrors and kept on one server alone: 12.04 since May 2021.
if ! sudo -E apt-get update -qq; then
  sudo sed -i 's#//[a-z0-9.-]*\(archive\|security\)\.ubuntu\.com#//old-releases.ubuntu.com#' /etc/apt/sources.list
  sudo -E apt-get update -qq
fi
sudo -E apt-get install -qq -y ruby unzip curl openssl kpartx gdisk parted
# ec2-upload-bundle reads the keys of the instance's role as JSON, and says that it was given none where Ruby cannot: 12.04's is
# 1.8, and has no JSON of its own. 12.04's older builds offer no TLS 1.2 to a server either, and S3 takes nothing less: its
# last libssl does (travis-ci/packer-templates#428).
ruby -e 'require "json"' 2>/dev/null || sudo -E apt-get install -qq -y ruby-json libssl1.0.0

download=$(mktemp)
trap 'rm -f "$download"' EXIT
curl --fail --silent --show-error --location --retry 3 --max-time 300 --output "$download" "$url"
echo "$sha256  $download" | sha256sum --check --quiet
rm -rf "$tools" "$tools.unpacked"
mkdir "$tools.unpacked"
unzip -q "$download" -d "$tools.unpacked"
mv "$tools.unpacked/ec2-ami-tools-$version" "$tools"
rmdir "$tools.unpacked"

# An hvm image boots by GRUB legacy, which the AMI tools write into its boot record. Packer names the build after the target.
case "${PACKER_BUILD_NAME:-}" in
*-1204-hvm) ;;
*-hvm)
  sudo -E apt-get install -qq -y grub
  # The console that the kernel of the base image speaks to under paravirtualization is not there under hvm.
  sudo sed -i 's/console=hvc0/console=ttyS0/g' /boot/grub/menu.lst
  # The bundle has one partition: an EFI one would be waited for at boot and never come.
  sudo sed -i '/LABEL=UEFI/d' /etc/fstab
  ;;
esac
