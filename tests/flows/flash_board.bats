# The virtual board, with stand-ins for firmware and chip, and `mos flash` onto it.
bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    PATH=$BUILD/board:$BUILD/mos:$PATH
    unset "${!MOS_@}"
    load toy_tree
    dir=$BATS_TEST_TMPDIR/b
    board_pid=
}

teardown() {
    exec 8>&- || true
    [ -z "$board_pid" ] || { kill "$board_pid" && wait "$board_pid"; } 2>/dev/null || true
}

# Returns when the board is on. fd 3 belongs to bats.
start_board() {
    rm -f "$BATS_TEST_TMPDIR/ready"
    mkfifo "$BATS_TEST_TMPDIR/ready"
    hallmark-board start --dir "$dir" --chip "$BATS_TEST_DIRNAME/fakes/chip" --ready-fd 9 "$@" \
        9>"$BATS_TEST_TMPDIR/ready" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    board_pid=$!
    local line
    read -r -t 10 line <"$BATS_TEST_TMPDIR/ready" && [ "$line" = ready ]
}

board() {
    local verb=$1
    shift
    hallmark-board "$verb" --dir "$dir" "$@"
}

# The value at a path of the status: `status_of firmware.state`
status_of() {
    board status --json | python3 -c 'import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1].split("."): value = value[key]
print(value)' "$1"
}

insert_firmware() { cp "$BATS_TEST_DIRNAME/fakes/firmware" "$dir/flash/fw.elf"; }

start_with_firmware() {
    mkdir -p "$dir/flash"
    insert_firmware
    start_board "$@"
    open_port
}

open_port() { exec 8<>"$dir/ttyUSB0"; }

# Reads lines from the port until one matches the pattern; it is then in $line.
expect() {
    while IFS= read -r -t 15 -u 8 line; do
        # shellcheck disable=SC2053
        [[ $line == $1 ]] && return
    done
    echo "waited for '$1', the console log is:" && tail -20 "$dir/console.log"
    return 1
}

send() { printf '%s\n' "$1" >&8; }

# Runs a command until it succeeds: for what has no event to wait for.
eventually() {
    local tries=100
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "never came true: $*"; return 1; }
        sleep 0.1
    done
}

gone() { [ ! -d "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }

@test "a new board: port, chip, MAC and forwarded ports, and no firmware yet" {
    start_board
    [ -c "$dir/ttyUSB0" ]
    [ -S "$dir/control" ]
    [ -e "$dir/chip.state" ]
    grep -q "^Port: $dir/ttyUSB0$" "$BATS_TEST_TMPDIR/out"
    [ "$(status_of firmware.state)" = missing ]
    [ "$(status_of chip.state)" = plugged ]
    mac=$(status_of mac)
    [[ $mac =~ ^[0-9A-F]{12}$ ]]
    [ $((0x${mac:0:2} & 3)) -eq 2 ]
    [[ $(status_of forwards.443) =~ ^127\.0\.0\.1:[0-9]+$ ]]
    [ "$(status_of forwards.443)" != "$(status_of forwards.80)" ]
    python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$dir/board.json"
    run board status
    [[ "$output" == *"Board $mac is on."*"holds no firmware"*"The chip is plugged in."* ]]
}

@test "the firmware gets what docs/design.md says" {
    start_with_firmware --heap 40000 --dns 127.0.0.1:5353 --mac 02:00:00:aa:bb:cc --forward 443 --forward 8080=127.0.0.1:0
    expect "boot *"
    https=$(status_of forwards.443) other=$(status_of forwards.8080)
    [ "$line" = "boot cause=0 mac=020000AABBCC i2c=unix:chip.sock heap=40000 dns=127.0.0.1:5353 forwards= 443=$https 8080=$other" ]
}

@test "without a chip the firmware has no bus" {
    start_with_firmware --no-chip
    expect "boot * i2c= *"
    run board chip-unplug
    [ "$status" -eq 1 ]
    [[ "$output" == *"started with --no-chip"* ]]
}

@test "bytes pass both ways as they are" {
    start_with_firmware
    expect "boot *"
    send $'a\x03b\x04c\x11d\x13e\x1af\x7f\xffg\t'
    expect $'echo a\x03b\x04c\x11d\x13e\x1af\x7f\xffg\t'
    send ''
    expect 'echo '
}

@test "what left the port while nobody listened is kept for the next one, the last 4096 bytes in whole lines" {
    mkdir -p "$dir/flash"
    insert_firmware
    start_board
    open_port
    expect "boot *"
    for i in $(seq 200); do send "line $i of some that together are more than four thousand bytes"; done
    expect "echo line 200 *"
    send "last words"
    exec 8>&-
    board reset
    eventually grep -q cause=6 "$dir/console.log"
    open_port
    expect "*"
    [[ "$line" == "boot cause=6 "* ]] || { echo "$line"; false; }  # nothing of before the reset
}

@test "what a listener did not read, and how he set the port, ends with him" {
    start_with_firmware
    expect "boot *"
    send ping
    eventually grep -q '^echo ping$' "$dir/console.log"
    exec 8>&-
    stty -F "$dir/ttyUSB0" sane
    is_raw() { stty -F "$dir/ttyUSB0" -a | grep -q -- '-icanon .* -echo '; }
    closed() { [ "$(status_of port_open)" = False ]; }
    eventually is_raw
    eventually closed
    open_port
    send pong
    expect "*"
    [ "$line" = "echo pong" ]
}

@test "more than 4096 bytes unheard: the oldest lines are lost" {
    mkdir -p "$dir/flash"
    cat > "$dir/flash/fw.elf" <<'EOF'
#!/bin/bash
for i in $(seq 500); do echo "unheard line $i"; done >&3
echo end >&3
read -r -u 3
EOF
    chmod +x "$dir/flash/fw.elf"
    start_board
    eventually grep -q '^end$' "$dir/console.log"
    open_port
    expect "*"
    first=$line
    [[ "$first" == "unheard line "* && "$first" != "unheard line 1" ]]
    bytes=$(sed -n "/^$first\$/,\$p" "$dir/console.log" | wc -c)
    [ "$bytes" -le 4096 ]
    [ "$bytes" -gt 4000 ]
    expect end
}

@test "a listener who reads slowly loses nothing" {
    start_with_firmware
    expect "boot *"
    send "flood 200000"
    received=$(timeout 10 head -c 200000 <&8 | wc -c)
    [ "$received" -eq 200000 ]
    expect flooded
}

@test "a listener who does not read stops the board for two seconds at most" {
    start_with_firmware
    expect "boot *"
    send "flood 400000"
    eventually grep -q '^flooded$' "$dir/console.log"
}

@test "console.log is bounded" {
    start_with_firmware
    expect "boot *"
    exec 8>&-
    printf 'flood 1100000\n' > "$dir/ttyUSB0"
    eventually grep -q '^flooded$' "$dir/console.log"
    [ -e "$dir/console.log.1" ]
    [ "$(stat -c %s "$dir/console.log")" -le 1048576 ]
    [ "$(stat -c %s "$dir/console.log.1")" -le 1048576 ]
}

@test "what passed on the wires is for its owner only, even in a folder that others may enter" {
    (umask 022 && mkdir -p "$dir/flash" && touch "$dir/console.log" "$dir/console.log.1" "$dir/chip.trace")
    insert_firmware
    start_board
    open_port
    expect "boot *"
    exec 8>&-
    modes() { stat -c '%a %n' "$dir"/{console.log,console.log.1,chip.trace,board.json,chip.state} | cut -d' ' -f1 | sort -u; }
    [ "$(modes)" = 600 ]
    printf 'flood 1100000\n' > "$dir/ttyUSB0"
    eventually grep -q '^flooded$' "$dir/console.log"
    [ "$(modes)" = 600 ]
}

@test "a trace of the chip that has grown to 1 MB is put aside when the chip starts" {
    mkdir -p "$dir"
    head -c 1048575 /dev/zero > "$dir/chip.trace"
    start_board
    [ ! -e "$dir/chip.trace.1" ]
    echo >> "$dir/chip.trace"
    board chip-unplug
    board chip-plug
    [ "$(stat -c %s "$dir/chip.trace.1")" -eq 1048576 ]
    [ "$(stat -c '%s %a' "$dir/chip.trace")" = "0 600" ]
}

@test "what the firmware's runtime complains about is in console.log, not on the port" {
    start_with_firmware
    expect "boot *"
    send complain
    eventually grep -q '^a complaint$' "$dir/console.log"
    send ping
    expect "*"
    [ "$line" = "echo ping" ]
}

@test "restarts and crashes: the next boot knows why" {
    start_with_firmware
    expect "boot cause=0 *"
    send restart
    expect "boot cause=4 *"
    send crash
    expect "hallmark-board: the firmware crashed (signal 11 (Segmentation fault)) *"
    expect "boot cause=2 *"
    send abort
    expect "hallmark-board: the firmware crashed (exit status 65) *"
    expect "boot cause=2 *"
    send starve
    expect "boot cause=3 *"
    [ "$(status_of firmware.boots)" -eq 5 ]
}

@test "a firmware that always crashes is started ever more slowly" {
    mkdir -p "$dir/flash/fs"
    touch "$dir/flash/fs/crash-at-once"
    start_with_firmware
    expect "*starts again in 0.5 s."
    expect "*starts again in 1.0 s."
    expect "*starts again in 2.0 s."
    rm "$dir/flash/fs/crash-at-once"
    board reset
    expect "boot cause=6 *"
    send hello
    expect "echo hello"
}

@test "something that is no program: said in console.log, tried again" {
    mkdir -p "$dir/flash"
    echo garbage > "$dir/flash/fw.elf"
    chmod +x "$dir/flash/fw.elf"
    start_board
    eventually grep -q "cannot run ./flash/fw.elf: Exec format error" "$dir/console.log"
    run status_of firmware.state
    [ "$output" = waiting ]
}

@test "reset, hold and run" {
    start_with_firmware
    expect "boot cause=0 *"
    board reset
    expect "boot cause=6 *"
    pid=$(status_of firmware.pid)
    board hold
    gone "$pid"
    [ "$(status_of firmware.state)" = held ]
    [ "$(status_of firmware.pid)" -eq 0 ]
    board run
    expect "boot cause=6 *"
    run board run
    [ "$status" -eq 0 ]
    [ "$output" = "It runs already." ]
    [ "$(status_of firmware.boots)" -eq 3 ]
}

@test "run and reset without firmware" {
    start_board
    run board reset
    [ "$status" -eq 1 ]
    [[ "$output" == *"holds no firmware: \`mos flash\` puts one there."* ]]
}

@test "the chip is unplugged and plugged in again: it keeps what it stores, the firmware goes on" {
    start_with_firmware
    expect "boot *"
    chip=$(status_of chip.pid) firmware=$(status_of firmware.pid)
    board chip-unplug
    gone "$chip"
    [ ! -e "$dir/chip.sock" ]
    [ "$(status_of chip.state)" = unplugged ]
    [ "$(wc -l < "$dir/chip.state")" -eq 1 ]
    board chip-plug
    [ -e "$dir/chip.sock" ]
    [ "$(status_of chip.state)" = plugged ]
    [ "$(wc -l < "$dir/chip.state")" -eq 2 ]
    [ "$(status_of firmware.pid)" -eq "$firmware" ]
    run board chip-plug
    [ "$output" = "It is plugged in already." ]
}

@test "a chip that ends by itself is reported, and can be plugged in again" {
    start_with_firmware
    expect "boot *"
    kill -KILL "$(status_of chip.pid)"
    expect "hallmark-board: the chip's program ended by itself: signal 9*"
    [ "$(status_of chip.state)" = failed ]
    [ ! -e "$dir/chip.sock" ]
    board chip-plug
    [ "$(status_of chip.state)" = plugged ]
}

@test "a chip that does not start is a sentence, and the board goes on without" {
    start_with_firmware
    touch "$dir/refuse-chip"
    board chip-unplug
    run board chip-plug
    [ "$status" -eq 1 ]
    [[ "$output" == "The chip does not start: "*"did not become ready"* ]]
    grep -q "the chip refuses" "$BATS_TEST_TMPDIR/err"
    expect "boot *"
    send hello
    expect "echo hello"
}

@test "power off and on" {
    start_with_firmware
    expect "boot cause=0 *"
    firmware=$(status_of firmware.pid) chip=$(status_of chip.pid)
    board power-off
    gone "$firmware"
    gone "$chip"
    [ ! -e "$dir/ttyUSB0" ]
    [ ! -e "$dir/chip.sock" ]
    [ "$(status_of power)" = False ]
    run board reset
    [ "$status" -eq 1 ]
    [[ "$output" == *"has no power: \`hallmark-board power-on\`"* ]]
    board power-on
    exec 8>&-
    open_port
    expect "boot cause=0 *"
}

@test "stop leaves nothing running, and the next start is the same board" {
    start_with_firmware
    expect "boot *"
    mac=$(status_of mac) port=$(status_of forwards.443) firmware=$(status_of firmware.pid) chip=$(status_of chip.pid)
    board stop
    gone "$firmware"
    gone "$chip"
    [ ! -e "$dir/ttyUSB0" ]
    [ ! -e "$dir/control" ]
    [ ! -e "$dir/chip.sock" ]
    wait "$board_pid"
    start_board
    [ "$(status_of mac)" = "$mac" ]
    [ "$(status_of forwards.443)" = "$port" ]
    [ "$(wc -l < "$dir/chip.state")" -eq 2 ]
}

@test "SIGTERM and SIGINT are stop" {
    for signal in TERM INT; do
        start_with_firmware
        firmware=$(status_of firmware.pid)
        kill "-$signal" "$board_pid"
        wait "$board_pid"
        gone "$firmware"
        [ ! -e "$dir/ttyUSB0" ]
    done
}

@test "kill -9 of the supervisor takes everything with it, and the next start cleans up" {
    start_with_firmware
    expect "boot *"
    firmware=$(status_of firmware.pid) chip=$(status_of chip.pid)
    kill -KILL "$board_pid"
    wait "$board_pid" || true
    eventually gone "$firmware"
    eventually gone "$chip"
    run board status
    [ "$status" -eq 1 ]
    [[ "$output" == *"no board runs in $dir"* ]]
    exec 8>&-
    start_board
    open_port
    expect "boot cause=0 *"
}

@test "a second start on the same folder is refused" {
    start_board
    run hallmark-board start --dir "$dir" --no-chip
    [ "$status" -eq 1 ]
    [[ "$output" == *"a board already runs in $dir"* ]]
    board status
}

@test "a folder whose path is longer than a socket's may be" {
    dir=$BATS_TEST_TMPDIR/$(printf 'x%.0s' {1..120})/$(printf 'y%.0s' {1..60})
    start_with_firmware
    expect "boot *"
    send hello
    expect "echo hello"
    [ "$(status_of firmware.state)" = running ]
}

@test "two boards beside each other" {
    start_board
    first=$dir first_pid=$board_pid port=$(status_of forwards.443)
    dir=$BATS_TEST_TMPDIR/c
    start_board
    [ "$(status_of forwards.443)" != "$port" ]
    [ "$(status_of mac)" != "$(hallmark-board status --dir "$first" --json | cut -d'"' -f8)" ]
    hallmark-board stop --dir "$first"
    wait "$first_pid"
}

@test "every verb has help with an example; mistakes are sentences" {
    for verb in start status reset hold run chip-unplug chip-plug power-off power-on stop; do
        run hallmark-board $verb --help
        [ "$status" -eq 0 ] && [[ "$output" == *"Example"*"hallmark-board $verb --dir"* ]] || { echo "$verb: $output"; false; }
    done
    run hallmark-board frobnicate
    [ "$status" -eq 2 ]
    [[ "$output" == *'no verb `frobnicate`'* ]]
    run hallmark-board start
    [ "$status" -eq 2 ]
    [[ "$output" == *"--dir is required"* ]]
    for wrong in "--mac 12345" "--mac 010000000000" "--dns localhost" "--forward 70000" "--heap lots" "--frobnicate"; do
        run hallmark-board start --dir "$dir" $wrong
        [ "$status" -eq 2 ] || { echo "$wrong: $output"; false; }
    done
    run hallmark-board start --dir "$dir" --chip /nowhere/chip
    [ "$status" -eq 1 ]
    [[ "$output" == *"--chip /nowhere/chip cannot be run"* ]]
    [ ! -e "$dir" ]
}

@test "a damaged board.json is not taken for a new board" {
    mkdir -p "$dir"
    echo '{"mac": 5' > "$dir/board.json"
    run start_board
    [ "$status" -ne 0 ]
    grep -q "holds no board" "$BATS_TEST_TMPDIR/err"
    [ "$(cat "$dir/board.json")" = '{"mac": 5' ]
}

# --- mos flash -------------------------------------------------------------------------------------------------------

build_toy() {
    cd "$BATS_TEST_TMPDIR"
    make_repository
    make_application
    mos build -C app --repo "$PWD/repo" --platform linux 2>/dev/null
}

flash() { mos flash --port "$dir/ttyUSB0" "$@"; }

@test "mos flash: writes, verifies, boots, and tells so" {
    build_toy
    start_board
    run flash app/build/fw.zip
    [ "$status" -eq 0 ]
    [[ "${lines[0]}" == "Loaded app/linux version 1.0 (2"*")" && "${lines[1]}" == "Using port $dir/ttyUSB0" ]]
    [[ "$output" == *"Writing..."*" @ fs/index.html"*" @ fw.elf"*"Wrote "*" bytes in "*" seconds ("*"Verifying..."*"Booting firmware..."*"All done!" ]]
    open_port
    expect "boot cause=6"
    expect "app 1.0"
    cmp "$dir/flash/fw.elf" app/build/objs/fw.elf
    cmp "$dir/flash/fs/index.html" app/fs/index.html
    [ "$(status_of firmware.name)" = app ]
    [ "$(ls "$dir/flash")" = "$(printf 'fs\nfw.elf\nmanifest.json')" ]
    [ ! -e "$dir/flash.new" ]
    # and the default file, and a folder
    (cd app && flash 2>/dev/null)
    flash app 2>/dev/null
}

@test "the file system is replaced, unless --keep-fs" {
    build_toy
    start_board
    mkdir -p "$dir/flash/fs"
    echo mine > "$dir/flash/fs/conf9.json"
    echo mine > "$dir/flash/fs/index.html"
    flash --keep-fs app/build/fw.zip
    [ "$(cat "$dir/flash/fs/conf9.json")" = mine ]
    [ "$(cat "$dir/flash/fs/index.html")" = mine ]
    [ ! -e "$dir/flash/fs/beta.txt" ]
    flash app/build/fw.zip
    [ ! -e "$dir/flash/fs/conf9.json" ]
    [ "$(cat "$dir/flash/fs/index.html")" = from-app ]
}

# remake ARCHIVE PYTHON: a copy of app/build/fw.zip after PYTHON has changed `manifest` (a dictionary) and `files` (name: bytes).
remake() {
    python3 - "$1" "$2" <<'EOF'
import hashlib, json, sys, zipfile
source = zipfile.ZipFile("app/build/fw.zip")
files = {name: source.read(name) for name in source.namelist()}
manifest = json.loads(files.pop("app-1.0/manifest.json"))
def sign(part):
    data = files["app-1.0/" + manifest["parts"][part]["src"]]
    manifest["parts"][part].update(cs_sha1=hashlib.sha1(data).hexdigest(), cs_sha256=hashlib.sha256(data).hexdigest())
exec(sys.argv[2])
with zipfile.ZipFile(sys.argv[1], "w") as out:
    out.writestr("app-1.0/manifest.json", json.dumps(manifest))
    for name, data in files.items(): out.writestr(name, data)
EOF
}

@test "a firmware that is damaged, foreign or malicious is refused before anything is touched" {
    build_toy
    start_with_firmware
    expect "boot cause=0 *"
    before=$(find "$dir/flash" -type f -exec sha256sum {} + | sort)
    refused() {
        run flash bad.zip
        [ "$status" -eq 1 ] && [[ "$output" == *"$1"* ]] || { echo "expected: $1; got: $output"; false; }
        [ "$(find "$dir/flash" -type f -exec sha256sum {} + | sort)" = "$before" ]
        [ "$(status_of firmware.boots)" -eq 1 ]
        [ ! -e "$dir/evil" ]
        [ ! -e "$dir/flash/evil" ]
    }
    size=$(stat -c %s app/build/fw.zip)
    head -c $((size / 2)) app/build/fw.zip > bad.zip
    refused "no whole zip archive"
    head -c $((size - 1)) app/build/fw.zip > bad.zip
    refused "no whole zip archive"
    : > bad.zip
    refused "bad.zip is no firmware"
    rm bad.zip
    refused "cannot read bad.zip"
    remake bad.zip 'files["app-1.0/fw.elf"] += b"x"'
    refused "the checksum of part fw (fw.elf) is wrong"
    remake bad.zip 'manifest["parts"]["fs/index.html"]["cs_sha256"] = "0" * 64'
    refused "the checksum of part fs/index.html"
    remake bad.zip 'del manifest["parts"]["fw"]["cs_sha1"], manifest["parts"]["fw"]["cs_sha256"]'
    refused "part fw has no checksum"
    remake bad.zip 'del files["app-1.0/fw.elf"]'
    refused "app-1.0/fw.elf is missing"
    remake bad.zip 'manifest["platform"] = "esp8266"'
    refused "this firmware is for esp8266"
    remake bad.zip 'manifest["parts"]["fs/index.html"]["name"] = "../evil"'
    refused "no such names"
    remake bad.zip 'manifest["parts"]["fs/index.html"]["name"] = ".."'
    refused "no such names"
    remake bad.zip 'manifest["parts"]["fs/index.html"]["name"] = "x" * 48'
    refused "no such names"
    remake bad.zip 'del manifest["parts"]["fw"]'
    refused "has no program"
    remake bad.zip 'manifest["parts"] = {}'
    refused "has no parts"
    remake bad.zip 'del manifest["build_id"]'
    refused "lacks name, platform, version or build_id"
    remake bad.zip 'files["app-1.0/fw.elf"] = b"#!/bin/sh\nexit 0 # long enough\n"; sign("fw")'
    refused "is no ELF file"
    remake bad.zip 'data = bytearray(files["app-1.0/fw.elf"]); data[18:20] = b"\x5e\x00"; files["app-1.0/fw.elf"] = bytes(data); sign("fw")'
    refused "for another processor"
    send hello
    expect "echo hello"
}

@test "a board that cannot be written keeps its firmware and goes on" {
    build_toy
    start_with_firmware
    expect "boot cause=0 *"
    touch "$dir/flash.new"  # a file where a folder must be made
    chattr +i "$dir/flash.new" 2>/dev/null || skip "needs a file that cannot be removed"
    run flash app/build/fw.zip
    chattr -i "$dir/flash.new"
    [ "$status" -eq 1 ]
    [[ "$output" == *"cannot"*"flash.new"* ]]
    expect "boot cause=6 *"
}

@test "a full disk: the board keeps its firmware, and nothing half-written stays" {
    build_toy
    start_with_firmware
    expect "boot cause=0 *"
    run bash -c 'trap "" XFSZ; ulimit -f 4; exec mos flash --port "$1" app/build/fw.zip' - "$dir/ttyUSB0"
    [ "$status" -eq 1 ]
    [[ "$output" == *"cannot write fw.elf into the board's flash: File too large"* ]]
    [ ! -e "$dir/flash.new" ]
    expect "boot cause=6 *"
}

@test "the flashed files are for their owner only" {
    build_toy
    start_board
    flash app/build/fw.zip
    [ "$(stat -c %a "$dir/flash")" = 700 ]
}

@test "a port that is no virtual board's, and a board that is gone" {
    build_toy
    touch nowhere
    run mos flash --port "$PWD/nowhere" app/build/fw.zip
    [ "$status" -eq 1 ]
    [[ "$output" == *"is not the port of a virtual board"*"real ESP8266 is not supported yet"* ]]
    run mos flash --port "$dir/ttyUSB0" app/build/fw.zip
    [ "$status" -eq 1 ]
    [[ "$output" == *"is not the port of a virtual board"* ]]
    run mos flash --port "$PWD/nowhere"
    [ "$status" -eq 1 ]
    [[ "$output" == *"there is no build/fw.zip: build it with"* ]]
    start_board
    board power-off
    run flash app/build/fw.zip
    [ "$status" -eq 1 ]
    [[ "$output" == *"The board has no power"* ]]
}
