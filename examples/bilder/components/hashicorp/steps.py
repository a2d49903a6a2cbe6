"""Consul and Vault from HashiCorp's repository."""

from pyinfra.operations import apt, files

KEY = "/etc/apt/keyrings/hashicorp.asc"


def install_hashicorp_products(versions: dict[str, str]) -> None:
    files.download(
        name="Fetch the key of HashiCorp's repository",
        src="https://apt.releases.hashicorp.com/gpg",
        dest=KEY,
        mode="644",
    )
    apt.repo(
        name="Add HashiCorp's repository",
        src=f"deb [signed-by={KEY}] https://apt.releases.hashicorp.com bookworm main",
        filename="hashicorp",
    )
    apt.packages(
        name="Install " + ", ".join(versions),
        packages=[f"{product}={version}-1" for product, version in versions.items()],
        update=True,
    )
