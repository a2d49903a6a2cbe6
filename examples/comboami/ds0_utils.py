"""What is baked: gopackgo reads the version here, provision.sh the branch. The rest of ComboAMI's file is left out."""


def comboami_version():
    return "2.6.4"


def comboami_defaultbranch():
    return "2.6"
