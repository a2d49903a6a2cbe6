"""What every image has."""

from pyinfra.operations import apt, files, systemd


def install_baseline() -> None:
    apt.packages(
        name="Install what every image has",
        packages=["ca-certificates", "curl", "unattended-upgrades"],
        update=True,
        upgrade=True,
    )
    files.line(
        name="Keep the journal small",
        path="/etc/systemd/journald.conf",
        line="SystemMaxUse=500M",
    )
    systemd.service(name="Enable security updates", service="unattended-upgrades", enabled=True)
