"""Runs the commands that AWS's documentation shows with the AWS CLI, each against an endpoint of its own.

documented_commands.py JOBS.json, a list of {name, command, files, output, url}; prints for each {name, status, stderr,
lacking}: the keys of the documented output that the answer does not have, or null where either is no JSON.
"""

import contextlib
import io
import itertools
import json
import os
import re
import shlex
import sys
import tempfile

from awscli.clidriver import create_clidriver

from documented_answers import Unusable, parsed


def keys(value, path=""):
    """Paths of names in a document; a list's entries count as one."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield f"{path}.{name}"
            yield from keys(one, f"{path}.{name}")
    elif isinstance(value, list):
        for one in value:
            yield from keys(one, f"{path}[]")


def lacking(documented, answered):
    try:
        expected = parsed(documented)
    except Unusable:
        return None
    found = set(keys(json.loads(answered))) if answered.strip() else set()
    return sorted(set(keys(expected)) - found)


def run(driver, job):
    named = dict.fromkeys(re.findall(r"file://([\w.-]+)", job["command"]), "some text")
    for name, content in {**named, **job["files"]}.items():
        with open(name, "w", encoding="utf-8") as file:
            file.write(content)
    words = shlex.split(re.sub(r"[\\^`]\s*\n", " ", job["command"]))
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = driver.main([*words[1:], "--endpoint-url", job["url"]])
        except SystemExit as end:
            status = end.code
    result = {"name": job["name"], "status": status, "stderr": err.getvalue().strip()[-400:]}
    return {**result, "lacking": lacking(job["output"], out.getvalue()) if status == 0 else None}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        # A driver keeps the options that some of its commands add, and fails with the next one's.
        pages = itertools.groupby(jobs, lambda job: job["name"].rpartition(" ")[0])
        results = [run(driver, job) for _, page in pages for driver in [create_clidriver()] for job in page]
        os.chdir("/")
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
