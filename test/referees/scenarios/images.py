"""An image from launch to the last snapshot: made, shared, copied, taken back."""

from base_image import CANONICAL, UBUNTU, newest

OTHER = "210987654321"


def run(do, client):
    ec2, ireland = client("ec2"), client("ec2", region_name="eu-west-1")

    bases = do("base images", ec2.describe_images, Owners=[CANONICAL], Filters=UBUNTU)["Images"]
    base = newest(bases)["ImageId"]
    do("launch from an unknown image", ec2.run_instances, ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1)
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "builder"}]}]
    launched = do(
        "launch",
        ec2.run_instances,
        ImageId=base,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=tags,
    )
    instance = launched["Instances"][0]["InstanceId"]
    do("launched", ec2.describe_instances, InstanceIds=[instance])

    given = {"InstanceId": instance, "Name": "official 1.0", "Description": "the release"}
    image = do("make image", ec2.create_image, **given)["ImageId"]
    do("make image of an unknown instance", ec2.create_image, InstanceId="i-0123456789abcdef0", Name="nothing")
    seen = do("image", ec2.describe_images, ImageIds=[image])["Images"][0]
    glob = [{"Name": "name", "Values": ["official ?.*"]}, {"Name": "state", "Values": ["available"]}]
    do("own images", ec2.describe_images, Owners=["self"], Filters=glob)
    do("own images of another name", ec2.describe_images, Owners=["self"], Filters=[{"Name": "name", "Values": ["x*"]}])
    do("images by an unknown filter", ec2.describe_images, Filters=[{"Name": "nonsense", "Values": ["x"]}])
    do("unknown image", ec2.describe_images, ImageIds=["ami-0123456789abcdef0"])
    do("malformed image", ec2.describe_images, ImageIds=["ami-xyz"])
    snapshot = next(one["Ebs"]["SnapshotId"] for one in seen["BlockDeviceMappings"] if "Ebs" in one)
    do("snapshot", ec2.describe_snapshots, SnapshotIds=[snapshot])

    launch = {"ImageId": image, "Attribute": "launchPermission"}
    do("nobody may launch", ec2.describe_image_attribute, **launch)
    add = {"Add": [{"UserId": OTHER}]}
    do("share", ec2.modify_image_attribute, ImageId=image, LaunchPermission=add)
    do("shared", ec2.describe_image_attribute, **launch)
    do("share again", ec2.modify_image_attribute, ImageId=image, LaunchPermission=add)
    do("shared once", ec2.describe_image_attribute, **launch)
    bad = {"Add": [{"UserId": "12"}]}
    do("share with nonsense", ec2.modify_image_attribute, ImageId=image, LaunchPermission=bad)
    create = {"SnapshotId": snapshot, "Attribute": "createVolumePermission"}
    do("share snapshot", ec2.modify_snapshot_attribute, **create, OperationType="add", UserIds=[OTHER])
    do("shared snapshot", ec2.describe_snapshot_attribute, **create)
    do("take snapshot back", ec2.modify_snapshot_attribute, **create, OperationType="remove", UserIds=[OTHER])
    do("private snapshot", ec2.describe_snapshot_attribute, **create)
    remove = {"Remove": [{"UserId": OTHER}]}
    do("take back", ec2.modify_image_attribute, ImageId=image, LaunchPermission=remove)
    do("private", ec2.describe_image_attribute, **launch)
    do("describe it anew", ec2.modify_image_attribute, ImageId=image, Description={"Value": "mended"})
    do("description", ec2.describe_image_attribute, ImageId=image, Attribute="description")

    source = {"SourceRegion": "us-east-1", "Name": "official 1.0"}
    do("copy an unknown image", ireland.copy_image, **source, SourceImageId="ami-0123456789abcdef0")
    copy = do("copy", ireland.copy_image, **source, SourceImageId=image, Description="copied")["ImageId"]
    copied = do("copied", ireland.describe_images, ImageIds=[copy])["Images"][0]
    do("not in the other region", ec2.describe_images, ImageIds=[copy])

    do("delete a snapshot in use", ec2.delete_snapshot, SnapshotId=snapshot)
    do("deregister", ec2.deregister_image, ImageId=image)
    do("deregister again", ec2.deregister_image, ImageId=image)
    do("deregistered", ec2.describe_images, ImageIds=[image])
    do("no own images", ec2.describe_images, Owners=["self"])
    do("delete snapshot", ec2.delete_snapshot, SnapshotId=snapshot)
    do("delete snapshot again", ec2.delete_snapshot, SnapshotId=snapshot)
    do("no such snapshot", ec2.describe_snapshots, SnapshotIds=[snapshot])
    do("copy stays", ireland.describe_images, ImageIds=[copy])
    do("deregister copy", ireland.deregister_image, ImageId=copy)
    for mapping in copied["BlockDeviceMappings"]:
        if "Ebs" in mapping:
            do("delete its snapshot", ireland.delete_snapshot, SnapshotId=mapping["Ebs"]["SnapshotId"])

    do("make image of a bad name", ec2.create_image, **{**given, "Name": "no, not this"})
    again = do("make image of its name again", ec2.create_image, **given)["ImageId"]
    do("make another of its name", ec2.create_image, **given)
    everybody = {"Add": [{"Group": "all"}]}
    do("make it public", ec2.modify_image_attribute, ImageId=again, LaunchPermission=everybody)

    do("stop", ec2.stop_instances, InstanceIds=[instance])
    do("stopped", ec2.describe_instances, InstanceIds=[instance])
    do("start", ec2.start_instances, InstanceIds=[instance])
    do("terminate", ec2.terminate_instances, InstanceIds=[instance])
    do("terminated", ec2.describe_instances, InstanceIds=[instance])
    do("start the terminated", ec2.start_instances, InstanceIds=[instance])
    do("terminate the unknown", ec2.terminate_instances, InstanceIds=["i-0123456789abcdef0"])
