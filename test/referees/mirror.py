"""Mirrors every operation of a service between botocore and the sandbox's wire layer.

mirror.py URL SERVICE: botocore's own client calls each operation with every member filled. The request goes to the
sandbox's debug route, which tells what it read; then the sandbox writes an answer with every member filled, and the
client parses it. Nothing is carried out. Prints JSON: operations, leaves, differences.
"""

import base64
import datetime
import http.client
import json
import sys
import urllib.parse

import botocore.awsrequest
import botocore.config
import botocore.session

# Everything that a protocol has to escape somewhere, and that some reader would trim or fold.
TEXT = " a <b> & \"c\" 'd' +%20=é\t日本\n\U0001f600 "
START = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)


class Sample:
    """Values of shapes. Each leaf has a value of its own, so that members which change places are seen."""

    def __init__(self, variant, answers):
        self.variant = variant
        self.answers = answers
        self.count = 0

    def of(self, shape, inside=()):
        self.count += 1
        make = getattr(self, shape.type_name, self.scalar)
        return make(shape, inside)

    def structure(self, shape, inside):
        members = list(shape.members.items())
        if getattr(shape, "is_tagged_union", False):
            members = [members[self.variant % len(members)]]
        inside = (*inside, shape.name)
        return {name: self.of(member, inside) for name, member in members if not comes_back(member, inside)}

    def list(self, shape, inside):
        return [self.of(shape.member, inside), self.of(shape.member, inside)]

    def map(self, shape, inside):
        keys = getattr(shape.key, "enum", None) or [f"{TEXT}{self.count}", f"key.{self.count}.2"]
        return {key: self.of(shape.value, inside) for key in keys[:2]}

    def scalar(self, shape, inside):
        kind = shape.type_name
        if kind == "boolean":
            return self.count % 2 == 0
        if kind == "integer":
            return self.count
        if kind == "long":
            return 2**40 + self.count
        if kind in ("float", "double"):
            return self.count + 0.25
        if kind == "timestamp":
            milliseconds = 678 if self.answers else 0
            return START + datetime.timedelta(seconds=self.count, milliseconds=milliseconds)
        if kind == "blob":
            return bytes([0, 1, 254, 255]) + str(self.count).encode()
        if kind == "string":
            return f"{TEXT}{self.count}"
        raise ValueError(f"{shape.name}: unknown kind {kind}")


class Least(Sample):
    """Only what the model requires, and lists of a single entry."""

    def structure(self, shape, inside):
        # A query request cannot say a structure without members.
        names = shape.required_members or (list(shape.members)[:1] if inside and not self.answers else [])
        inside = (*inside, shape.name)
        return {name: self.of(shape.members[name], inside) for name in names}

    def list(self, shape, inside):
        return [self.of(shape.member, inside)]


def comes_back(shape, inside):
    """Whether a structure holds itself here: one level is enough."""
    if shape.type_name == "list":
        return comes_back(shape.member, inside)
    if shape.type_name == "map":
        return comes_back(shape.value, inside)
    return shape.type_name == "structure" and shape.name in inside


def variants(shape, inside=()):
    """How many samples show every member of every union."""
    if shape is None:
        return 1
    if shape.type_name == "list":
        return variants(shape.member, inside)
    if shape.type_name == "map":
        return variants(shape.value, inside)
    if shape.type_name != "structure" or shape.name in inside:
        return 1
    inside = (*inside, shape.name)
    here = len(shape.members) if getattr(shape, "is_tagged_union", False) else 1
    return max([here, *(variants(member, inside) for member in shape.members.values())])


def leaves(value, path=""):
    """A value as a flat list of (path, leaf); an empty list or structure is a leaf."""
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from leaves(one, f"{path}.{name}")
    elif isinstance(value, list) and value:
        for index, one in enumerate(value):
            yield from leaves(one, f"{path}[{index}]")
    else:
        yield path, value


def plain(value):
    """A value as the debug routes write it."""
    if isinstance(value, datetime.datetime):
        text = value.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds")
        return {"$time": text.replace("+00:00", "Z")}
    if isinstance(value, (bytes, bytearray)):
        return {"$blob": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


class Mirror:
    def __init__(self, url, service):
        self.service = service
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=30)
        session = botocore.session.Session()
        session.set_credentials("AKIDEXAMPLE", "secret")
        config = botocore.config.Config(parameter_validation=False, retries={"max_attempts": 0})
        self.client = session.create_client(service, region_name="us-east-1", config=config)
        self.client.meta.events.register("before-send.*", self.instead_of_sending)
        self.client.meta.events.register_last("before-call.*", self.before_call)
        self.read = self.output = self.operation = None

    def ask(self, what, body):
        body = json.dumps({"service": self.service, **body})
        headers = {"Content-Type": "application/json"}
        self.connection.request("POST", f"/_sandbox/mirror/{what}", body.encode(), headers)
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise RuntimeError(f"{response.status} {answer}")
        return answer

    def before_call(self, model, **_):
        self.operation = model.name

    def instead_of_sending(self, request, **_):
        url = urllib.parse.urlsplit(request.url)
        body = request.body or b""
        self.read = self.ask(
            "request",
            {
                "method": request.method,
                "path": url.path + (f"?{url.query}" if url.query else ""),
                "headers": {
                    name.lower(): value.decode() if isinstance(value, bytes) else value
                    for name, value in request.headers.items()
                },
                "body": base64.b64encode(body.encode() if isinstance(body, str) else body).decode(),
            },
        )
        answer = self.ask("answer", {"operation": self.operation, "output": plain(self.output)})
        response = botocore.awsrequest.AWSResponse(request.url, answer["status"], answer["headers"], None)
        response._content = base64.b64decode(answer["body"])
        return response

    def call(self, name, given, output):
        """What the sandbox read of this input, and what botocore read of this output."""
        self.output = output
        method = botocore.xform_name(name)
        answer = getattr(self.client, method)(**given)
        if answer.pop("ResponseMetadata")["RequestId"] != "mirrored":
            raise RuntimeError("the request id is not where botocore looks for it")
        return self.read, answer


def compare(side, expected, found):
    expected, found = dict(leaves(plain(expected))), dict(leaves(plain(found)))
    for path in sorted(expected.keys() | found.keys()):
        if path not in found:
            yield {"side": side, "at": path, "expected": expected[path], "found": "nothing"}
        elif path not in expected:
            yield {"side": side, "at": path, "expected": "nothing", "found": found[path]}
        elif expected[path] != found[path]:
            yield {"side": side, "at": path, "expected": expected[path], "found": found[path]}


def main(url, service):
    mirror = Mirror(url, service)
    model = mirror.client.meta.service_model
    operations, count, differences = [], 0, []
    for name in model.operation_names:
        operation = model.operation_model(name)
        shapes = operation.input_shape, operation.output_shape
        samples = [(Sample(v, False), Sample(v, True)) for v in range(max(map(variants, shapes)))]
        for make_input, make_output in [*samples, (Least(0, False), Least(0, True))]:
            given = make_input.of(shapes[0]) if shapes[0] else {}
            # A client makes these up where they are not given.
            given = {**dict.fromkeys(operation.idempotent_members, "token"), **given}
            output = make_output.of(shapes[1]) if shapes[1] else {}
            try:
                read, answer = mirror.call(name, given, output)
            except Exception as error:  # the mirror's finding, whatever it is
                differences.append({"operation": name, "side": "both", "at": "", "found": repr(error)[:500]})
                continue
            if read.get("operation") != name:
                differences.append({"operation": name, "side": "request", "at": "", "found": read})
                continue
            found = [*compare("request", given, read["input"]), *compare("answer", output, answer)]
            differences.extend({"operation": name, **one} for one in found)
            count += sum(1 for _ in leaves(given)) + sum(1 for _ in leaves(output))
        operations.append(name)
    json.dump({"operations": operations, "leaves": count, "differences": differences}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
