"""Parameters of Systems Manager: written, read by name and by path, overwritten, deleted."""


def run(do, client):
    ssm = client("ssm")
    put = ssm.put_parameter
    do("put", put, Name="/releases/official/us-east-1", Value="ami-1", Type="String")
    do("put again", put, Name="/releases/official/us-east-1", Value="ami-2", Type="String")
    do("overwrite", put, Name="/releases/official/us-east-1", Value="ami-2", Overwrite=True)
    do("put without a type", put, Name="/refused/untyped", Value="x")
    do("put a list", put, Name="/releases/list", Value="a,b", Type="StringList")
    do("put deeper", put, Name="/releases/official/old/eu-west-1", Value="ami-3", Type="String")
    do("put a reserved name", put, Name="/aws/mine", Value="x", Type="String")
    do("put a reserved prefix", put, Name="ssm-mine", Value="x", Type="String")
    do("put a name with a space", put, Name="/refused/a b", Value="x", Type="String")
    do("put a relative path", put, Name="refused/a", Value="x", Type="String")
    do("put 16 levels", put, Name="/a" * 16, Value="x", Type="String")
    do("put 15 levels", put, Name="/a" * 15, Value="x", Type="String")
    do("put nothing", put, Name="/refused/empty", Value="", Type="String")
    do("put too much", put, Name="/refused/long", Value="x" * 4097, Type="String")
    do("put a bad type", put, Name="/refused/bad", Value="x", Type="Text")

    do("get", ssm.get_parameter, Name="/releases/official/us-east-1")
    do("get by version", ssm.get_parameter, Name="/releases/official/us-east-1:2")
    do("get an unknown version", ssm.get_parameter, Name="/releases/official/us-east-1:9")
    do("get an unknown name", ssm.get_parameter, Name="/releases/nothing")
    names = ["/releases/list", "/releases/nothing", "/releases/official/us-east-1"]
    do("get several", ssm.get_parameters, Names=names)
    do("get eleven", ssm.get_parameters, Names=[f"/n{number}" for number in range(11)])
    do("by path", ssm.get_parameters_by_path, Path="/releases")
    do("by path with a slash", ssm.get_parameters_by_path, Path="/releases/")
    do("by path, recursive", ssm.get_parameters_by_path, Path="/releases", Recursive=True)
    do("by a path that is a name", ssm.get_parameters_by_path, Path="/releases/list")
    do("by half a name", ssm.get_parameters_by_path, Path="/rel", Recursive=True)
    do("by a relative path", ssm.get_parameters_by_path, Path="releases")
    do("by path, eleven a page", ssm.get_parameters_by_path, Path="/releases", MaxResults=11)

    do("delete", ssm.delete_parameter, Name="/releases/list")
    do("delete again", ssm.delete_parameter, Name="/releases/list")
    do("delete several", ssm.delete_parameters, Names=names)
    do("what is left", ssm.get_parameters_by_path, Path="/releases", Recursive=True)
