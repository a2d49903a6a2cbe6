"""Runs moto's own tests that its maintainers have verified against AWS, with the sandbox in the place of AWS.

moto_tests.py FOLDER SUITE...: the folder holds moto's `tests` package, which holds the suites (`test_ec2`). Prints JSON
by test: `passed`, or what it met and how it failed. `lacks` names the operations that the sandbox says it does not have,
`calls` those that it carried out.
"""

import ast
import json
import os
import pathlib
import re
import sys

import boto3
import pytest

AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/"


def is_verified(function):
    """Whether one of a test's decorators, called or not, is `aws_verified` or `ec2_aws_verified`."""
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(target, ast.Name) and target.id.endswith("aws_verified"):
            return True
    return False


def verified(folder, suites):
    for suite in suites:
        for file in sorted((folder / "tests" / suite).glob("test_*.py")):
            for node in ast.parse(file.read_text()).body:
                if isinstance(node, ast.FunctionDef) and is_verified(node):
                    yield f"tests/{suite}/{file.name}::{node.name}"


def clear_vpcs(ec2):
    """Deletes the VPCs that tests made, with the subnets and groups in them."""
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]:
        inside = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        for subnet in ec2.describe_subnets(Filters=inside)["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        for group in ec2.describe_security_groups(Filters=inside)["SecurityGroups"]:
            if group["GroupName"] != "default":
                ec2.delete_security_group(GroupId=group["GroupId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])


class Outcomes:
    def __init__(self):
        self.lacks = set()
        self.calls = set()
        self.tests = {}
        boto3.setup_default_session()
        boto3.DEFAULT_SESSION.events.register("after-call.*.*", self.after_call)

    def after_call(self, parsed, model, **_):
        error = parsed.get("Error", {})
        if not error:
            self.calls.add(f"{model.service_model.service_name}:{model.name}")
        if error.get("Code") == "NotImplementedBySandbox":
            self.lacks.add(re.sub(r"^The sandbox does not implement |\.$", "", error["Message"]))
        elif AMAZON_LINUX in str([error.get("Message"), parsed.get("InvalidParameters")]):
            self.lacks.add("Amazon Linux")

    def pytest_runtest_logfinish(self, nodeid):
        """A test that lacks an operation leaves its VPC behind, and an account has five: they go before the next one."""
        if not self.tests[nodeid]["passed"]:
            clear_vpcs(boto3.Session().client("ec2", "us-east-1"))

    def pytest_runtest_logstart(self):
        self.lacks.clear()
        self.calls.clear()

    def pytest_runtest_logreport(self, report):
        outcome = self.tests.setdefault(report.nodeid, {"passed": True, "lacks": [], "calls": [], "message": ""})
        if report.failed:
            outcome["passed"] = False
            outcome["message"] = str(report.longreprtext)[-600:]
        outcome["lacks"] = sorted(self.lacks)
        outcome["calls"] = sorted(self.calls)


folder = pathlib.Path(sys.argv[1])
os.chdir(folder)
sys.path.insert(0, str(folder))
os.environ["MOTO_TEST_ALLOW_AWS_REQUEST"] = "true"
outcomes = Outcomes()
printed, sys.stdout = sys.stdout, sys.stderr
words = ["-p", "no:cacheprovider", "-W", "ignore", "-q", "--tb=short", *verified(folder, sys.argv[2:])]
status = pytest.main(words, plugins=[outcomes])
if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
    sys.exit(f"pytest ended with {status!r}")
json.dump(outcomes.tests, printed)
