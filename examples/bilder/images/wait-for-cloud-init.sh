#!/bin/sh
# Debian's cloud-init still installs packages for a while after SSH answers.
set -eu
timeout 300 cloud-init status --wait >/dev/null || [ $? -eq 2 ]
