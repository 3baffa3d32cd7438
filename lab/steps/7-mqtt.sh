# MQTT with client authentication: a key made inside the chip, a certificate authority, a broker that knows its devices
# The private key of slot 1 never exists outside the chip. The broker takes the certificate's common name as user name, and lets a device
# write only below devices/<its name>/.

run 'ca init ca'
run 'ca server ca mqtt.tmc.com --also localhost -o broker'
run 'ca client ca reader -o reader'

run 'mos -X atca-gen-key 1 board.pub.pem --dry-run=false'
expect '^Generated new ECC key on slot 1$'
run 'mos -X atca-gen-csr 1 board.csr.pem --subject="/C=FR/O=TMC/OU=IOT/CN=board" --gen-key=false --dry-run=false'
run 'openssl req -in board.csr.pem -noout -verify -subject'
expect 'verif(y|ication).*OK'
run 'openssl req -in board.csr.pem -noout -pubkey | cmp - board.pub.pem && echo "the key of the request is the chip'"'"'s"'
expect 'is the chip'
run 'ca sign ca board.csr.pem -o board.crt.pem'
run 'openssl verify -CAfile ca/ca.crt.pem board.crt.pem'
expect 'OK$'

run 'cp ca/ca.crt.pem ca.pem && mos put board.crt.pem && mos put ca.pem'

start_broker broker
say
say "The broker: $(grep -c . broker.conf) lines of configuration, the ones that matter:"
grep -E 'listener|require_certificate|use_identity|tls_version' broker.conf | sed 's/^/    /'

say
say "$bold\$ mosquitto_sub ... -t 'devices/+/events' -t 'devices/+/state' &$plain"
start_reader

from=$(size_of board/console.log)
run "mos config-set mqtt.enable=true mqtt.server=mqtt.tmc.com:$broker_port mqtt.ssl_cert=board.crt.pem mqtt.ssl_key=ATCA:1 mqtt.ssl_ca_cert=ca.pem mqtt.reconnect_timeout_max=4"
await board/console.log 'MQTT0 CONNACK 0' 30 "$from"
await board/console.log 'ATCA:1 ECDSA sign ok' 5 "$from"
await logs/reader 'devices/board/events \{"uptime": ?[0-9]+' 15
await logs/broker "as .* \\(.*u'board'" 5

say
say "What the subscriber sees:"
head -n 3 logs/reader | sed 's/^/    /'

say
say "A command, sent by the lab's operator:"
run "mosquitto_pub -h localhost -p $broker_port --cafile ca/ca.crt.pem --cert reader.crt.pem --key reader.key.pem -q 1 -t devices/board/command -m '{\"led\": true}'"
await board/console.log 'Command: \{"led": true\}' 10 "$from"
await logs/reader 'devices/board/state \{"led": ?true' 10
