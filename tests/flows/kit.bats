#!/usr/bin/env bats
# hallmark-kit: a virtual chip behind the kit protocol on a pty.  atecc608.md 6.1

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    build=${BUILD:-$root/build}
    export PATH=$build/chip:$build/chip/kit:$PATH
    cd "$BATS_TEST_TMPDIR" || return 1
    servers=()
}

teardown() {
    exec 5>&-
    kill "${servers[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
}

await() {
    local pipe=ready.${#servers[@]} # one each: a reader must not meet the last writer of another
    mkfifo "$pipe"
    "$@" --ready-fd 4 4>"$pipe" 3>&- &
    servers+=($!)
    read -r _ <"$pipe"
}

kit() {
    await hallmark-chip --socket bus.sock --state chip.state "$@"
    await hallmark-kit --socket bus.sock --link kit
    exec 5<>kit
}

# ask LINE: the reply, in $reply.
ask() {
    printf '%s\n\0' "$1" >&5 # as the host's library sends it
    read -t 10 -r reply <&5
}

expect() {
    ask "$1"
    [ "$reply" = "$2" ] || {
        printf '%s: expected %s, got %s\n' "$1" "$2" "$reply"
        return 1
    }
}

@test "what a host's library says to find a chip and ask its revision" {
    kit
    expect 'board:device(00)' 'ECC608A TWI 00(C0)'
    expect 'E:physical:select(C0)' '00()'
    expect 'E:w()' '00(04113343)'
    expect 'E:t(0730000000035D)' '00(07000060028038)'
    expect 'E:i()' '00()'
}

@test "two chips are two devices, and select chooses" {
    kit --state second.state --address 35
    expect 'board:device(00)' 'ECC608A TWI 00(6A)'
    expect 'board:device(01)' 'ECC608A TWI 00(C0)'
    expect 'board:device(02)' 'no_device TWI 00(00)'
    expect 'E:physical:select(C0)' '00()'
    expect 'E:w()' '00(04113343)'
    ask 'E:t(070280000009AD)' # Read
    [[ $reply == '00(23'* ]]
    expect 'E:s()' '00()'
    expect 'E:physical:select(6A)' '00()'
    expect 'E:w()' '00(04113343)'
}

@test "talk waits for a signature" {
    kit
    ask 'E:w()'
    ask 'E:t(07400400008387)'
    [[ $reply == '00(43'* ]]
    [ ${#reply} -eq $((3 + 2 * 67 + 1)) ]
}

@test "nonsense is answered, and the next line works" {
    kit
    expect 'hello' 'E2()'
    expect 'e:t(xyz)' 'E2()'
    expect "$(printf %03000d 0)" 'E4()'
    head -c 20000 /dev/urandom | tr -d '\n' >&5
    ask ''
    expect 'e:w()' '00(04113343)'
}

@test "the chip may come back" {
    kit
    ask 'e:w()'
    kill "${servers[0]}"
    wait "${servers[0]}" || true
    expect 'e:i()' 'F0()'
    await hallmark-chip --socket bus.sock --state chip.state
    expect 'e:w()' '00(04113343)'
}

@test "the link goes with the kit, and nothing else is in its way" {
    kit
    [ -L kit ]
    kill "${servers[1]}"
    wait "${servers[1]}"
    [ ! -L kit ]
    echo precious >kit
    run -1 hallmark-kit --socket bus.sock --link kit
    [[ $output == *'no symbolic link lies there'* ]]
    [ "$(cat kit)" = precious ]
    run -2 hallmark-kit --socket bus.sock
    run -0 hallmark-kit --help
    [[ $output == *'example:'* ]]
}

@test "options that cannot be" {
    run -2 hallmark-kit --link kit
    [[ $output == *'--socket and --link are needed'* ]]
    run -2 hallmark-kit --socket bus.sock --link kit surplus
    [[ $output == *'and nothing else'* ]]
    run -2 hallmark-kit --nonsense
    for descriptor in x -1 65536 '' 1x 99999999999999999999; do
        run -2 hallmark-kit --socket bus.sock --link kit --ready-fd "$descriptor"
        [[ $output == *'number of an open descriptor'* ]]
    done
    [ ! -L kit ]
}

@test "a link that cannot be made, and a descriptor that is not open" {
    run -1 hallmark-kit --socket bus.sock --link no/such/folder/kit
    [[ $output == *'no chip answers at bus.sock yet'*'cannot make the link'*'No such file or directory'* ]]
    run -1 hallmark-kit --socket bus.sock --link "$(printf %01100d 0)"
    [[ $output == *'File name too long'* ]]
    run -1 hallmark-kit --socket bus.sock --link kit --ready-fd 99
    [[ $output == *'cannot write to descriptor 99'* ]]
    [ ! -L kit ]
}

@test "an older link is replaced, and one that was taken over is left" {
    ln -s /nowhere kit
    await hallmark-kit --socket bus.sock --link kit
    [[ $(readlink kit) == /dev/* ]]
    ln -sfn /somewhere/else kit
    kill "${servers[0]}"
    wait "${servers[0]}"
    [ "$(readlink kit)" = /somewhere/else ]
    await hallmark-kit --socket bus.sock --link other
    rm other
    kill "${servers[1]}"
    wait "${servers[1]}"
}

@test "ready on standard output, and a chip that comes later" {
    mkfifo said
    hallmark-kit --socket bus.sock --link kit --ready-fd 1 >said 2>complaints 3>&- &
    servers+=($!)
    read -r line <said
    [ "$line" = ready ]
    grep -q 'no chip answers at bus.sock yet' complaints
    exec 5<>kit
    expect 'e:w()' 'E1()'
    await hallmark-chip --socket bus.sock --state chip.state --fast
    expect 'board:device(00)' 'ECC608A TWI 00(C0)'
    expect 'e:w()' '00(04113343)'
}
