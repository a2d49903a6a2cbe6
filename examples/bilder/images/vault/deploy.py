"""A Vault server, with a Consul agent beside it."""

import os

from components.baseline.steps import install_baseline
from components.hashicorp.steps import install_hashicorp_products
from components.vector.steps import install_vector
from pyinfra.operations import files, systemd

install_baseline()
install_hashicorp_products(
    {"consul": os.environ["CONSUL_VERSION"], "vault": os.environ["VAULT_VERSION"]}
)
files.put(
    name="Configure Vault",
    src="templates/vault.hcl",
    dest="/etc/vault.d/vault.hcl",
    user="vault",
    group="vault",
    mode="640",
)
install_vector("templates/vector.yaml")
for service in ("consul", "vault"):
    systemd.service(name=f"Enable {service}", service=service, enabled=True)
