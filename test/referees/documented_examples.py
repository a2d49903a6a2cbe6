"""AWS's own examples: reads them out of the AWS CLI's package and prints them as JSON.

Usage: documented_examples.py SERVICE…
Each is {service, operation, name, command, files, output}: `name` is its page and place there, `files` the contents
that the page shows of files which the command names, `output` the text under the command, empty where there is none.
"""

import json
import re
import sys
from pathlib import Path

import awscli
from botocore import xform_name
from botocore.session import Session

BLOCK = re.compile(r"::[ \t]*\n\s*\n((?:[ \t]+\S.*\n|[ \t]*\n)+)")


def blocks(text):
    """(what stands before it, text) of every literal block of a page."""
    end = 0
    for found in BLOCK.finditer(text + "\n"):
        lines = found[1].rstrip().split("\n")
        margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
        yield text[end : found.start()], "\n".join(line[margin:].rstrip() for line in lines)
        end = found.end()


def examples(service, operation, page):
    """A command with the block that is announced as its output, if there is one."""
    found = []
    for before, block in blocks(page.read_text(encoding="utf-8")):
        if block.startswith("aws "):
            name = f"{service} {page.stem} {len(found) + 1}"
            place = {"service": service, "operation": operation, "name": name}
            found.append({**place, "command": block, "files": {}, "output": ""})
        elif found and (file := re.search(r"[Cc]ontents of `*([\w.-]+\.\w+)", before.strip().split("\n\n")[-1])):
            found[-1]["files"][file[1]] = block
        elif found and not found[-1]["output"] and re.search(r"(?i)output[^\n]*$", before.rstrip()):
            found[-1]["output"] = block
    return found


def main():
    folder = Path(awscli.__file__).parent / "examples"
    session = Session()
    found = []
    for service in sys.argv[1:]:
        operations = {xform_name(name, "-"): name for name in session.get_service_model(service).operation_names}
        for page in sorted((folder / service).glob("*.rst")):
            if page.stem in operations:
                found += examples(service, operations[page.stem], page)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
