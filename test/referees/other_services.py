"""Asks services that the sandbox does not have, by botocore's own clients: what each says of it, as JSON."""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ASKED = [
    ("elbv2", "describe_load_balancers", {}),
    ("dynamodb", "list_tables", {}),
    ("resourcegroupstaggingapi", "get_resources", {}),
    ("inspector2", "list_findings", {}),
    ("lambda", "list_functions", {}),
    ("route53", "list_hosted_zones", {}),
    ("cloudfront", "list_distributions", {}),
    ("cloudwatch", "list_metrics", {}),
    ("sqs", "list_queues", {}),
    ("ecr", "describe_repositories", {}),
    ("ec2", "describe_host_reservations", {}),
    ("ssm", "list_documents", {}),
    ("sts", "get_session_token", {}),
    ("autoscaling", "describe_tags", {}),
    ("s3", "get_bucket_metadata_configuration", {"Bucket": "a-bucket"}),
]


def answer(service, operation, parameters, region):
    client = boto3.client(service, region_name=region, config=Config(retries={"total_max_attempts": 1}))
    try:
        getattr(client, operation)(**parameters)
        return {"code": ""}
    except ClientError as error:
        said = error.response["Error"]
        return {
            "code": said.get("Code"),
            "message": said.get("Message"),
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
        }


json.dump(
    [
        {"service": service, **answer(service, operation, parameters, region)}
        for region in sys.argv[1:]
        for service, operation, parameters in ASKED
    ],
    sys.stdout,
)
