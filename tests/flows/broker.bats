#!/usr/bin/env bats
# The lab's authority (lab/ca/ca) and its broker (lab/broker/broker_conf), with the real mosquitto and its clients.

setup_file() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    export PATH="$root/lab/ca:$root/lab/broker:/usr/sbin:$PATH"
    cd "$BATS_FILE_TMPDIR" || return 1
    ca init ca
    ca server ca mqtt.tmc.com --also localhost -o broker
    ca client ca reader -o reader
    ca client ca pump -o pump
    # A board makes its own key, and only ever shows a request.
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out board.key.pem 2>/dev/null ||
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out board.key.pem
    openssl req -new -key board.key.pem -subj /C=FR/O=TMC/OU=IOT/CN=board -out board.csr.pem
    ca sign ca board.csr.pem -o board.crt.pem
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
    broker=''
}

teardown() {
    [ -z "$broker" ] || { kill "$broker" && wait "$broker" || true; }
}

# await FILE REGEX: until a line matches; follows the file.
await() {
    timeout 10 sh -c 'tail -n +1 -F "$1" 2>/dev/null | grep -aEm1 -- "$2"' sh "$1" "$2"
}

# start_broker [CADIR]: sets $broker, $port, $log. $port is kept by the next call.
start_broker() {
    log=$BATS_TEST_TMPDIR/broker.log
    for _ in 1 2 3 4 5; do
        [ -n "${port:-}" ] || port=$(($(od -An -N2 -tu2 /dev/urandom) % 28000 + 32000))
        broker_conf "$BATS_TEST_TMPDIR/broker.d" "$port" "${1:-ca}" broker >"$BATS_TEST_TMPDIR/broker.conf" || return 1
        : >"$log"
        mosquitto -c "$BATS_TEST_TMPDIR/broker.conf" 2>"$log" 3>&- &
        broker=$!
        if await "$log" 'running$|Error:' | grep -q running; then return; fi
        wait "$broker" || true
        broker='' port=''
    done
    return 1
}

# as NAME COMMAND...: a mosquitto program with that certificate, sure of the broker's.
as() {
    name=$1 program=$2
    shift 2
    timeout 15 "$program" -h localhost -p "$port" --cafile ca/ca.crt.pem --cert "$name.crt.pem" --key "$name.key.pem" "$@" 3>&-
}

# Subscribes in the background and returns when the broker has said yes; the messages go to $BATS_TEST_TMPDIR/NAME.
subscribe() {
    as "$@" >"$BATS_TEST_TMPDIR/$1" &
    await "$log" "Sending SUBACK to" >/dev/null
}

@test "the broker takes a client by its certificate, and calls it by its common name" {
    start_broker
    as board mosquitto_pub -q 1 -t devices/board/events -m hello
    await "$log" "New client connected .* u'board'"
}

@test "the broker refuses who has no certificate" {
    start_broker
    run timeout 15 mosquitto_pub -h localhost -p "$port" --cafile ca/ca.crt.pem -t devices/board/events -m hello
    [ "$status" -ne 0 ]
    await "$log" 'peer did not return a certificate'
    ! grep 'New client connected' "$log"
}

@test "the broker refuses the certificate of another authority" {
    start_broker
    ca init "$BATS_TEST_TMPDIR/foreign"
    ca client "$BATS_TEST_TMPDIR/foreign" board -o "$BATS_TEST_TMPDIR/intruder"
    run as "$BATS_TEST_TMPDIR/intruder" mosquitto_pub -t devices/board/events -m hello
    [ "$status" -ne 0 ]
    await "$log" 'certificate verify failed'
    ! grep 'New client connected' "$log"
}

@test "the broker refuses a copied certificate without its key" {
    start_broker
    cp board.crt.pem "$BATS_TEST_TMPDIR/thief.crt.pem"
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$BATS_TEST_TMPDIR/thief.key.pem"
    run as "$BATS_TEST_TMPDIR/thief" mosquitto_pub -t devices/board/events -m hello
    [ "$status" -ne 0 ]
    ! grep 'New client connected' "$log"
}

@test "the broker refuses another broker's certificate as a client's" {
    start_broker
    run as broker mosquitto_pub -t devices/board/events -m hello
    [ "$status" -ne 0 ]
    ! grep 'New client connected' "$log"
}

@test "the broker speaks TLS 1.2 and nothing older" {
    start_broker
    run timeout 15 openssl s_client -connect "localhost:$port" -CAfile ca/ca.crt.pem -cert board.crt.pem -key board.key.pem -tls1_2 </dev/null
    [[ $output == *"Verify return code: 0 (ok)"* ]]
    run timeout 15 openssl s_client -connect "localhost:$port" -cipher DEFAULT@SECLEVEL=0 -tls1_1 </dev/null
    [ "$status" -ne 0 ]
}

@test "a client sees that a broker has the wrong name, or expired" {
    ca server ca mqtt.example.org -o "$BATS_TEST_TMPDIR/misnamed"
    ca server ca localhost --expired -o "$BATS_TEST_TMPDIR/expired"
    run openssl verify -CAfile ca/ca.crt.pem -verify_hostname localhost "$BATS_TEST_TMPDIR/misnamed.crt.pem"
    [[ $output == *"hostname mismatch"* ]]
    run openssl verify -CAfile ca/ca.crt.pem -verify_hostname localhost "$BATS_TEST_TMPDIR/expired.crt.pem"
    [[ $output == *"certificate has expired"* ]]
    openssl verify -CAfile ca/ca.crt.pem -verify_hostname localhost -purpose sslserver broker.crt.pem
}

@test "a board writes below its own name only" {
    start_broker
    subscribe reader mosquitto_sub -v -q 1 -C 1 -t 'devices/#'
    reader=$!
    as board mosquitto_pub -q 1 -t devices/pump/events -m forged
    as board mosquitto_pub -q 1 -t elsewhere -m forged
    as board mosquitto_pub -q 1 -t devices/board/events -m mine
    wait "$reader"
    [ "$(cat "$BATS_TEST_TMPDIR/reader")" = 'devices/board/events mine' ]
}

@test "a board reads its own commands only" {
    start_broker
    subscribe board mosquitto_sub -v -q 1 -C 1 -t 'devices/#' -t '#'
    board=$!
    as pump mosquitto_pub -q 1 -t devices/pump/events -m private
    as reader mosquitto_pub -q 1 -t devices/pump/command -m 'for the pump'
    as reader mosquitto_pub -q 1 -t devices/board/command -m 'for the board'
    wait "$board"
    [ "$(cat "$BATS_TEST_TMPDIR/board")" = 'devices/board/command for the board' ]
}

@test "the reader commands, but does not write events" {
    start_broker
    subscribe reader mosquitto_sub -v -q 1 -C 1 -t 'devices/+/events'
    reader=$!
    as reader mosquitto_pub -q 1 -t devices/board/events -m forged
    as board mosquitto_pub -q 1 -t devices/board/events -m real
    wait "$reader"
    [ "$(cat "$BATS_TEST_TMPDIR/reader")" = 'devices/board/events real' ]
}

@test "a message of QoS 1 survives the broker's death while its reader is away" {
    start_broker
    # -E: leaves when the subscription is acknowledged; -c: the session stays.
    as reader mosquitto_sub -i reader -c -q 1 -E -t 'devices/+/events'
    as board mosquitto_pub -q 1 -t devices/board/events -m 'kept'
    # An earlier saving may be of the subscription: the one that counts comes after the message.
    timeout 10 sh -c 'tail -n +1 -F "$1" 2>/dev/null | sed -un "/Received PUBLISH/,\$ { /Saving/q }"' sh "$log"
    # The line stands before the saving is done; when the broker answers somebody else, it is.
    as board mosquitto_pub -q 1 -t devices/board/other -m x
    kill -KILL "$broker"
    wait "$broker" || true
    start_broker
    run as reader mosquitto_sub -i reader -c -q 1 -C 1 -t 'devices/+/events'
    [ "$output" = kept ]
}

@test "a revoked certificate is refused by the next broker" {
    cp -r ca "$BATS_TEST_TMPDIR/ca"
    ca client "$BATS_TEST_TMPDIR/ca" lost -o "$BATS_TEST_TMPDIR/lost"
    ca revoke "$BATS_TEST_TMPDIR/ca" "$BATS_TEST_TMPDIR/lost.crt.pem"
    ca list "$BATS_TEST_TMPDIR/ca" | grep '^R .*CN=lost$'
    start_broker "$BATS_TEST_TMPDIR/ca"
    run as "$BATS_TEST_TMPDIR/lost" mosquitto_pub -t devices/lost/events -m hello
    [ "$status" -ne 0 ]
    await "$log" 'certificate revoked|certificate verify failed'
    as board mosquitto_pub -q 1 -t devices/board/events -m hello
}

@test "the authority signs only a request whose maker holds the key" {
    openssl req -in board.csr.pem -outform DER -out "$BATS_TEST_TMPDIR/csr.der"
    size=$(wc -c <"$BATS_TEST_TMPDIR/csr.der")
    # The last byte of the signature.
    printf '\000' | dd of="$BATS_TEST_TMPDIR/csr.der" bs=1 seek=$((size - 1)) conv=notrunc 2>/dev/null
    printf '\377' | dd of="$BATS_TEST_TMPDIR/csr.der" bs=1 seek=$((size - 2)) conv=notrunc 2>/dev/null
    openssl req -inform DER -in "$BATS_TEST_TMPDIR/csr.der" -out "$BATS_TEST_TMPDIR/bad.csr.pem"
    run ca sign ca "$BATS_TEST_TMPDIR/bad.csr.pem" -o "$BATS_TEST_TMPDIR/bad.crt.pem"
    [ "$status" -ne 0 ]
    [[ $output == *"does not hold its key"* ]]
    [ ! -e "$BATS_TEST_TMPDIR/bad.crt.pem" ]
}

@test "the authority ignores what a request wishes to be" {
    openssl req -new -key board.key.pem -subj /CN=greedy -addext basicConstraints=critical,CA:TRUE -out "$BATS_TEST_TMPDIR/greedy.csr.pem"
    ca sign ca "$BATS_TEST_TMPDIR/greedy.csr.pem" -o "$BATS_TEST_TMPDIR/greedy.crt.pem"
    openssl x509 -in "$BATS_TEST_TMPDIR/greedy.crt.pem" -noout -text | grep CA:FALSE
    openssl verify -CAfile ca/ca.crt.pem -purpose sslclient "$BATS_TEST_TMPDIR/greedy.crt.pem"
}

@test "the authority refuses names that would reach into another's topics" {
    for name in 'board/other' '+' '#' 'a b' ''; do
        run ca client ca "$name" -o "$BATS_TEST_TMPDIR/odd"
        [ "$status" -ne 0 ]
    done
    openssl req -new -key board.key.pem -subj '/CN=board\/other' -out "$BATS_TEST_TMPDIR/odd.csr.pem"
    run ca sign ca "$BATS_TEST_TMPDIR/odd.csr.pem" -o "$BATS_TEST_TMPDIR/odd.crt.pem"
    [ "$status" -ne 0 ]
    [ ! -e "$BATS_TEST_TMPDIR/odd.crt.pem" ]
}

@test "the authority gives a name once: nobody becomes another board, the broker or the operator" {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out mallory.key.pem 2>/dev/null
    for name in board mqtt.tmc.com reader; do
        openssl req -new -key mallory.key.pem -subj "/C=FR/O=TMC/OU=IOT/CN=$name" -out mallory.csr.pem
        run ca sign ca mallory.csr.pem -o mallory.crt.pem
        [ "$status" -ne 0 ]
        [[ "$output" == *"$name"* ]]
        [ ! -e mallory.crt.pem ]
    done
    run ca client ca pump -o second-pump
    [ "$status" -ne 0 ]
    # The same device again, and a name that only ends alike.
    ca sign ca board.csr.pem --renew -o renewed.crt.pem
    openssl req -new -key mallory.key.pem -subj /CN=keyboard -out keyboard.csr.pem
    ca sign ca keyboard.csr.pem -o keyboard.crt.pem
}

@test "the authority keeps what exists, and its keys to itself" {
    before=$(cat ca/ca.key.pem)
    run ca init ca
    [ "$status" -eq 0 ]
    [ "$(cat ca/ca.key.pem)" = "$before" ]
    run ca client ca reader -o reader
    [ "$status" -ne 0 ]
    [[ $output == *"reader.key.pem exists"* ]]
    run ca sign ca board.csr.pem -o board.crt.pem
    [ "$status" -ne 0 ]
    [ "$(stat -c %a ca/ca.key.pem)" = 600 ]
    [ "$(stat -c %a reader.key.pem)" = 600 ]
    run ca client nowhere x -o x
    [[ $output == *"ca init nowhere"* ]]
}
