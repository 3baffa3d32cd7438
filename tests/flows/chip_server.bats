#!/usr/bin/env bats
# hallmark-chip and hallmark-chip-ctl from the shell: what they say to wrong usage, files that are none, a chip that is not there.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    export PATH=${BUILD:-$root/build}/chip:$PATH
    cd "$BATS_TEST_TMPDIR" || return 1
    server=
}

# A server that was asked to end ends well.
teardown() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; }
}

chip() {
    mkfifo ready
    hallmark-chip --socket bus.sock --state chip.state --fast --ready-fd 4 "$@" 4>ready 3>&- &
    server=$!
    read -r _ <ready
}

ctl() { hallmark-chip-ctl --socket bus.sock "$@"; }

# refused STATUS TEXT COMMAND...: this exit status, TEXT on stderr, nothing on stdout.
refused() {
    local wanted=$1 text=$2
    shift 2
    run --separate-stderr "$@"
    [ "$status" -eq "$wanted" ] && [ -z "$output" ] && [[ "$stderr" == *"$text"* ]] ||
        { echo "exit $status: $output / $stderr"; false; }
}

# starting STATUS TEXT OPTION...: hallmark-chip with a socket and a state refuses, and leaves no socket behind.
starting() {
    local wanted=$1 text=$2
    shift 2
    refused "$wanted" "$text" hallmark-chip --socket bus.sock --state chip.state "$@"
    [ ! -e bus.sock ]
}

@test "help is on standard output" {
    run -0 --separate-stderr hallmark-chip --help
    [[ $output == *'--ready-fd N'*'mongoose-508'*'power-loss'*'examples:'* ]]
    [ -z "$stderr" ]
    run -0 --separate-stderr hallmark-chip-ctl --help
    [[ $output == *'usage: hallmark-chip-ctl'* ]]
    [ -z "$stderr" ]
}

@test "hallmark-chip: options that cannot be" {
    refused 2 '--socket and --state are needed' hallmark-chip
    refused 2 '--socket and --state are needed' hallmark-chip --socket bus.sock
    refused 2 '--socket and --state are needed' hallmark-chip --state chip.state
    starting 2 'there is no profile gold' --profile gold
    starting 2 '18 hexadecimal digits' --serial 0123456789ABCDEF0
    starting 2 '18 hexadecimal digits' --serial 0123456789ABCDEFxy
    for address in 07 78 -1 6x '' 99999999999999999999; do
        starting 2 '7-bit I2C address' --address "$address"
    done
    for descriptor in x -1 65536 '' 1x; do
        starting 2 'number of an open descriptor' --ready-fd "$descriptor"
    done
    more=()
    for i in $(seq 16); do more+=(--state "more$i"); done
    starting 2 'at most 16 chips' "${more[@]}"
    [ ! -e chip.state ]
}

@test "hallmark-chip: files that cannot be" {
    starting 1 'cannot open the trace' --trace no/such/trace
    starting 1 'cannot open the faults' --faults no/such/faults
    head -c 9000 /dev/zero >large
    starting 1 'cannot read the faults' --faults large
    mkdir folder
    starting 1 'cannot read the faults' --faults folder
    echo 'at 1 nonsense' >faults
    starting 1 'faults: ' --faults faults
    starting 1 'cannot create the lock' --state no/such/state
    starting 1 "cannot read the chip's state" --state folder
    echo text >text
    starting 1 'not the state of a virtual chip' --state text
    [ "$(cat text)" = text ]
}

@test "hallmark-chip: sockets that cannot be" {
    refused 1 'at most 107 bytes' hallmark-chip --socket "$(printf %0108d 0)" --state chip.state
    refused 1 'cannot listen at no/such/bus.sock' hallmark-chip --socket no/such/bus.sock --state chip.state
    starting 1 'cannot write to descriptor 99 of --ready-fd' --ready-fd 99
}

@test "hallmark-chip: a state that cannot be made" {
    mkdir closed
    mkdir closed/chip.state.new
    refused 1 "cannot write the chip's state" hallmark-chip --socket bus.sock --state closed/chip.state
    [ ! -e closed/chip.state ]
}

@test "hallmark-chip: ready on standard output, the trace there too, an interrupt ends it" {
    mkfifo said
    hallmark-chip --socket bus.sock --state chip.state --fast --trace - --ready-fd 1 >said 3>&- &
    pid=$!
    exec 5<said
    read -r -t 10 line <&5
    [ "$line" = ready ]
    ctl power cycle
    read -r -t 10 line <&5
    [[ $line == *'power cycle' ]]
    kill -INT "$pid"
    wait "$pid"
    exec 5<&-
    [ ! -e bus.sock ]
}

@test "hallmark-chip: two chips at one address are warned of" {
    chip --state other.state 2>said
    grep -q 'have the same address, 60' said
    ctl status >out
    [ "$(grep -c '^chip 60 ' out)" -eq 2 ]
}

@test "hallmark-chip-ctl: wrong usage" {
    refused 2 'usage:' hallmark-chip-ctl
    refused 2 'usage:' hallmark-chip-ctl help
    refused 2 'usage:' ctl
    refused 2 'usage:' ctl faults
    refused 2 'usage:' ctl faults one two
    refused 2 'nonsense' hallmark-chip-ctl --nonsense
    refused 1 'no hallmark-chip listens there' ctl help
    refused 1 'File name too long' hallmark-chip-ctl --socket "$(printf %0108d 0)" help
}

@test "hallmark-chip-ctl: requests as words" {
    chip
    ctl help | grep -q 'trace \[N\]'
    ctl fault at 1000 nack 2
    ctl status | grep -qx 'faults pending 1'
    refused 1 'there is no request' ctl nonsense
    refused 1 'off, on or cycle' ctl power sideways
    refused 1 'the request is too long' ctl "$(printf %08200d 0)"
    refused 1 'the request is too long' ctl fault "$(printf %08190d 0)"
}

@test "hallmark-chip-ctl: rules of a file, all or none" {
    chip
    printf 'at 1000 nack\n# and\nat 1001 nack\n' >rules
    ctl faults rules
    ctl faults - <rules
    ctl status | grep -qx 'faults pending 4'
    printf 'at 1002 nack\nat once nack\n' >broken
    refused 1 'line 2' ctl faults broken
    ctl status | grep -qx 'faults pending 4'
    refused 1 'No such file' ctl faults missing
    head -c 9000 /dev/zero | tr '\0' '#' >large
    refused 1 'at most 8 kB of text' ctl faults large
    printf 'at 1 nack\0' >binary
    refused 1 'at most 8 kB of text' ctl faults binary
    mkdir folder
    refused 1 'at most 8 kB of text' ctl faults folder
}
