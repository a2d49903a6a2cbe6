"""Runs botocore's own waiters on what the sandbox has.

Prints JSON: the outcome of each wait with the number of calls that it took, and which waiters botocore has by operation.
"""

import json
import os
import sys
import urllib.request

import botocore.exceptions
from aws import base_image, client, counting, launch, vmdk

ec2 = client("ec2")
calls = counting(ec2)
outcomes = {}


def wait(name, situation, **given):
    """Three looks at most, none later than the other: what is not so at once never will be here."""
    calls.clear()
    try:
        ec2.get_waiter(name).wait(**given, WaiterConfig={"Delay": 0, "MaxAttempts": 3})
        outcome = "success"
    except botocore.exceptions.WaiterError as error:
        outcome = str(error.kwargs["reason"]).split(" For expression")[0].split(". ")[0]
    outcomes[f"{name}: {situation}"] = f"{outcome}, calls {len(calls)}"


def next_fails(operation):
    fault = [{"on": f"ec2:{operation}", "does": {"becomes": "failed"}}]
    url = os.environ["SANDBOX_URL"] + "/_sandbox/faults"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(urllib.request.Request(url, json.dumps(fault).encode(), method="POST"), timeout=10).read()


UNKNOWN = "0123456789abcdef0"

[running] = launch(ec2)
wait("instance_exists", "running", InstanceIds=[running])
wait("instance_exists", "unknown", InstanceIds=[f"i-{UNKNOWN}"])
wait("instance_running", "running", InstanceIds=[running])
wait("instance_status_ok", "running", InstanceIds=[running])
wait("instance_status_ok", "unknown", InstanceIds=[f"i-{UNKNOWN}"])
wait("system_status_ok", "running", InstanceIds=[running])
wait("instance_running", "unknown", InstanceIds=[f"i-{UNKNOWN}"])
wait("instance_terminated", "running", InstanceIds=[running])
wait("instance_stopped", "running", InstanceIds=[running])

image = ec2.create_image(InstanceId=running, Name="judged")["ImageId"]
wait("image_exists", "available", ImageIds=[image])
wait("image_exists", "unknown", ImageIds=[f"ami-{UNKNOWN}"])
wait("image_available", "available", ImageIds=[image])
report = ec2.create_image_usage_report(ImageId=image, ResourceTypes=[{"ResourceType": "ec2:Instance"}])
wait("image_usage_report_available", "made", ReportIds=[report["ReportId"]])
next_fails("CreateImage")
failed = ec2.create_image(InstanceId=running, Name="judged-failed")["ImageId"]
wait("image_available", "failed", ImageIds=[failed])
mappings = ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"]
snapshots = [mapping["Ebs"]["SnapshotId"] for mapping in mappings if "Ebs" in mapping]
wait("snapshot_completed", "completed", SnapshotIds=snapshots)

ec2.stop_instances(InstanceIds=[running])
wait("instance_stopped", "stopped", InstanceIds=[running])
wait("instance_status_ok", "stopped", InstanceIds=[running])
wait("system_status_ok", "stopped", InstanceIds=[running])
ec2.terminate_instances(InstanceIds=[running])
wait("instance_terminated", "terminated", InstanceIds=[running])
wait("instance_running", "terminated", InstanceIds=[running])

root = ec2.describe_images(ImageIds=[base_image()])["Images"][0]["RootDeviceName"]
[keeper] = launch(
    ec2, BlockDeviceMappings=[{"DeviceName": root, "Ebs": {"DeleteOnTermination": False}}]
)
attached = [{"Name": "attachment.instance-id", "Values": [keeper]}]
volume = ec2.describe_volumes(Filters=attached)["Volumes"][0]["VolumeId"]
wait("volume_in_use", "attached", VolumeIds=[volume])
wait("volume_available", "attached", VolumeIds=[volume])
ec2.terminate_instances(InstanceIds=[keeper])
wait("instance_terminated", "with a volume that stays", InstanceIds=[keeper])
wait("volume_available", "left behind", VolumeIds=[volume])
wait("volume_deleted", "left behind", VolumeIds=[volume])
ec2.delete_volume(VolumeId=volume)
wait("volume_deleted", "deleted", VolumeIds=[volume])

ec2.create_key_pair(KeyName="judged")
wait("key_pair_exists", "made", KeyNames=["judged"])
wait("key_pair_exists", "unknown", KeyNames=["nobody's"])
group = ec2.create_security_group(GroupName="judged", Description="judged")["GroupId"]
wait("security_group_exists", "made", GroupIds=[group])
wait("security_group_exists", "unknown", GroupIds=[f"sg-{UNKNOWN}"])
vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
wait("vpc_exists", "default", VpcIds=[vpc])
wait("vpc_exists", "unknown", VpcIds=[f"vpc-{UNKNOWN}"])
wait("vpc_available", "default", VpcIds=[vpc])
wait("subnet_available", "default", SubnetIds=[ec2.describe_subnets()["Subnets"][0]["SubnetId"]])

own = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=own, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
wait("internet_gateway_exists", "unknown", InternetGatewayIds=[f"igw-{UNKNOWN}"])
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
wait("internet_gateway_exists", "made", InternetGatewayIds=[gateway])
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=own)
address = ec2.allocate_address(Domain="vpc")["AllocationId"]
wait("nat_gateway_available", "unknown", NatGatewayIds=[f"nat-{UNKNOWN}"])
wait("nat_gateway_deleted", "unknown", NatGatewayIds=[f"nat-{UNKNOWN}"])
nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
wait("nat_gateway_available", "made", NatGatewayIds=[nat])
wait("nat_gateway_deleted", "made", NatGatewayIds=[nat])
ec2.delete_nat_gateway(NatGatewayId=nat)
wait("nat_gateway_deleted", "deleted", NatGatewayIds=[nat])
wait("nat_gateway_available", "deleted", NatGatewayIds=[nat])
[faced] = launch(ec2)
face = ec2.describe_instances(InstanceIds=[faced])["Reservations"][0]["Instances"][0]["NetworkInterfaces"][0]
wait("network_interface_available", "in use", NetworkInterfaceIds=[face["NetworkInterfaceId"]])
wait("network_interface_available", "unknown", NetworkInterfaceIds=[f"eni-{UNKNOWN}"])

spot = launch(ec2, InstanceMarketOptions={"MarketType": "spot"})
[request] = ec2.describe_spot_instance_requests()["SpotInstanceRequests"]
wait("spot_instance_request_fulfilled", "running", SpotInstanceRequestIds=[request["SpotInstanceRequestId"]])
wait("spot_instance_request_fulfilled", "unknown", SpotInstanceRequestIds=["sir-01234567"])
ec2.terminate_instances(InstanceIds=spot)
wait("spot_instance_request_fulfilled", "terminated", SpotInstanceRequestIds=[request["SpotInstanceRequestId"]])

s3 = client("s3")
s3.create_bucket(Bucket="judged")
s3.put_object(Bucket="judged", Key="disk.vmdk", Body=vmdk())


def importing(disk_format):
    place = {"S3Bucket": "judged", "S3Key": "disk.vmdk"}
    return ec2.import_snapshot(DiskContainer={"Format": disk_format, "UserBucket": place})["ImportTaskId"]


wait("snapshot_imported", "done", ImportTaskIds=[importing("VMDK")])
wait("snapshot_imported", "deleted", ImportTaskIds=[importing("VHD")])
ec2.create_store_image_task(ImageId=image, Bucket="judged")
wait("store_image_task_complete", "done", ImageIds=[image])
next_fails("CreateStoreImageTask")
s3.create_bucket(Bucket="judged-too")
ec2.create_store_image_task(ImageId=image, Bucket="judged-too/path")
wait("store_image_task_complete", "failed", Filters=[{"Name": "task-state", "Values": ["Failed"]}])

model = ec2._get_waiter_config()["waiters"]
known = {name: waiter["operation"] for name, waiter in model.items()}
json.dump({"outcomes": outcomes, "known": known}, sys.stdout)
