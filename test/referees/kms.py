"""KMS by botocore's own client: what it reads of each operation, as JSON."""

import json
import sys

import boto3

kms = boto3.client("kms")
alias = kms.describe_key(KeyId="alias/images")["KeyMetadata"]
aliases = [a["AliasName"] for page in kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 1}) for a in page["Aliases"]]
keys = [k["KeyId"] for page in kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1}) for k in page["Keys"]]
grants = [g for page in kms.get_paginator("list_grants").paginate(KeyId=alias["KeyId"]) for g in page["Grants"]]
policy = json.loads(kms.get_key_policy(KeyId=alias["KeyId"])["Policy"])
json.dump(
    {
        "metadata": {name: value for name, value in alias.items() if name != "CreationDate"},
        "year": alias["CreationDate"].year,
        "aliases": aliases,
        "grants": grants,
        "keys": sorted(keys),
        "principal": policy["Statement"][0]["Principal"]["AWS"],
        "unread": sorted(set(alias) - set(kms.meta.service_model.shape_for("KeyMetadata").members)),
    },
    sys.stdout,
)
