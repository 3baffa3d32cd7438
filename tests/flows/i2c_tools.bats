#!/usr/bin/env bats
# i2c-tools, unmodified, on a virtual chip: /dev/i2c-1 under hallmark-i2c.  atecc608.md 1.1 - 1.4

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    build=${BUILD:-$root/build}
    export PATH=$build/chip:$build/chip/interposer:$PATH:/usr/sbin:/sbin
    cd "$BATS_TEST_TMPDIR" || return 1
    servers=()
}

teardown() {
    [ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
}

# bus NAME OPTION…: a bus at NAME.sock with a chip at address 60.
bus() {
    mkfifo "$1.ready"
    hallmark-chip --socket "$1.sock" --state "$1.state" "${@:2}" --ready-fd 4 4>"$1.ready" 3>&- &
    servers+=($!)
    read -r _ <"$1.ready"
}

chip() {
    bus bus "$@"
}

with_bus() {
    hallmark-i2c --bus 1=unix:bus.sock -- "$@"
}

# The addresses in i2cdetect's table.
addresses() {
    sed -n 's/^[0-7]0://p' | tr ' ' '\n' | grep -E '^[0-9a-f]{2}$' | paste -sd' '
}

# found ADDRESSES COMMAND…: the command's table shows these. A machine that is slow for a moment lets the chip fall
# asleep, 1.3 seconds after it was woken, so there is a second try and a third.
found() {
    for _ in 1 2 3; do
        run -0 "${@:2}"
        [ "$(addresses <<<"$output")" != "$1" ] || return 0
    done
    printf 'expected %s in:\n%s\n' "$1" "$output"
    return 1
}

# A zero byte to address 0 is the wake pulse: nobody acknowledges it, which i2ctransfer reports. -a: it is a reserved
# address. The chip answers 1.5 ms later.
wake='i2ctransfer -y -a 1 w1@0x00 0x00 2>/dev/null; sleep 0.01'

@test "i2cdetect -l lists the virtual bus" {
    chip
    run -0 with_bus i2cdetect -l
    [[ $output == i2c-1*i2c*"Hallmark virtual bus at $PWD/bus.sock"*"I2C adapter"* ]]
}

@test "i2cdetect -F tells what the adapter can" {
    chip
    run -0 with_bus i2cdetect -F 1
    [[ $output == *"I2C "*yes*"SMBus Quick Command"*yes* ]]
}

@test "a scan finds nobody while the chip sleeps, and 60 while it is awake" {
    chip
    run -0 with_bus i2cdetect -y 1
    [ "$(addresses <<<"$output")" = '' ]
    found 60 with_bus sh -c "$wake; i2cdetect -y 1"
}

@test "the chip falls asleep when the watchdog expires" {
    chip
    found 60 with_bus sh -c "$wake; i2cdetect -y 1"
    hallmark-chip-ctl --socket bus.sock fault at 1 watchdog
    run -0 with_bus sh -c 'i2ctransfer -y 1 r1@0x60 >/dev/null; i2cdetect -y 1'
    [ "$(addresses <<<"$output")" = '' ]
}

@test "two chips on one bus, two buses" {
    bus bus --state second.state --address 35
    bus other --address 6a
    with_both() {
        hallmark-i2c --bus 1=unix:bus.sock --bus 7=unix:other.sock -- "$@"
    }
    found '35 60' with_both sh -c "$wake; i2cdetect -y 1"
    found 6a with_both sh -c "${wake/ 1 / 7 }; i2cdetect -y 7"
    run -0 with_both i2cdetect -l
    [[ $output == *i2c-1*i2c-7* ]]
}

@test "Info, byte by byte, with i2ctransfer" {
    chip
    run -0 with_bus sh -c "$wake
        i2ctransfer -y 1 r4@0x60
        i2ctransfer -y 1 w8@0x60 0x03 0x07 0x30 0x00 0x00 0x00 0x03 0x5d
        sleep 0.01
        i2ctransfer -y 1 r7@0x60
        i2ctransfer -y 1 w1@0x60 0x00 r7@0x60
        i2ctransfer -y 1 w1@0x60 0x01"
    [ "${lines[0]}" = '0x04 0x11 0x33 0x43' ]
    [ "${lines[1]}" = '0x07 0x00 0x00 0x60 0x02 0x80 0x38' ]
    [ "${lines[2]}" = "${lines[1]}" ] # Reset and read with a repeated Start
    run -1 with_bus i2ctransfer -y 1 r7@0x60
    [[ $output == *'No such device or address'* ]]
}

@test "SMBus: i2cget and i2cset" {
    chip
    run -0 with_bus sh -c "$wake
        i2cset -y 1 0x60 0x03 0x07 0x30 0x00 0x00 0x00 0x03 0x5d i
        sleep 0.01
        i2cget -y 1 0x60
        i2cget -y 1 0x60 0x00
        i2cget -y 1 0x60 0x00 w
        i2cget -y 1 0x60 0x00 i 7"
    [ "${lines[0]}" = 0x07 ]
    [ "${lines[1]}" = 0x07 ]
    [ "${lines[2]}" = 0x0007 ]
    [ "${lines[3]}" = '0x07 0x00 0x00 0x60 0x02 0x80 0x38' ]
}

@test "a missing acknowledge is reported as the adapter at hand would" {
    chip
    run -1 with_bus i2ctransfer -y 1 r1@0x17
    [[ $output == *'No such device or address'* ]]
    run -1 hallmark-i2c --nack EREMOTEIO --bus 1=unix:bus.sock -- i2ctransfer -y 1 r1@0x17
    [[ $output == *'Remote I/O error'* ]]
    run -125 hallmark-i2c --nack EIO --bus 1=unix:bus.sock -- true
}

@test "a bus that is not named is not there, and one without its chip says so" {
    chip
    run -1 with_bus i2cdetect -y 2
    [[ $output == *'/dev/i2c-2'*'No such file or directory'* ]]
    run -1 hallmark-i2c --bus 1=unix:nobody.sock -- i2cdetect -y 1
    [[ $output == *'no hallmark-chip listens at '*'/nobody.sock yet'*'No such device'* ]]
}

@test "programs that do not use the bus are what they are" {
    chip
    printf 'a\nb\n' >file
    run -0 with_bus sh -c 'cat <file | tr a-z A-Z; ls /dev/null; test -c /dev/i2c-1'
    [ "$output" = $'A\nB\n/dev/null' ]
    run -42 with_bus sh -c 'exit 42'
}

@test "programs that cannot be served are not started" {
    chip
    printf 'int main(void) { return 0; }\n' >main.c
    gcc -static -o static main.c 2>/dev/null || skip 'no static libc'
    run -126 with_bus ./static
    [[ $output == *'./static is linked statically'* ]]
    printf '#! %s/static\n' "$PWD" >script
    chmod +x script
    run -126 with_bus ./script
    [[ $output == *'is linked statically'* ]]
    run -127 with_bus ./nothing
    [[ $output == *'there is no program ./nothing'* ]]
    printf '\177ELF' >stub
    chmod +x stub
    run -126 with_bus ./stub
    [[ $output == *'too short'* ]]
}

@test "another libc and more rights are noticed too" {
    chip
    [ "$(uname -m)" = x86_64 ] || skip 'the loader names are those of x86-64'
    cp /bin/true other
    sed -i 's#/lib64/ld-linux-x86-64.so.2#/lib/ld-musl-x86_64.so.1\x00\x00\x00#' other
    run -126 with_bus ./other
    [[ $output == *'is linked with musl'* ]]
    [ "$(id -u)" = 0 ] || skip 'only root can make a file setuid to another'
    cp /bin/true privileged
    chown nobody privileged
    chmod 4755 privileged
    run -126 with_bus ./privileged
    [[ $output == *'more rights than you'* ]]
}

@test "hallmark-i2c explains itself, and what it was given wrong" {
    run -0 hallmark-i2c --help
    [[ $output == *'examples:'* ]]
    run -125 hallmark-i2c -- true
    [[ $output == *'--bus and a program are needed'* ]]
    run -125 hallmark-i2c --bus 1=bus.sock -- true
    [[ $output == *'N=unix:PATH'* ]]
    run -125 hallmark-i2c --bus x=unix:bus.sock -- true
    run -125 hallmark-i2c --bus -1=unix:bus.sock -- true
    run -125 hallmark-i2c --bus "1=unix:$(printf %0200d 0)" -- true
    [[ $output == *'1 to 107 bytes'* ]]
    run -126 hallmark-i2c --library nowhere.so --bus 1=unix:bus.sock -- true
    [[ $output == *'cannot find libhallmark-i2c.so'* ]]
}

@test "what --bus does not take" {
    run -125 hallmark-i2c --bus 1=unix:bus.sock
    [[ $output == *'--bus and a program are needed'* ]]
    run -125 hallmark-i2c --bus 100000=unix:bus.sock -- true
    [[ $output == *'--bus takes N=unix:PATH'*'"100000=unix:bus.sock" is not'* ]]
    run -125 hallmark-i2c --bus 99999999999999999999=unix:bus.sock -- true
    [[ $output == *'--bus takes N=unix:PATH'* ]]
    run -125 hallmark-i2c --bus 1=unix: -- true
    [[ $output == *'1 to 107 bytes'* ]]
    run -125 hallmark-i2c --bus $'1=unix:bus\n7=/tmp/other' -- true
    [[ $output == *'1 to 107 bytes'* ]]
    run -125 hallmark-i2c --buses 1=unix:bus.sock -- true
    [[ $output == *"unrecognized option '--buses'"* ]]
    many=()
    for number in {1..90}; do
        many+=(--bus "$number=unix:/nowhere/$(printf %090d "$number")")
    done
    run -125 hallmark-i2c "${many[@]}" -- true
    [[ $output == *'too many buses'* ]]
}

@test "a bus is named from a folder that is gone" {
    mkdir gone
    cd gone
    rmdir ../gone
    run -125 hallmark-i2c --bus 1=unix:bus.sock -- true
    [[ $output == *'"bus.sock" has not'* ]]
    cd ..
}

@test "a program the kernel does not start" {
    chip
    printf '#!/nowhere/interpreter\n' >script
    chmod +x script
    run -126 with_bus ./script
    [[ $output == *'cannot start ./script: No such file or directory'* ]]
}

@test "the library lies beside the command, in ../lib, or where --library says" {
    chip
    library=$build/chip/interposer/libhallmark-i2c.so
    mkdir -p alone/bin alone/lib 'with a space' with:colon
    cp "$build/chip/interposer/hallmark-i2c" alone/bin
    run -126 alone/bin/hallmark-i2c --bus 1=unix:bus.sock -- test -c /dev/i2c-1
    [[ $output == *'cannot find libhallmark-i2c.so beside this command or in ../lib'* ]]
    cp "$library" alone/lib
    run -0 alone/bin/hallmark-i2c --bus 1=unix:bus.sock -- test -c /dev/i2c-1
    cp "$library" 'with a space'
    run -0 hallmark-i2c --library 'with a space/libhallmark-i2c.so' --bus 1=unix:bus.sock -- test -c /dev/i2c-1
    cp "$library" with:colon
    run -126 hallmark-i2c --library with:colon/libhallmark-i2c.so --bus 1=unix:bus.sock -- true
    [[ $output == *'cannot find libhallmark-i2c.so at with:colon/libhallmark-i2c.so'*'cannot be preloaded'* ]]
    mkdir alone/bin/x:y
    cp "$build/chip/interposer/hallmark-i2c" "$library" alone/bin/x:y
    run -126 alone/bin/x:y/hallmark-i2c --bus 1=unix:bus.sock -- true
    [[ $output == *'cannot be preloaded'* ]]
}

@test "other preloaded libraries stay, after the bus's" {
    chip
    # A sanitized build wants to be the first library; here it is not.
    export ASAN_OPTIONS=verify_asan_link_order=0
    LD_PRELOAD=libm.so.6 run -0 with_bus sh -c 'printf %s "$LD_PRELOAD"; test -c /dev/i2c-1'
    [[ $output == *libhallmark-i2c.so:libm.so.6 ]]
    LD_PRELOAD='' run -0 with_bus sh -c 'printf %s "$LD_PRELOAD"; test -c /dev/i2c-1'
    [[ $output == *libhallmark-i2c.so ]]
    mkdir 'with a space'
    cp "$build/chip/interposer/libhallmark-i2c.so" 'with a space'
    LD_LIBRARY_PATH=/nowhere run -0 hallmark-i2c --library 'with a space/libhallmark-i2c.so' --nack ENXIO \
        --bus 1=unix:bus.sock -- sh -c 'echo "$LD_PRELOAD $LD_LIBRARY_PATH"; test -c /dev/i2c-1'
    [ "$output" = "libhallmark-i2c.so $PWD/with a space:/nowhere" ]
}

@test "why not: the last trace after the fact" {
    chip
    with_bus sh -c "$wake
        i2ctransfer -y 1 w8@0x60 0x03 0x07 0x41 0xa0 0x07 0x00 0x77 0xc5" # Sign with slot 7
    run -0 hallmark-chip-ctl --socket bus.sock trace 1
    [[ $output == *'Sign refused: slot 7 allows internal signatures only'* ]]
}
