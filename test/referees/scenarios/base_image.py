CANONICAL = "099720109477"

UBUNTU = [{"Name": "name", "Values": ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]}]


def newest(images):
    return max(images, key=lambda image: image["Name"])


def base_image(ec2):
    return newest(ec2.describe_images(Owners=[CANONICAL], Filters=UBUNTU)["Images"])
