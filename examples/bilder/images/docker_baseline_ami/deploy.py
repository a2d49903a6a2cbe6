"""Docker, for the images that run containers."""

from components.baseline.steps import install_baseline
from pyinfra.operations import apt, systemd

install_baseline()
apt.packages(name="Install Docker", packages=["docker.io", "docker-compose"])
systemd.service(name="Enable Docker", service="docker", enabled=True)
