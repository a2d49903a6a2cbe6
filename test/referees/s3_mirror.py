"""Mirrors every operation of S3 between botocore and the sandbox's wire layer, as mirror.py does for other services.

s3_mirror.py URL: what stands in a path, a header or a body of bytes gets a value that can stand there.
"""

import io
import json
import sys

import botocore.config
import botocore.session
import mirror
from botocore.response import StreamingBody

# An answer in an event stream; operations of other kinds of buckets, at hosts of their own.
LEFT = ("SelectObjectContent", "CreateSession", "ListDirectoryBuckets", "WriteGetObjectResponse")

# What botocore makes or drops by itself: keys of encryption with their hashes, bodies' checksums, the region in a body.
OWN = ("SSECustomerKey", "CopySourceSSECustomerKey", "ContentMD5", "Checksum", "ContentLength", "EncodingType")


def in_header(value):
    """A value as HTTP headers can hold it: no line breaks, no other alphabets, no blanks at the ends, whole seconds."""
    if isinstance(value, str):
        return value.encode("ascii", "ignore").decode().replace("\n", "").replace("\t", "").strip()
    if isinstance(value, dict):
        return {f"key-{at}": in_header(one) for at, one in enumerate(value.values())}
    if isinstance(value, list):
        return [f"entry-{at}" for at in range(len(value))]
    return value.replace(microsecond=0) if hasattr(value, "microsecond") else value


class Placed(mirror.Sample):
    """Values that fit the places of a shape's members."""

    def structure(self, shape, inside):
        values = super().structure(shape, inside)
        if inside:
            return values
        for name in [name for name in values if name.startswith(OWN)]:
            del values[name]
        for name in values:
            location = shape.members[name].serialization.get("location")
            if name == "Bucket" and location == "uri":
                values[name] = "a-bucket"
            elif name == "CopySource":
                values[name] = "a-bucket/a-key"
            elif location in ("header", "headers"):
                values[name] = in_header(values[name])
            elif location == "querystring" and hasattr(values[name], "microsecond"):
                values[name] = in_header(values[name])
        return values


class S3Mirror(mirror.Mirror):
    def __init__(self, url):
        super().__init__(url, "s3")
        session = botocore.session.Session()
        session.set_credentials("AKIDEXAMPLE", "secret")
        config = botocore.config.Config(
            parameter_validation=False,
            retries={"max_attempts": 0},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path"},
        )
        self.client = session.create_client("s3", region_name="us-east-1", config=config)
        self.client.meta.events.register("before-send.*", self.instead_of_sending)
        self.client.meta.events.register_last("before-call.*", self.before_call)

    def instead_of_sending(self, request, **more):
        if hasattr(request.body, "read"):
            request.body = request.body.read()
        response = super().instead_of_sending(request, **more)
        response.raw = io.BytesIO(response.content)
        return response


def plain(values):
    return {
        name: value.read() if isinstance(value, StreamingBody) else value
        for name, value in values.items()
        if not name.startswith(OWN)
    }


def main(url):
    mirrored = S3Mirror(url)
    model = mirrored.client.meta.service_model
    operations, count, differences = [], 0, []
    for name in model.operation_names:
        if name in LEFT:
            continue
        operation = model.operation_model(name)
        shapes = operation.input_shape, operation.output_shape
        for variant in range(max(map(mirror.variants, shapes))):
            given = Placed(variant, False).of(shapes[0]) if shapes[0] else {}
            output = Placed(variant, True).of(shapes[1]) if shapes[1] else {}
            try:
                read, answer = mirrored.call(name, given, output)
            except Exception as error:  # the mirror's finding, whatever it is
                differences.append({"operation": name, "side": "both", "at": "", "found": repr(error)[:500]})
                continue
            if read.get("operation") != name:
                differences.append({"operation": name, "side": "request", "at": "", "found": read})
                continue
            found = [
                *mirror.compare("request", given, plain(read["input"])),
                *mirror.compare("answer", output, plain(answer)),
            ]
            differences.extend({"operation": name, **one} for one in found)
            count += sum(1 for _ in mirror.leaves(given)) + sum(1 for _ in mirror.leaves(output))
        operations.append(name)
    json.dump({"operations": operations, "leaves": count, "differences": differences}, sys.stdout)


main(*sys.argv[1:])
