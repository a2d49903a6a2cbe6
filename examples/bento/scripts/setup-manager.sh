# Sourced by setup.sh: PostgreSQL, Redis, the API and what hands out work.
sudo -E apt-get install -qq -y postgresql redis-server
fetch "$releases/broker-$BROKER_VERSION/broker" "$here/broker"
sudo install -m 0755 "$here/broker" /usr/local/bin/broker
sudo install -m 0644 "$here/service_files/broker.toml" /opt/boundless/broker.toml
services+=(bento-api bento-broker bento-executor bento-aux)
