"""What the judges' scripts share: clients that take everything from their environment, and errors as data."""

import boto3
import botocore.config
import botocore.exceptions

UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"


def client(service, **options):
    config = botocore.config.Config(retries={"mode": "standard", "max_attempts": 10})
    return boto3.client(service, config=config, **options)


def base_image():
    return client("ssm").get_parameter(Name=UBUNTU)["Parameter"]["Value"]


def launch(ec2, count=1, **more):
    """Ids of instances that run."""
    more = {"InstanceType": "t3.micro", "ImageId": base_image(), **more}
    instances = ec2.run_instances(MinCount=count, MaxCount=count, **more)["Instances"]
    return [instance["InstanceId"] for instance in instances]


def vmdk():
    """The beginning of a VMDK of 1 GiB: its magic number, and its capacity in sectors."""
    return b"KDMV\1\0\0\0\3\0\0\0" + (1 << 21).to_bytes(8, "little") + bytes(65536)


def error_of(call, **given):
    """The code of the error that a call ends with; `no error` where it ends well."""
    try:
        call(**given)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return "no error"


def counting(client_):
    """A list that grows by the name of each call that the client makes."""
    calls = []
    client_.meta.events.register("before-call.*", lambda model, **_: calls.append(model.name))
    return calls
