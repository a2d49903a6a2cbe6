"""Runs botocore's own paginators over seven things of each kind, and the same call without pages.

Prints JSON by operation: what one call finds, what the pages hold, the tokens, what a junk token ends with.
"""

import json
import sys

import botocore.session
from aws import client, error_of, launch, vmdk

ec2, ssm, autoscaling = client("ec2"), client("ssm"), client("autoscaling")
tag = [{"Key": "judged", "Value": "yes"}]
judged = [{"Name": "tag:judged", "Values": ["yes"]}]


def specification(kind):
    return [{"ResourceType": kind, "Tags": tag}]


tags = [*specification("instance"), *specification("volume")]
instances = [*launch(ec2, 3, TagSpecifications=tags), *launch(ec2, 4, TagSpecifications=tags)]
for number in range(7):
    ec2.create_image(
        InstanceId=instances[0],
        Name=f"judged-{number}",
        TagSpecifications=[*specification("image"), *specification("snapshot")],
    )
    ec2.create_security_group(
        GroupName=f"judged-{number}", Description="judged", TagSpecifications=specification("security-group")
    )
    ssm.put_parameter(Name=f"/judged/{number}", Value=str(number), Type="String")
    ssm.put_parameter(Name="/history", Value=str(number), Type="String", Overwrite=True)
image = ec2.describe_images(Filters=judged)["Images"][0]["ImageId"]
for number in range(7):
    ssm.put_parameter(Name=f"/images/{number}", Value=image, Type="String", DataType="aws:ec2:image")
    ec2.create_launch_template(LaunchTemplateName=f"judged-{number}", LaunchTemplateData={"InstanceType": "t3.micro"})
    autoscaling.create_launch_configuration(
        LaunchConfigurationName=f"judged-{number}", ImageId=image, InstanceType="t3.micro"
    )
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=f"judged-{number}",
        LaunchConfigurationName=f"judged-{number}",
        MinSize=0,
        MaxSize=0,
        AvailabilityZones=["us-east-1a"],
    )
    if number > 0:
        ec2.create_launch_template_version(
            LaunchTemplateName="judged-0", LaunchTemplateData={"InstanceType": "t3.small"}
        )
ec2.create_launch_template_version(LaunchTemplateName="judged-1", LaunchTemplateData={"ImageId": image})
for _ in range(7):
    ec2.create_image_usage_report(ImageId=image, ResourceTypes=[{"ResourceType": "ec2:LaunchTemplate"}])
scanned = ec2.describe_images(Filters=[{"Name": "name", "Values": ["scanned"]}])["Images"][0]["ImageId"]
vpcs = [ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"] for number in range(4)]
for number in range(7):
    subnet = ec2.create_subnet(VpcId=vpcs[0], CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"]
    ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")
    ec2.create_route_table(VpcId=vpcs[0])
    if number < 4:
        ec2.create_internet_gateway()
launch(ec2, 2, InstanceMarketOptions={"MarketType": "spot"})


s3 = client("s3")
s3.create_bucket(Bucket="judged")
s3.put_object(Bucket="judged", Key="disk.vmdk", Body=vmdk())
for number in range(7):
    place = {"S3Bucket": "judged", "S3Key": "disk.vmdk"}
    ec2.import_snapshot(DiskContainer={"Format": "VMDK", "UserBucket": place})
    s3.create_bucket(Bucket=f"judged-{number}")
    ec2.create_store_image_task(ImageId=image, Bucket=f"judged-{number}")


def walk(its, operation, size, ids, **given):
    method = getattr(its, botocore.xform_name(operation))
    pages = list(its.get_paginator(botocore.xform_name(operation)).paginate(**given, PaginationConfig={"PageSize": size}))
    key = "NextToken"
    return {
        "operation": operation,
        "size": size,
        "whole": sorted(ids(method(**given))),
        "pages": [sorted(ids(page)) for page in pages],
        "tokens": [page[key] for page in pages if key in page],
        "junk": error_of(method, **given, NextToken="junk"),
    }


def picked(member, name):
    return lambda answer: [one[name] for one in answer[member]]


def instance_ids(answer):
    return [one["InstanceId"] for reservation in answer["Reservations"] for one in reservation["Instances"]]


def offerings(answer):
    return [f"{one['InstanceType']} {one['Location']}" for one in answer["InstanceTypeOfferings"]]


def tag_keys(answer):
    return [f"{one['ResourceId']} {one['Key']}" for one in answer["Tags"]]


walks = [
    walk(ec2, "DescribeInstances", 5, instance_ids, Filters=judged),
    walk(ec2, "DescribeInstanceStatus", 5, picked("InstanceStatuses", "InstanceId")),
    walk(ec2, "DescribeVolumes", 5, picked("Volumes", "VolumeId"), Filters=judged),
    walk(ec2, "DescribeImages", 2, picked("Images", "ImageId"), Filters=judged),
    walk(
        ec2,
        "DescribeImageReferences",
        5,
        picked("ImageReferences", "Arn"),
        ImageIds=[image],
        IncludeAllResourceTypes=True,
    ),
    walk(ec2, "DescribeImageUsageReports", 2, picked("ImageUsageReports", "ReportId")),
    walk(ec2, "DescribeImageUsageReportEntries", 3, picked("ImageUsageReportEntries", "ReportId")),
    walk(ec2, "GetImageFindings", 2, picked("ImageFindings", "Title"), ImageId=scanned),
    walk(ec2, "DescribeImportSnapshotTasks", 2, picked("ImportSnapshotTasks", "ImportTaskId")),
    walk(ec2, "DescribeStoreImageTasks", 2, picked("StoreImageTaskResults", "Bucket")),
    walk(ec2, "ListImagesInRecycleBin", 5, picked("Images", "ImageId")),
    walk(ec2, "DescribeFleets", 1, picked("Fleets", "FleetId")),
    walk(ec2, "DescribeSpotFleetRequests", 1, picked("SpotFleetRequestConfigs", "SpotFleetRequestId")),
    walk(ec2, "DescribeLaunchTemplates", 2, picked("LaunchTemplates", "LaunchTemplateId")),
    walk(
        ec2,
        "DescribeLaunchTemplateVersions",
        2,
        picked("LaunchTemplateVersions", "VersionNumber"),
        LaunchTemplateName="judged-0",
    ),
    walk(ec2, "DescribeSnapshots", 5, picked("Snapshots", "SnapshotId"), Filters=judged),
    walk(ec2, "DescribeSecurityGroups", 5, picked("SecurityGroups", "GroupId"), Filters=judged),
    walk(ec2, "DescribeTags", 5, tag_keys),
    walk(ec2, "DescribeSubnets", 5, picked("Subnets", "SubnetId")),
    walk(ec2, "DescribeVpcs", 5, picked("Vpcs", "VpcId")),
    walk(ec2, "DescribeRouteTables", 5, picked("RouteTables", "RouteTableId")),
    walk(ec2, "DescribeInternetGateways", 5, picked("InternetGateways", "InternetGatewayId")),
    walk(ec2, "DescribeNatGateways", 5, picked("NatGateways", "NatGatewayId")),
    walk(
        ec2,
        "DescribeInstanceTypes",
        20,
        picked("InstanceTypes", "InstanceType"),
        Filters=[{"Name": "instance-type", "Values": ["m*"]}],
    ),
    walk(
        ec2,
        "DescribeSpotInstanceRequests",
        5,
        picked("SpotInstanceRequests", "SpotInstanceRequestId"),
    ),
    walk(
        ec2,
        "DescribeSpotPriceHistory",
        2,
        lambda answer: [f"{one['InstanceType']} {one['AvailabilityZone']}" for one in answer["SpotPriceHistory"]],
        InstanceTypes=["t3.micro", "t3.small"],
    ),
    walk(ec2, "DescribeNetworkAcls", 5, picked("NetworkAcls", "NetworkAclId")),
    walk(ec2, "DescribeNetworkInterfaces", 5, picked("NetworkInterfaces", "NetworkInterfaceId")),
    walk(ec2, "DescribeSecurityGroupRules", 5, picked("SecurityGroupRules", "SecurityGroupRuleId")),
    walk(
        ssm,
        "DescribeParameters",
        2,
        picked("Parameters", "Name"),
        ParameterFilters=[{"Key": "Path", "Values": ["/judged"]}],
    ),
    walk(
        ec2,
        "DescribeInstanceTypeOfferings",
        5,
        offerings,
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": ["t3.micro", "m3.medium"]}],
    ),
    walk(autoscaling, "DescribeAutoScalingGroups", 2, picked("AutoScalingGroups", "AutoScalingGroupName")),
    walk(autoscaling, "DescribeLaunchConfigurations", 2, picked("LaunchConfigurations", "LaunchConfigurationName")),
    walk(ssm, "GetParameterHistory", 2, picked("Parameters", "Version"), Name="/history"),
    walk(ssm, "GetParametersByPath", 2, picked("Parameters", "Name"), Path="/judged"),
]
session = botocore.session.get_session()
known = {
    service: list(session.get_paginator_model(service)._paginator_config) for service in ("autoscaling", "ec2", "ssm", "sts")
}
json.dump({"walks": walks, "known": known}, sys.stdout)
