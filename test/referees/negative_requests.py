"""Wrong requests: sends each operation's valid request with one thing wrong at a time, and prints the answers as JSON.

What is wrong, and where, is drawn from botocore's models alone, which the sandbox does not share. Requests are signed
as botocore signs them, but validated by nobody before they are sent.
Usage: negative_requests.py JOBS.json, a list of {service, operation, url, base, knows, credentials}.
"""

import copy
import json
import re
import socket
import sys
from datetime import datetime, timezone

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from botocore.serialize import create_serializer
from botocore.session import Session

import negative_reading as reading

PREFIXES = {
    "Image": "ami",
    "Snapshot": "snap",
    "Instance": "i",
    "Volume": "vol",
    "Group": "sg",
    "SecurityGroup": "sg",
    "KeyPair": "key",
    "LaunchTemplate": "lt",
    "Vpc": "vpc",
    "Subnet": "subnet",
    "NetworkInterface": "eni",
    "SecurityGroupRule": "sgr",
    "RouteTable": "rtb",
    "InternetGateway": "igw",
    "NatGateway": "nat",
    "Allocation": "eipalloc",
    "NetworkAcl": "acl",
    "SpotInstanceRequest": "sir",
}
IDS = re.compile(r"^(?:Source)?(" + "|".join(PREFIXES) + r")Ids?$")
NUMBERS = {"integer", "long", "float", "double"}
SAMPLES = {"boolean": True, "timestamp": datetime(2030, 1, 2, tzinfo=timezone.utc), "blob": b"sample"}
WRONG_TEXT = {"boolean": "perhaps", "timestamp": "yesterday", "blob": "%%%", **{kind: "many" for kind in NUMBERS}}


def absent_id(prefix):
    return "sir-01234567" if prefix == "sir" else f"{prefix}-0123456789abcdeff"


def with_value(base, path, value):
    """A copy of a request with another value at a path of member names and list positions."""
    request = copy.deepcopy(base)
    at = request
    for step, following in zip(path, path[1:]):
        at = at[step] if isinstance(at, list) else at.setdefault(step, [] if following == 0 else {})
    if isinstance(at, list) and not at:
        at.append(value)
    else:
        at[path[-1]] = value
    return request


def numbered(value, number):
    """A `{n}` in the texts of a request is another number each time: what is made has a name of its own."""
    if isinstance(value, dict):
        return {name: numbered(member, number) for name, member in value.items()}
    if isinstance(value, list):
        return [numbered(member, number) for member in value]
    return value.replace("{n}", number) if isinstance(value, str) else value


def named_filters(known):
    """Whether the operation has filters of EC2's kind, with names and values."""
    return "Filters" in known and "Name" in known["Filters"].member.members


def without(base, path):
    """A copy of a request that has nothing at a path; as it is where there is nothing already."""
    request = copy.deepcopy(base)
    at = request
    for step in path[:-1]:
        if step not in at and step != 0:
            return request
        at = at[step]
    if path[-1] in at or path[-1] == 0:
        del at[path[-1]]
    return request


def places(shape, value, path=()):
    """(path, shape) of every scalar in a request, and of those that its structures could have beside."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, member in shape.members.items():
            yield from places(member, value.get(name), (*path, name))
    elif shape.type_name == "list":
        yield from places(shape.member, value[0] if value else None, (*path, 0))
    elif shape.type_name not in ("structure", "map"):
        yield path, shape


class Judge:
    def __init__(self, job, service):
        self.job = job
        self.service = service
        self.operation = self.service.operation_model(job["operation"])
        self.is_json = self.service.metadata["protocol"] == "json"
        self.serializer = create_serializer(self.service.metadata["protocol"], False)
        # Without this, botocore's halves of a request wait for each other's acknowledgement, 40 ms a call.
        self.http = URLLib3Session(socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)])
        self.observations = []
        self.written = 0

    def wire(self, request):
        """A request as the parts of an HTTP request; its body as a dictionary still."""
        self.written += 1
        request = numbered(request, str(self.written))
        if not self.is_json:
            return self.serializer.serialize_to_request(request, self.operation)
        parts = self.serializer.serialize_to_request({}, self.operation)
        return {**parts, "body": copy.deepcopy(request)}

    def send(self, kind, at, parts, prefix="", agent="judge"):
        body = json.dumps(parts["body"]) if self.is_json else parts["body"]
        headers = {**parts["headers"], "User-Agent": agent}
        asked = AWSRequest(method="POST", url=self.job["url"] + "/", data=body, headers=headers)
        credentials = Credentials(*self.job["credentials"])
        SigV4Auth(credentials, self.service.signing_name, "us-east-1").add_auth(asked)
        answer = self.http.send(asked.prepare())
        read = reading.read(self.service, self.operation, answer)
        seen = {"service": self.job["service"], "operation": self.job["operation"], "kind": kind, "at": at}
        self.observations.append({**seen, "prefix": prefix, "status": answer.status_code, **read})

    def all(self):
        shape = self.operation.input_shape
        base = self.job["base"]
        known = {name: member for name, member in (shape.members if shape else {}).items() if name in self.job["knows"]}
        self.missing(shape, base)
        if shape:
            for path, member in places(shape, base):
                if path[0] in known and path[0] != "DryRun":
                    self.scalar(base, path, member)
        self.pages(base, known)
        if "DryRun" in (shape.members if shape else {}):
            self.send("dry-run", "DryRun", self.wire({**base, "DryRun": True}))
            self.send("dry-run-forbidden", "DryRun", self.wire({**base, "DryRun": True}), agent="forbidden")
        # Where an unknown member is passed over, this is a valid request too, and the only one that changes anything.
        self.unknown(base, known)
        if not self.is_json:
            self.send("valid", "", self.wire(base))
        return self.observations

    def missing(self, shape, base):
        for name in shape.required_members if shape else []:
            self.send("missing", name, self.wire(without(base, (name,))))

    def unknown(self, base, known):
        samples = {**base, **({"Filters": [{"Name": "x", "Values": ["x"]}]} if named_filters(known) else {})}
        parts = self.wire(samples)
        parts["body"]["Nonsense"] = "x"
        self.send("unknown", "", parts)
        if self.is_json:
            return
        for parent in sorted({key.rpartition(".")[0] for key in parts["body"] if "." in key}):
            parts = self.wire(samples)
            parts["body"][parent + ".Nonsense"] = "x"
            self.send("unknown", parent, parts)

    def scalar(self, base, path, shape):
        at = ".".join("1" if step == 0 else step for step in path)
        name = next(step for step in reversed(path) if step != 0)
        if self.is_json:
            wrong = 7 if shape.type_name == "string" else "many"
            self.send("type", at, self.wire(with_value(base, path, wrong)))
        elif shape.type_name in WRONG_TEXT:
            self.wrong_text(base, path, shape, at)
        if getattr(shape, "enum", None):
            self.send("enum", at, self.wire(with_value(base, path, "nonsense")))
        found = IDS.match(name)
        prefix = PREFIXES[found[1]] if found else "ami" if name == "Resources" else None
        if prefix and shape.type_name == "string":
            malformed = "nonsense" if name == "Resources" else f"{prefix}-nonsense"
            self.send("malformed-id", at, self.wire(with_value(base, path, malformed)), prefix=name if name == "Resources" else prefix)
            self.send("unknown-id", at, self.wire(with_value(base, path, absent_id(prefix))), prefix=prefix)

    def wrong_text(self, base, path, shape, at):
        """The parameter's name on the wire is what appears there once the member is given."""
        given = self.wire(with_value(base, path, SAMPLES.get(shape.type_name, 7)))
        before = self.wire(without(base, path))["body"]
        for key in [key for key in given["body"] if key not in before]:
            given["body"][key] = WRONG_TEXT[shape.type_name]
        self.send("type", at, given)

    def pages(self, base, known):
        if named_filters(known):
            nonsense = [{"Name": "nonsense", "Values": ["x"]}]
            self.send("unknown-filter", "Filters", self.wire({**base, "Filters": nonsense}))
            for name in reading.documented_filters(known["Filters"]):
                value = "1" if "port" in name or "size" in name else "true" if name.startswith("is-") else "x"
                self.send("documented-filter", name, self.wire({**base, "Filters": [{"Name": name, "Values": [value]}]}))
        if "MaxResults" in known:
            limits = known["MaxResults"].metadata
            for size in {limits.get("min", 1) - 1, -1} | ({limits["max"] + 1} if "max" in limits else set()):
                self.send("max-results", str(size), self.wire({**base, "MaxResults": size}))
        if "NextToken" in known:
            self.send("junk-token", "NextToken", self.wire({**base, "NextToken": "nonsense"}))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)
    session = Session()
    services = {name: session.get_service_model(name) for name in {job["service"] for job in jobs}}
    json.dump([seen for job in jobs for seen in Judge(job, services[job["service"]]).all()], sys.stdout)


if __name__ == "__main__":
    main()
