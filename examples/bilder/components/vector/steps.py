"""Vector, which sends logs."""

import os

from pyinfra.operations import apt, files, systemd


def install_vector(config: str) -> None:
    version = os.environ["VECTOR_VERSION"]
    apt.deb(
        name="Install Vector",
        src=f"https://packages.timber.io/vector/{version}/vector_{version}-1_amd64.deb",
    )
    files.put(name="Configure Vector", src=config, dest="/etc/vector/vector.yaml", mode="644")
    systemd.service(name="Enable Vector", service="vector", enabled=True)
