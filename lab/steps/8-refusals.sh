# The refusals: each on the right side, each with a sentence

say
say "1. Without a client certificate the broker lets nobody in:"
from=$(size_of logs/broker)
refused "mosquitto_pub -h localhost -p $broker_port --cafile ca/ca.crt.pem -t devices/x/events -m hello"
await logs/broker 'peer did not return a certificate' 5 "$from"
grep -a 'peer did not return' logs/broker | tail -1 | sed 's/^/    broker: /'

say
say "2. Nor with a certificate of another authority:"
run 'ca init foreign-ca && ca client foreign-ca intruder -o intruder'
from=$(size_of logs/broker)
refused "mosquitto_pub -h localhost -p $broker_port --cafile ca/ca.crt.pem --cert intruder.crt.pem --key intruder.key.pem -t devices/x/events -m hello"
await logs/broker 'certificate verify failed' 5 "$from"
grep -a 'certificate verify failed' logs/broker | tail -1 | sed 's/^/    broker: /'

say
say "3. A thief copies the whole flash of the board, certificate and all, to a board of his own. His chip holds another key:"
mkdir -p thief && cp -r board/flash thief/flash
mkfifo thief.ready
background thief sh -c 'exec hallmark-board start --dir thief --dns "$1" --ready-fd 3 3>thief.ready' sh "127.0.0.1:$dns_port"
timeout 10 head -c 1 thief.ready >/dev/null || fail "the thief's board to be ready" logs/thief
rm thief.ready
from=$(size_of logs/broker)
thief_from=$(size_of thief/console.log)
run 'mos --port thief/ttyUSB0 -X atca-gen-key 1 --dry-run=false >/dev/null && mos --port thief/ttyUSB0 call Sys.Reboot'
await thief/console.log 'ATCA:1 ECDSA sign ok' 30 "$thief_from"
await thief/console.log 'MQTT0 disconnected|Error: ' 15 "$thief_from"
await logs/broker 'bad signature|decrypt error' 10 "$from"
grep -aE 'bad signature|decrypt error' logs/broker | tail -1 | sed 's/^/    broker: /'
grep -aE 'MQTT0|Error: ' thief/console.log | tail -4 | sed 's/^/    thief:  /'
! grep -q 'MQTT0 CONNACK 0' thief/console.log || fail "the thief never to be let in" thief/console.log
grep -aE 'Error: .*(certificate|signature|key)' thief/console.log >"$out" || fail "a sentence on the thief's console that names the certificate or the key" thief/console.log
end thief

say
say "4. A broker whose certificate carries another name is refused by the board:"
run 'ca server ca mqtt.example.org --also localhost -o misnamed'
end reader
end broker
from=$(size_of board/console.log)
start_broker misnamed
await board/console.log 'Error: .*mqtt\.tmc\.com' 30 "$from"
grep -a 'Error: .*mqtt\.tmc\.com' board/console.log | tail -1 | sed 's/^/    board: /'

say
say "5. So is one whose certificate has expired:"
run 'ca server ca mqtt.tmc.com --also localhost --expired -o expired'
end broker
from=$(size_of board/console.log)
start_broker expired
await board/console.log 'Error: .*expired' 30 "$from"
grep -a 'Error: .*expired' board/console.log | tail -1 | sed 's/^/    board: /'

say
say "With the right certificate the board is back by itself:"
end broker
from=$(size_of board/console.log)
start_broker broker
await board/console.log 'MQTT0 CONNACK 0' 30 "$from"
grep -a 'MQTT0 CONNACK 0' board/console.log | tail -1 | sed 's/^/    board: /'
# The broker kept the subscriber's session, and what was meant for it meanwhile.
start_reader
