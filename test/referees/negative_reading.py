"""Reads an answer as strictly as the protocol is written, by botocore's models: what a lenient client passes over counts."""

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

SCALARS = {
    "integer": r"-?\d+",
    "long": r"-?\d+",
    "float": r"-?\d+(\.\d+)?([eE][+-]?\d+)?",
    "double": r"-?\d+(\.\d+)?([eE][+-]?\d+)?",
    "boolean": r"true|false",
    "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
    "blob": r"[A-Za-z0-9+/]*={0,2}",
}
REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class FilterNames(HTMLParser):
    """The names that head the entries of a documentation's outermost list, less those with a part to fill in."""

    def __init__(self):
        super().__init__()
        self.depth = 0
        self.at_head = False
        self.in_code = False
        self.names = []

    def handle_starttag(self, tag, attrs):
        self.depth += tag == "ul"
        self.at_head = self.at_head or tag == "li"
        self.in_code = tag == "code"

    def handle_endtag(self, tag):
        self.depth -= tag == "ul"
        self.in_code = False

    def handle_data(self, data):
        if self.in_code and self.at_head and self.depth == 1:
            self.names.append(data)
            self.at_head = False
        elif data.startswith(":") and self.names:
            self.names.pop()


def documented_filters(filters):
    """Names of filters that an operation's documentation lists; some pages write `tag:<key>` as `tag`."""
    parser = FilterNames()
    parser.feed(filters.documentation)
    return sorted(set(parser.names) - {"tag"})


def read(service, operation, answer):
    """{code, message, problems} of an HTTP answer; no code where it is a success."""
    try:
        if service.metadata["protocol"] == "json":
            return read_json(operation, answer)
        return read_xml(service, operation, answer)
    except (ElementTree.ParseError, ValueError) as error:
        return {"code": "", "message": answer.text[:200], "problems": [f"not well-formed: {error}"]}


def result(code="", message="", problems=()):
    return {"code": code, "message": message, "problems": list(problems)}


def read_xml(service, operation, answer):
    problems = []
    if not answer.headers.get("content-type", "").startswith("text/xml"):
        problems.append(f"content-type {answer.headers.get('content-type')}")
    root = ElementTree.fromstring(answer.content)
    if answer.status_code >= 300:
        is_ec2 = service.metadata["protocol"] == "ec2"
        expected = ["Response", "Errors/Error", "RequestID"] if is_ec2 else ["ErrorResponse", "Error", "RequestId"]
        name, place, request_id = expected
        namespace = "" if is_ec2 else namespace_of(service)
        if local(root) != (namespace, name):
            problems.append(f"root {root.tag}")
        problems += bad_request_id(root.findtext(f"./{{*}}{request_id}"))
        errors = root.findall("./" + "/".join("{*}" + part for part in place.split("/")))
        if len(errors) != 1:
            problems.append(f"{len(errors)} errors")
        code = errors[0].findtext("{*}Code", "") if errors else ""
        message = errors[0].findtext("{*}Message", "") if errors else ""
        if not message:
            problems.append("no message")
        if not is_ec2 and errors and errors[0].findtext("{*}Type") not in ("Sender", "Receiver"):
            problems.append("no type")
        return result(code, message, problems)
    if local(root) != (namespace_of(service), f"{operation.name}Response"):
        problems.append(f"root {root.tag}")
    problems += [f"{one.tag} in another namespace" for one in root.iter() if local(one)[0] != namespace_of(service)]
    members = list(root)
    if service.metadata["protocol"] == "ec2":
        ids = [one.text for one in members if local(one)[1] == "requestId"]
        members = [one for one in members if local(one)[1] != "requestId"]
    else:
        ids = [one.findtext("{*}RequestId") for one in members if local(one)[1] == "ResponseMetadata"]
        members = [one for one in members if local(one)[1] != "ResponseMetadata"]
        wrapper = operation.output_shape and operation.output_shape.serialization.get("resultWrapper")
        if wrapper:
            if [local(one)[1] for one in members] != [wrapper]:
                problems.append(f"{[one.tag for one in members]} instead of {wrapper}")
            members = [inner for one in members for inner in one]
    problems += ["not one request id"] if len(ids) != 1 else bad_request_id(ids[0])
    if operation.output_shape:
        problems += structure(operation.output_shape, members, "")
    elif service.metadata["protocol"] == "ec2" and [(local(one)[1], one.text) for one in members] != [("return", "true")]:
        problems.append("an empty output does not say <return>true</return>")
    return result(problems=problems)


def structure(shape, elements, path):
    by_name = {}
    for name, member in shape.members.items():
        own = member.serialization.get("name")
        by_name[own or name] = member
    seen = set()
    problems = []
    for element in elements:
        name = local(element)[1]
        where = f"{path}/{name}"
        member = by_name.get(name)
        if member is None:
            problems.append(f"{where} is not in the model")
            continue
        if name in seen and not member.serialization.get("flattened"):
            problems.append(f"{where} stands there twice")
        seen.add(name)
        problems += value(member, element, where)
    return problems


def value(shape, element, where):
    if shape.type_name == "structure":
        return structure(shape, list(element), where)
    if shape.type_name == "list":
        if shape.serialization.get("flattened"):
            return value(shape.member, element, where)
        expected = shape.member.serialization.get("name", "member")
        problems = [f"{where}/{one.tag} instead of {expected}" for one in element if local(one)[1] != expected]
        return problems + [problem for one in element for problem in value(shape.member, one, where)]
    if shape.type_name == "map":
        return []
    return scalar(shape, element.text or "", where) + ([f"{where} has elements in it"] if len(element) else [])


# Values that a member's own page states though its enum lacks them: "for an internet gateway, the state is available".
BESIDE_ENUM = {(f"/{root}/attachmentSet/state", "available") for root in ("internetGateway", "internetGatewaySet")}


def scalar(shape, text, where):
    pattern = SCALARS.get(shape.type_name)
    if pattern and not re.fullmatch(pattern, text):
        return [f"{where} is no {shape.type_name}: {text[:40]}"]
    if getattr(shape, "enum", None) and text not in shape.enum and (where, text) not in BESIDE_ENUM:
        return [f"{where} is none of its values: {text[:40]}"]
    return []


def read_json(operation, answer):
    problems = bad_request_id(answer.headers.get("x-amzn-requestid"))
    if answer.headers.get("content-type") != "application/x-amz-json-1.1":
        problems.append(f"content-type {answer.headers.get('content-type')}")
    body = json.loads(answer.content)
    if answer.status_code >= 300:
        if not isinstance(body.get("message", body.get("Message")), str):
            problems.append("no message")
        return result(body.get("__type", "").split("#")[-1], body.get("message", ""), problems)
    return result(problems=problems + json_value(operation.output_shape, body, ""))


def json_value(shape, body, where):
    kinds = {"structure": dict, "list": list, "map": dict, "string": str, "boolean": bool, "timestamp": (int, float)}
    kind = kinds.get(shape.type_name, (int, float, str))
    if not isinstance(body, kind):
        return [f"{where} is no {shape.type_name}: {body!r:.40}"]
    if shape.type_name == "structure":
        unknown = [f"{where}/{name} is not in the model" for name in body if name not in shape.members]
        known = [(shape.members[name], one, f"{where}/{name}") for name, one in body.items() if name in shape.members]
        return unknown + [problem for one in known for problem in json_value(*one)]
    if shape.type_name == "list":
        return [problem for one in body for problem in json_value(shape.member, one, where)]
    if getattr(shape, "enum", None) and body not in shape.enum:
        return [f"{where} is none of its values: {body}"]
    return []


def bad_request_id(text):
    return [] if text and REQUEST_ID.fullmatch(text) else [f"request id {text}"]


def namespace_of(service):
    return service.metadata["xmlNamespace"].rstrip("/")


def local(element):
    found = re.fullmatch(r"(?:\{(.*)\})?(.*)", element.tag)
    return (found[1] or "").rstrip("/"), found[2]
