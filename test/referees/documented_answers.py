"""Judges how the sandbox writes the answers that AWS's documentation shows.

documented_answers.py outputs EXAMPLES.json: each example's output as its operation's model understands it, times and
bytes tagged as the sandbox's mirror takes them; or why it cannot be used.
documented_answers.py read ANSWERS.json: what botocore's parser reads in the answers that the sandbox wrote of them,
where it differs from the output.
"""

import base64
import json
import re
import sys
from datetime import datetime, timezone

from botocore.parsers import create_parser
from botocore.session import Session
from botocore.utils import parse_timestamp


class Unusable(Exception):
    pass


def parsed(text):
    """JSON, with the slips of people who write documentation by hand: lost and trailing commas, `...`, broken lines."""
    text = re.sub(r"^\s*(\.\.\.|\(\.\.\.\)),?\s*$", "", text, flags=re.MULTILINE)
    text = re.sub(r'(["\]}\d]|true|false)(\s*\n\s*)(["{])', r"\1,\2\3", text)
    text = re.sub(r",(\s*[}\]])", r"\1", text)
    try:
        found = json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise Unusable("no JSON" if text[:1] not in "{[" else f"broken JSON: {error.msg}") from error
    if not isinstance(found, dict):
        raise Unusable("part of an output")
    return found


def modelled(shape, value, path):
    if shape.type_name == "structure":
        expect(isinstance(value, dict), path, "a structure", value)
        unknown = [name for name in value if name not in shape.members]
        expect(not unknown, path, "members of the model", unknown)
        return {name: modelled(shape.members[name], one, f"{path}.{name}") for name, one in value.items() if one is not None}
    if shape.type_name == "list":
        expect(isinstance(value, list), path, "a list", value)
        return [modelled(shape.member, one, f"{path}[]") for one in value]
    if shape.type_name == "map":
        expect(isinstance(value, dict), path, "a map", value)
        return {name: modelled(shape.value, one, f"{path}.{name}") for name, one in value.items()}
    if shape.type_name == "timestamp":
        try:
            time = parse_timestamp(value).astimezone(timezone.utc)
        except (ValueError, TypeError, OverflowError):
            raise Unusable(f"{path} is no time: {value!r}") from None
        # The protocols carry milliseconds.
        time = time.replace(microsecond=time.microsecond // 1000 * 1000)
        return {"$time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    if shape.type_name == "blob":
        return {"$blob": base64.b64encode(value.encode()).decode()}
    kinds = {"string": str, "boolean": bool, "integer": int, "long": int, "float": (int, float), "double": (int, float)}
    if isinstance(value, str) and shape.type_name != "string" and re.fullmatch(r"true|false|[0-9.]+", value):
        value = json.loads(value)
    expect(isinstance(value, kinds[shape.type_name]), path, f"a {shape.type_name}", value)
    return value


def expect(condition, path, expected, found):
    if not condition:
        raise Unusable(f"{path or 'the output'} is not {expected}: {json.dumps(found)[:80]}")


def tagged(value):
    if isinstance(value, datetime):
        return {"$time": value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    if isinstance(value, bytes):
        return {"$blob": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: tagged(one) for name, one in value.items()}
    if isinstance(value, list):
        return [tagged(one) for one in value]
    return value


def output_of(services, example):
    try:
        shape = services[example["service"]].operation_model(example["operation"]).output_shape
        output = parsed(example["output"])
        if shape is None:
            raise Unusable("the operation has no output")
        return {**example, "output": modelled(shape, output, "")}
    except Unusable as error:
        return {"name": example["name"], "unusable": str(error)}


def difference_of(services, example):
    service = services[example["service"]]
    answer = {**example["answer"], "status_code": example["answer"]["status"]}
    answer["body"] = base64.b64decode(answer["body"])
    read = create_parser(service.metadata["protocol"]).parse(
        answer, service.operation_model(example["operation"]).output_shape
    )
    read.pop("ResponseMetadata")
    read = tagged(read)
    return None if read == example["output"] else {"name": example["name"], "written": example["output"], "read": read}


def main(what, file):
    with open(file, encoding="utf-8") as opened:
        examples = json.load(opened)
    session = Session()
    services = {name: session.get_service_model(name) for name in {one["service"] for one in examples}}
    each = output_of if what == "outputs" else difference_of
    json.dump([found for one in examples if (found := each(services, one))], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
