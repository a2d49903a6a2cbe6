"""A Consul server."""

import os

from components.baseline.steps import install_baseline
from components.hashicorp.steps import install_hashicorp_products
from components.vector.steps import install_vector
from pyinfra.operations import files, systemd

install_baseline()
install_hashicorp_products({"consul": os.environ["CONSUL_VERSION"]})
files.template(
    name="Configure Consul",
    src="templates/consul.hcl.j2",
    dest="/etc/consul.d/consul.hcl",
    user="consul",
    group="consul",
    mode="640",
    node_type=os.environ["NODE_TYPE"],
)
install_vector("templates/vector.yaml")
systemd.service(name="Enable Consul", service="consul", enabled=True)
