"""Wrong requests: sends each operation's valid request with one thing wrong at a time, and prints the answers as JSON.

What is wrong, and where, is drawn from botocore's models alone, which the sandbox does not share. Requests are signed
as botocore signs them, but validated by nobody before they are sent.
Usage: negative_requests.py JOBS.json, a list of {service, operation, url, base, knows, credentials}.
"""

import copy
import json
import re
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
    "Vpc": "vpc",
    "Subnet": "subnet",
    "NetworkInterface": "eni",
}
IDS = re.compile(r"^(?:Source)?(" + "|".join(PREFIXES) + r")Ids?$")
NUMBERS = {"integer", "long", "float", "double"}
SAMPLES = {"boolean": True, "timestamp": datetime(2030, 1, 2, tzinfo=timezone.utc), "blob": b"sample"}
WRONG_TEXT = {"boolean": "perhaps", "timestamp": "yesterday", "blob": "%%%", **{kind: "many" for kind in NUMBERS}}


def with_value(base, path, value):
    """A copy of a request with another value at a path of member names and list positions."""
    request = copy.deepcopy(base)
    at = request
    for step, following in zip(path, path[1:]):
        if isinstance(at, list):
            at = at[step]
        else:
            at = at.setdefault(step, [{}] if following == 0 and len(path) > 2 else [] if following == 0 else {})
    if isinstance(at, list) and len(at) <= path[-1]:
        at.append(value)
    else:
        at[path[-1]] = value
    return request


def without(base, path):
    request = copy.deepcopy(base)
    at = request
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return request


def places(shape, value, path=()):
    """(path, shape) of every scalar in a request, and of every one that a structure in it could have beside."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            inside = value.get(name) if isinstance(value, dict) else None
            yield from places(member, inside, (*path, name))
    elif shape.type_name == "list":
        entry = shape.member
        if value:
            yield from places(entry, value[0], (*path, 0))
        elif entry.type_name not in ("structure", "list", "map"):
            yield (*path, 0), entry
    elif shape.type_name != "map":
        yield path, shape


def is_there(value, path):
    """Whether a request has what a path's last step stands in, so that one member beside the others can be added."""
    for step in path[:-1]:
        if isinstance(value, list):
            return len(value) > 0
        if step not in value:
            return len(path) == 1 or path[-1] == 0 and step == path[-2]
        value = value[step]
    return True


class Judge:
    def __init__(self, job):
        session = Session()
        self.job = job
        self.service = session.get_service_model(job["service"])
        self.operation = self.service.operation_model(job["operation"])
        self.is_json = self.service.metadata["protocol"] == "json"
        self.serializer = create_serializer(self.service.metadata["protocol"], False)
        self.http = URLLib3Session()
        self.observations = []

    def wire(self, request):
        """A request as the parts of an HTTP request; its body as a dictionary still."""
        if not self.is_json:
            return self.serializer.serialize_to_request(request, self.operation)
        parts = self.serializer.serialize_to_request({}, self.operation)
        return {**parts, "body": copy.deepcopy(request)}

    def send(self, kind, at, parts, prefix="", agent="judge"):
        body = json.dumps(parts["body"]) if self.is_json else parts["body"]
        headers = {**parts["headers"], "User-Agent": agent}
        asked = AWSRequest(method="POST", url=self.job["url"] + "/", data=body, headers=headers)
        credentials = Credentials(*self.job["credentials"])
        signer = SigV4Auth(credentials, self.service.metadata.get("signingName", self.job["service"]), "us-east-1")
        signer.add_auth(asked)
        answer = self.http.send(asked.prepare())
        read = reading.read(self.service, self.operation, answer)
        seen = {"service": self.job["service"], "operation": self.job["operation"], "kind": kind, "at": at}
        self.observations.append({**seen, "prefix": prefix, "status": answer.status_code, **read})

    def all(self):
        shape = self.operation.input_shape
        base = self.job["base"]
        known = {name: member for name, member in (shape.members if shape else {}).items() if name in self.job["knows"]}
        self.missing(shape, base)
        self.unknown(base, known)
        if shape:
            for path, member in places(shape, base):
                if path[0] in known and path[0] != "DryRun" and is_there(base, path):
                    self.scalar(base, path, member)
        self.pages(base, known)
        if "DryRun" in (shape.members if shape else {}):
            self.send("dry-run", "DryRun", self.wire({**base, "DryRun": True}))
            self.send("dry-run-forbidden", "DryRun", self.wire({**base, "DryRun": True}), agent="forbidden")
        self.send("valid", "", self.wire(base))
        return self.observations

    def missing(self, shape, base):
        for name in shape.required_members if shape else []:
            self.send("missing", name, self.wire(without(base, (name,))))

    def unknown(self, base, known):
        samples = {**base, **({"Filters": [{"Name": "x", "Values": ["x"]}]} if "Filters" in known else {})}
        parts = self.wire(samples)
        parts["body"]["Nonsense"] = "x"
        self.send("unknown", "", parts)
        if self.is_json:
            return
        beside = {key.rpartition(".")[0] for key in self.wire(samples)["body"]}
        for parent in sorted(one for one in beside if "." in one and not re.search(r"\.\d+$", one) or re.search(r"\.\d+$", one)):
            if any(key.startswith(parent + ".") and not key[len(parent) + 1 :].split(".")[0].isdigit() for key in parts["body"]):
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
            self.send("unknown-id", at, self.wire(with_value(base, path, f"{prefix}-0123456789abcdeff")), prefix=prefix)

    def wrong_text(self, base, path, shape, at):
        """The parameter's name on the wire is what appears there once the member is given."""
        given = self.wire(with_value(base, path, SAMPLES.get(shape.type_name, 7)))
        try:
            before = self.wire(without(base, path))["body"]
        except (KeyError, IndexError):
            before = self.wire(base)["body"]
        for key in [key for key in given["body"] if key not in before]:
            given["body"][key] = WRONG_TEXT[shape.type_name]
        self.send("type", at, given)

    def pages(self, base, known):
        if "Filters" in known:
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
    json.dump([seen for job in jobs for seen in Judge(job).all()], sys.stdout)


if __name__ == "__main__":
    main()
