# Build the application, power a virtual board, flash it, read its console
# The manifest is the handout's, plus `mqtt`. The board gets its name server from the lab, as it would from the
# Raspberry Pi's dnsmasq: mqtt.tmc.com is this machine.

cp -r "$ROOT/apps/my-app" my-app
rm -rf my-app/build

for attempt in 1 2 3 4 5; do
    dns_port=$(a_port)
    background dnsmasq dnsmasq --keep-in-foreground --conf-file=/dev/null --port="$dns_port" --listen-address=127.0.0.1 \
        --bind-interfaces --no-resolv --no-hosts --pid-file= --log-facility=- --user="$(id -un)" --group="$(id -gn)" \
        --address=/mqtt.tmc.com/127.0.0.1
    if timeout 5 sh -c 'tail -F "$1" 2>/dev/null | grep -Em1 "started|failed to create" | grep -q started' sh logs/dnsmasq; then
        break
    fi
    end dnsmasq
    [ "$attempt" -lt 5 ] || fail "dnsmasq to start on a free port" logs/dnsmasq
    : >logs/dnsmasq
done

run 'cd my-app && mos build --local --platform linux'
expect 'Firmware saved to .*/my-app/build/fw\.zip'

say
say "$bold\$ hallmark-board start --dir board --dns 127.0.0.1:$dns_port &$plain"
mkfifo board.ready
background board sh -c 'exec hallmark-board start --dir board --dns "$1" --ready-fd 3 3>board.ready' sh "127.0.0.1:$dns_port"
timeout 10 head -c 1 board.ready >/dev/null || fail "the board to be ready within 10 s" logs/board
rm board.ready
sed 's/^/    /' logs/board

export MOS_PORT=$WORK/board/ttyUSB0
say
say "$bold\$ export MOS_PORT=$MOS_PORT$plain"

run 'cd my-app && mos flash'
expect 'Loaded my-app/linux version 1\.0'
expect 'All done!'

console_open
console_await 'Tick uptime: '
console_close
expect '^\[[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}\.[0-9]{3}\] [a-z_]+\.c:[0-9]+ +my-app 1\.0 \('
expect 'Reset cause: '
expect 'ATECC608A @ 0/0x60: rev 0x6002 S/N 0x[0-9a-f]+, zone lock status: yes, yes; ECDH slots: 0x0c'
expect 'HTTP server started on \[:443\] \(SSL\)'
expect 'Init done, RAM: [0-9]+ total, [0-9]+ free, [0-9]+ min free'
expect 'main\.c:[0-9]+ +Tock uptime: [0-9]+\.[0-9]{2}, RAM: [0-9]+, [0-9]+ free'
expect 'main\.c:[0-9]+ +Tick uptime: [0-9]+\.[0-9]{2}, RAM: [0-9]+, [0-9]+ free'
