"""A web or a worker node of Concourse."""

import os

from components.baseline.steps import install_baseline
from components.vector.steps import install_vector
from pyinfra.operations import files, server, systemd

node_type = os.environ["NODE_TYPE"]
version = os.environ["CONCOURSE_VERSION"]
archive = f"/tmp/concourse-{version}-linux-amd64.tgz"
release = f"https://github.com/concourse/concourse/releases/download/v{version}"

install_baseline()
server.user(name="Create the user", user="concourse", system=True, shell="/usr/sbin/nologin")
files.download(
    name="Fetch Concourse",
    src=f"{release}/concourse-{version}-linux-amd64.tgz",
    dest=archive,
)
server.shell(name="Unpack Concourse", commands=[f"tar -xzf {archive} -C /usr/local && rm {archive}"])
files.template(
    name="Configure the service",
    src="templates/concourse.service.j2",
    dest="/etc/systemd/system/concourse.service",
    mode="644",
    node_type=node_type,
)
install_vector("templates/vector.yaml")
systemd.service(name="Enable Concourse", service="concourse", enabled=True, daemon_reload=True)
