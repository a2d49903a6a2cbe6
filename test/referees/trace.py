"""Records what a scenario asks and what it is answered, without what differs from run to run.

trace.py SCENARIO…: runs each on the server that the environment names and prints JSON: by scenario, by step, the leaves
of the answer, or the code of the error, and the operation that was asked last.
"""

import datetime
import importlib
import json
import pathlib
import re
import sys

import botocore.exceptions
import botocore.parsers
from aws import client

IDENTIFIER = re.compile(r"\b(ami|eni-attach|eni|i|key|r|sgr|sg|snap|subnet|vol|vpc)-[0-9a-f]{8,17}\b")
TIME = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00| GMT)?")
ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(\.\d{1,3}){3}(?![\d./])")
HOST = re.compile(r"\b(ip|ec2)-\d+-\d+-\d+-\d+[\w.-]*")
MAC = re.compile(r"\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b")
HEXADECIMAL = re.compile(r"\b([0-9a-f]{2}:){15,}[0-9a-f]{2}\b")
BASE64 = re.compile(r"(?<![\w+/])[\w+/]{43}=(?![\w+/=])")
UUID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
PEM = re.compile(r"-----BEGIN.*-----\s*", re.DOTALL)


class Trace:
    def __init__(self):
        self.steps = {}
        self.names = {}
        self.operation = None

    def client(self, service, **options):
        made = client(service, **options)
        made.meta.events.register("before-parameter-build.*.*", self.asks)
        return made

    def asks(self, model, **_):
        self.operation = f"{model.service_model.service_name}:{model.name}"

    def __call__(self, step, call, **given):
        """One call of a scenario; its answer, empty where it was refused."""
        if step in self.steps:
            raise ValueError(f"two steps are called {step}")
        try:
            answer = call(**given)
        except botocore.exceptions.ClientError as error:
            self.steps[step] = {"operation": self.operation, "error": error.response["Error"]["Code"]}
            return {}
        except (botocore.exceptions.BotoCoreError, botocore.parsers.ResponseParserError) as error:
            self.steps[step] = {"operation": self.operation, "error": type(error).__name__}
            return {}
        answer.pop("ResponseMetadata")
        self.steps[step] = {"operation": self.operation, **dict(leaves(self.normal(self.in_order(answer))))}
        return answer

    def normal(self, value):
        if isinstance(value, dict):
            return {name: self.normal(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.normal(one) for one in value]
        if isinstance(value, datetime.datetime):
            return "<time>"
        return IDENTIFIER.sub(self.numbered, without_chance(value)) if isinstance(value, str) else value

    def in_order(self, value):
        """Lists of structures have no order that AWS promises: they are sorted by what does not differ between runs."""
        if isinstance(value, dict):
            return {name: self.in_order(one) for name, one in sorted(value.items())}
        if isinstance(value, list):
            return sorted((self.in_order(one) for one in value), key=self.comparable)
        return value

    def comparable(self, value):
        text = json.dumps(value, default=lambda _: "<time>", sort_keys=True)
        return IDENTIFIER.sub(self.number_or_kind, without_chance(text))

    def number_or_kind(self, match):
        return f"<{match[1]} {self.names.get(match[1], {}).get(match[0], 'new')}>"

    def numbered(self, match):
        """An id by the order in which the scenario met it: `<ami 1>`."""
        kind = match[1]
        known = self.names.setdefault(kind, {})
        return f"<{kind} {known.setdefault(match[0], len(known) + 1)}>"


def without_chance(text):
    for pattern, name in (
        (PEM, "<private key>"),
        (UUID, "<uuid>"),
        (HEXADECIMAL, "<hash in hexadecimal>"),
        (BASE64, "<hash in base64>"),
        (TIME, "<time>"),
        (MAC, "<MAC address>"),
        (HOST, "<host>"),
        (ADDRESS, "<address>"),
    ):
        text = pattern.sub(name, text)
    return text


def leaves(value, path=""):
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        yield f"{path}.length", len(value)
        for index, name in enumerate(names_of(value)):
            yield from leaves(value[index], f"{path}[{name}]")
    else:
        yield path, value


def names_of(entries):
    """What tells the entries of a list apart: a member that names each, else its place."""
    for member in ("Key", "Name", "DeviceName", "GroupName", "UserId"):
        names = [entry.get(member) if isinstance(entry, dict) else None for entry in entries]
        if all(names) and len(set(names)) == len(names):
            return names
    return range(len(entries))


def main(names):
    sys.path.insert(0, str(pathlib.Path(__file__).parent / "scenarios"))
    traces = {}
    for name in names:
        trace = Trace()
        importlib.import_module(name).run(trace, trace.client)
        traces[name] = trace.steps
    json.dump(traces, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
