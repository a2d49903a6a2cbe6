"""Key pairs, security groups and volumes, as a builder instance needs them."""

from base_image import base_image


def run(do, client):
    ec2 = client("ec2")

    do("make key pair", ec2.create_key_pair, KeyName="builder", KeyType="ed25519")
    do("make it again", ec2.create_key_pair, KeyName="builder", KeyType="ed25519")
    do("key pair", ec2.describe_key_pairs, KeyNames=["builder"])
    do("unknown key pair", ec2.describe_key_pairs, KeyNames=["nobody's"])
    keys = [{"Name": "key-name", "Values": ["build*"]}]
    do("key pairs by wildcard", ec2.describe_key_pairs, Filters=keys)
    public = (
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCZG1eptHT7rWEJUFdMqYBhdOsgbodDzS5l8d38tmZe0wjBz6vgx65ZgjT"
        "bP7OA4Hlbw0h3k4FIEpbcXuDyX2g3vrC1cNdDjzd0UJkZiIzNaHjDCVeYQfTHhY3cTxSPFZHJfcYsmDsYOZsZc1aT5J6cD"
    )
    do("import nonsense", ec2.import_key_pair, KeyName="imported", PublicKeyMaterial=b"nonsense")
    do("import a truncated key", ec2.import_key_pair, KeyName="imported", PublicKeyMaterial=public.encode())

    group = do("make group", ec2.create_security_group, GroupName="builders", Description="for builders")["GroupId"]
    do("make it again in its VPC", ec2.create_security_group, GroupName="builders", Description="again")
    do("make the reserved group", ec2.create_security_group, GroupName="default", Description="no")
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    anywhere = [{**rule, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "ssh"}]}]
    do("let in", ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=anywhere)
    do("let in again", ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=anywhere)
    nonsense = [{**rule, "IpRanges": [{"CidrIp": "300.0.0.0/8"}]}]
    do("let nonsense in", ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=nonsense)
    do("group", ec2.describe_security_groups, GroupIds=[group])
    named = [{"Name": "group-name", "Values": ["build*"]}]
    do("groups by wildcard", ec2.describe_security_groups, Filters=named)
    port = [{"Name": "ip-permission.from-port", "Values": ["22"]}]
    do("groups by port", ec2.describe_security_groups, Filters=port)
    do("unknown group", ec2.describe_security_groups, GroupIds=["sg-0123456789abcdef0"])
    do("malformed group", ec2.describe_security_groups, GroupIds=["sg-nonsense"])

    base = base_image(ec2)
    mapping = {"DeviceName": base["RootDeviceName"], "Ebs": {"DeleteOnTermination": False, "VolumeSize": 10}}
    launched = do(
        "launch",
        ec2.run_instances,
        ImageId=base["ImageId"],
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        KeyName="builder",
        SecurityGroupIds=[group],
        BlockDeviceMappings=[mapping],
    )
    instance = launched["Instances"][0]["InstanceId"]
    other = {"ImageId": base["ImageId"], "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    do("launch with an unknown key", ec2.run_instances, **other, KeyName="nobody's")
    do("launch in an unknown group", ec2.run_instances, **other, SecurityGroupIds=["sg-0123456789abcdef0"])
    do("launch an unknown type", ec2.run_instances, **{**other, "InstanceType": "t3.tremendous"})
    do("delete a group in use", ec2.delete_security_group, GroupId=group)
    attached = [{"Name": "attachment.instance-id", "Values": [instance]}]
    volumes = do("attached volume", ec2.describe_volumes, Filters=attached)["Volumes"]
    volume = volumes[0]["VolumeId"]
    do("delete an attached volume", ec2.delete_volume, VolumeId=volume)
    do("terminate", ec2.terminate_instances, InstanceIds=[instance])
    do("volume left behind", ec2.describe_volumes, VolumeIds=[volume])
    do("delete volume", ec2.delete_volume, VolumeId=volume)
    do("no such volume", ec2.describe_volumes, VolumeIds=[volume])
    do("delete volume again", ec2.delete_volume, VolumeId=volume)
    do("malformed volume", ec2.describe_volumes, VolumeIds=["vol-nonsense"])

    do("delete group", ec2.delete_security_group, GroupId=group)
    do("delete group again", ec2.delete_security_group, GroupId=group)
    do("delete key pair", ec2.delete_key_pair, KeyName="builder")
    do("delete key pair again", ec2.delete_key_pair, KeyName="builder")
    do("no key pairs", ec2.describe_key_pairs)
