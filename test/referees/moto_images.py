"""Prints Canonical's images of the server that the environment names, as moto reads images."""

import json
import sys

from aws import client
from moto.ec2.utils import gen_moto_amis

images = client("ec2").describe_images(Owners=["099720109477"], IncludeDeprecated=True)["Images"]
json.dump(gen_moto_amis(images), sys.stdout)
