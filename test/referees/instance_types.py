"""Prints what DescribeInstanceTypes answers for every type, as the moto project has collected it from AWS."""

import gzip
import json
import sys
from pathlib import Path

import moto.ec2

collected = Path(moto.ec2.__file__).parent / "resources" / "instance_types.json.gz"
with gzip.open(collected) as file:
    json.dump(json.load(file), sys.stdout)
