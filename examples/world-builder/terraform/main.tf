# terraform apply -var-file=dev.tfvars.json
variable "world_builder_amis" {
  type        = map(map(string))
  description = "By region and image, as gopackgo writes them to dev.tfvars.json and prod.tfvars.json."
}

variable "region" {
  type    = string
  default = "us-east-2"
}

variable "subnet_id" {
  type = string
}

provider "aws" {
  region = var.region
}

resource "aws_instance" "world_builder" {
  ami           = var.world_builder_amis[var.region]["al2023"]
  instance_type = "t3.small"
  subnet_id     = var.subnet_id
  tags          = { Name = "world-builder" }
}
