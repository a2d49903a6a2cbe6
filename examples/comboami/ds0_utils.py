"""The one place that says what is baked: gopackgo reads the version here, provision.sh the branch."""

comboami_version = "2.6.4"
comboami_defaultbranch = "dev-2.6"
