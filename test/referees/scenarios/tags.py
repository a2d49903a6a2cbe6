"""Tags: set, filtered by, removed, refused."""

from base_image import base_image


def run(do, client):
    ec2 = client("ec2")
    base = base_image(ec2)["ImageId"]
    launch = {"ImageId": base, "InstanceType": "t3.micro", "MinCount": 2, "MaxCount": 2}
    tags = [{"Key": "release", "Value": "1.0"}, {"Key": "empty", "Value": ""}]
    specification = [{"ResourceType": "instance", "Tags": tags}, {"ResourceType": "volume", "Tags": tags[:1]}]
    instances = do("launch two", ec2.run_instances, **launch, TagSpecifications=specification)["Instances"]
    one, two = (instance["InstanceId"] for instance in instances)
    wrong = [{"ResourceType": "image", "Tags": tags}]
    do("launch with tags of images", ec2.run_instances, **launch, TagSpecifications=wrong)

    do("tag", ec2.create_tags, Resources=[one], Tags=[{"Key": "release", "Value": "2.0"}, {"Key": "owner", "Value": "me"}])

    def described(step, *filters):
        wanted = [{"Name": name, "Values": list(values)} for name, *values in filters]
        do(step, ec2.describe_tags, Filters=wanted)

    described("tags of one", ("resource-id", one))
    described("tags of instances", ("resource-type", "instance"), ("resource-id", one, two))
    described("tags by key", ("key", "release"), ("resource-id", one, two))
    described("tags by value", ("value", "2.*"))
    described("tags by key and value", ("key", "owner", "empty"), ("value", "me"))
    described("tags of volumes", ("resource-type", "volume"))
    described("tags by an unknown filter", ("nonsense", "x"))

    def found(step, *filters):
        wanted = [{"Name": name, "Values": list(values)} for name, *values in filters]
        answer = ec2.describe_instances(Filters=wanted)
        ids = [one["InstanceId"] for group in answer["Reservations"] for one in group["Instances"]]
        do(step, lambda: {"ResponseMetadata": {}, "ids": sorted(ids, key=(one, two).index)})

    found("instances by tag", ("tag:release", "1.0"))
    found("instances by wildcard", ("tag:release", "?.0"))
    found("instances by tag of another case", ("tag:Release", "1.0"))
    found("instances by value of another case", ("tag:owner", "ME"))
    found("instances by key", ("tag-key", "owner"))
    found("instances by two filters", ("tag-key", "owner"), ("tag:release", "1.0"))
    found("instances by an empty value", ("tag:empty", ""))

    do("untag another value", ec2.delete_tags, Resources=[one], Tags=[{"Key": "release", "Value": "9"}])
    described("tags that stay", ("resource-id", one))
    do("untag", ec2.delete_tags, Resources=[one, two], Tags=[{"Key": "release"}])
    do("untag what is not there", ec2.delete_tags, Resources=[one], Tags=[{"Key": "never"}])
    described("tags left", ("resource-id", one, two))
    do("untag everything", ec2.delete_tags, Resources=[one])
    described("none left", ("resource-id", one))

    do("tag with a reserved key", ec2.create_tags, Resources=[one], Tags=[{"Key": "aws:x", "Value": "y"}])
    do("tag with a long key", ec2.create_tags, Resources=[one], Tags=[{"Key": "k" * 129, "Value": "y"}])
    do("tag with a long value", ec2.create_tags, Resources=[one], Tags=[{"Key": "k", "Value": "v" * 257}])
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    do("tag with 51 tags", ec2.create_tags, Resources=[one], Tags=many)
    do("tag with 50 tags", ec2.create_tags, Resources=[one], Tags=many[:50])
    do("tag the 51st", ec2.create_tags, Resources=[one], Tags=many[50:])
    do("tag the unknown", ec2.create_tags, Resources=["ami-0123456789abcdef0"], Tags=tags)
    do("terminate", ec2.terminate_instances, InstanceIds=[one, two])
