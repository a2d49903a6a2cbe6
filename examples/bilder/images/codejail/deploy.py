"""A sandbox for code, in a container; Docker and the rest come with docker_baseline_ami."""

from pyinfra.operations import files, server, systemd

server.shell(name="Fetch the image", commands=["docker pull mitodl/codejail:latest"])
files.put(
    name="Configure the service",
    src="templates/codejail.service",
    dest="/etc/systemd/system/codejail.service",
    mode="644",
)
systemd.service(name="Enable codejail", service="codejail", enabled=True, daemon_reload=True)
