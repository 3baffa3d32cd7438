# The broker is killed and restarted: the board comes back with back-off, and nothing it accepted is lost
# Every reading carries a number that grows only when the message was accepted for sending (QoS 1). The subscriber must see them all.

reader_from=$(size_of logs/reader)
await logs/reader 'devices/board/events' 20 "$reader_from"
from=$(size_of board/console.log)

say
say "$bold\$ kill -9 <mosquitto>$plain"
end broker KILL
await board/console.log 'MQTT0 disconnected' 15 "$from"
await board/console.log 'MQTT0 connecting after [0-9]+ ms' 15 "$from"
# Long enough for the back-off to be seen growing.
await board/console.log 'MQTT0 TCP connected error|Error: .*refused' 20 "$from"
say "$bold\$ mosquitto -c broker.conf &$plain"
end reader
start_broker broker
await board/console.log 'MQTT0 CONNACK 0' 30 "$from"
start_reader
reader_from=$(size_of logs/reader)
await logs/reader 'devices/board/events' 20 "$reader_from"
tail -c "+$((from + 1))" board/console.log | grep -aE 'MQTT0|queue' | grep -avE 'pub ->|ack' | head -20 | sed 's/^/    board: /'

# Duplicates are allowed at QoS 1, gaps are not. Each boot of the board starts at 0 again; this is one boot.
grep -ao '"seq": *[0-9]*' logs/reader | tr -dc '0-9\n' | awk '
    NR == 1 { first = $1; next_seq = $1 }
    $1 == next_seq { next_seq++; next }
    $1 < next_seq { again++; next }
    { printf "gap: %d is missing, %d came\n", next_seq, $1; next_seq = $1 + 1; gaps++ }
    END { printf "readings %d to %d received, %d twice, %d gaps\n", first, next_seq - 1, again, gaps }' >"$out"
sed 's/^/    subscriber: /' "$out"
expect ', 0 gaps$'
expect_not '^readings  to'
