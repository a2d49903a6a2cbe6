# Sourced by setup.sh: NVIDIA's driver, CUDA 13.0, and the prover with RISC Zero's Groth16.
fetch https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2404/x86_64/cuda-keyring_1.1-1_all.deb "$here/cuda-keyring.deb"
sudo dpkg -i "$here/cuda-keyring.deb"
sudo -E apt-get update -qq
sudo -E apt-get install -qq -y cuda-toolkit-13-0 nvidia-open
# A unified node may be built, and started, without a GPU.
if [[ $NODE == prover ]] || lspci | grep --quiet --ignore-case nvidia; then
  sudo modprobe nvidia
  nvidia-smi
fi

fetch https://risczero.com/install "$here/install-risc0.sh"
bash "$here/install-risc0.sh"
"$HOME/.risc0/bin/rzup" install risc0-groth16
sudo cp -R "$HOME/.risc0" /opt/boundless/.risc0
sudo chown -R bento:bento /opt/boundless/.risc0
services+=(bento-prover)
