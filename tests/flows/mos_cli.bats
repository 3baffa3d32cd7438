#!/usr/bin/env bats
# The host tool's command line against a scripted board (tests/mos/fake_device): what it asks, in which words it answers,
# what goes to standard output and what to standard error.  mongoose-os.md 3

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    build=${BUILD:-$root/build}
    export PATH=$build/mos:$build/tests/mos:$PATH TZ=UTC
    unset "${!MOS_@}"
    cd "$BATS_TEST_TMPDIR" || return 1
    mkdir board
    export MOS_PORT=board/port
    board=''
}

teardown() {
    exec 9>&-
    [ -z "$board" ] || wait "$board" 2>/dev/null || true
}

# power_on: the script on standard input; the board lives until descriptor 9 is closed.
power_on() {
    cat >script
    mkfifo power ready
    fake_device board script <power >ready 3>&- &
    board=$!
    exec 9>power
    read -r _ <ready
}

# await FILE REGEX: until a line matches; follows the file.
await() {
    timeout 60 sh -c 'tail -n +1 -F "$1" 2>/dev/null | grep -aEm1 -- "$2"' sh "$1" "$2"
}

# console [FLAG…]: in the background, output in out and err, process in $tool.
console() {
    : >out
    mos console "$@" >out 2>err </dev/null 3>&- 9>&- &
    tool=$!
}

# Hex digits to bytes.
unhex() {
    local digits
    digits=$(tr -cd 0-9a-fA-F)
    printf %b "$(sed 's/../\\x&/g' <<<"$digits")"
}

# The last ATCA image of atecc608.md 5.2 (608A variant), locked, as base64. $1: lock bytes, $2: SlotLocked.
image() {
    local hex=0123d4df0000600207023967ee010100c00055008764876487648764
    hex+=8000c4449f8f8220c444c4440f0f0f0f0f0f0f0f836f0f00ffffffff00000000ffffffff00000000
    hex+=ffffffffffffffffffffffffffffffff0000${1:-0000}${2:-ffff}000000000000
    hex+=33003300330033003c0038001c0033001c001c003c003c003c003c0013003800
    unhex <<<"$hex" | base64 -w0
}

chip() {
    echo "ATCA.GetConfig = {\"config\": \"$(image "$@")\"}"
}

# both COMMAND…: runs it with its outputs apart, in $out and $err, status in $status.
both() {
    status=0
    "$@" >out 2>err </dev/null || status=$?
    out=$(cat out) err=$(cat err)
}

# has TEXT IN: a plain substring, told apart when it fails.
has() {
    [[ $2 == *"$1"* ]] || {
        printf 'expected: %s\nin:\n%s\n' "$1" "$2"
        return 1
    }
}

asked() {
    has "$1" "$(cat board/requests)"
}

header=$'Using port board/port\n\nATECC608A rev 0x6002 S/N 0x0123d4df07023967ee, config is locked, data is locked\n'

# ---- general ----

@test "no command prints the help, and an unknown one says so" {
    both mos
    [ "$status" -eq 0 ]
    has "Usage: mos" "$out"
    has "config-set" "$out"
    [[ $out != *atca-set-key* ]]
    both mos help --full
    has "atca-set-key" "$out"
    both mos frobnicate
    [ "$status" -eq 1 ]
    [ "$err" = 'Unknown command: frobnicate. Run "mos help"' ]
}

@test "every command has help with its flags and examples" {
    for command in $(mos help --full | awk '/^Commands:/ {on=1; next} /^$/ {on=0} on {print $1}'); do
        both mos "$command" --help
        [ "$status" -eq 0 ]
        has "mos $command" "$out"
        has "  mos " "$out"
    done
    both mos atca-set-key --help
    has "--write-key" "$out"
    has "[true]" "$out"
    both mos put --help
    has "--rpc-uart-no-delay they take" "$out"
}

@test "every flag that a help lists is accepted" {
    for command in $(mos help --full | awk '/^Commands:/ {on=1; next} /^$/ {on=0} on {print $1}'); do
        mos "$command" --help >help
        flags=$(sed -En '/^Flags/,$ s/^  (-.,|   ) (--[a-z-]+(=VALUE)?) .*/\2/p' help)
        [[ $flags == *--chdir=VALUE* ]]
        flags=${flags//=VALUE/=1}
        both mos "$command" ${flags/--chdir=1/--chdir=.}
        [ "$status" -eq 0 ] && [ -z "$err" ] && [ "$out" = "$(cat help)" ] || {
            echo "mos $command: $err"
            return 1
        }
    done
}

@test "version" {
    both mos version
    [ "$status" -eq 0 ]
    has "Version: " "$out"
}

@test "a port that is not there" {
    both mos ls
    [ "$status" -eq 1 ]
    has "Error: cannot open board/port: No such file or directory" "$err"
    has $'\nls failed' "$err"
}

@test "a port that others may not open: which group to join" {
    [ "$(id -u)" -ne 0 ] || skip "root may open anything"
    touch board/port && chmod 0 board/port
    both mos ls
    has "permission denied" "$err"
    has "sudo usermod -aG $(stat -c %G board/port) \$USER" "$err"
}

@test "a misspelt flag" {
    both mos ls --prot x
    [ "$status" -eq 1 ]
    has "did you mean --port?" "$err"
}

@test "a silent line: what to look at" {
    power_on <<<mute
    both mos ls --timeout=600ms
    [ "$status" -eq 1 ]
    has "no answer from board/port in 0.6 s" "$err"
    has "rpc-uart" "$err"
}

@test "a board that hears and does not answer" {
    power_on <<<'FS.List ~ silent'
    both mos ls --timeout=3s # the handshake is part of it, on a busy machine too
    [ "$status" -eq 1 ]
    has "context deadline exceeded" "$err"
    has "FS.List" "$err"
}

@test "a board that is about to restart is asked again" {
    power_on <<'END'
FS.List ! 418 shutting down in 82 ms
FS.List = ["a"]
END
    both mos ls
    [ "$status" -eq 0 ]
    [ "$out" = $'a\r' ]
}

@test "the port disappears in the middle" {
    power_on <<<'FS.List ~ gone'
    both mos ls
    [ "$status" -eq 1 ]
    has "board/port has gone" "$err"
}

@test "a port in use" {
    power_on <<<'FS.List = []'
    exec 7<board/port
    flock 7 # as a console holds it
    both mos ls
    [ "$status" -eq 1 ]
    has "in use" "$err"
    exec 7<&-
    both mos ls
    [ "$status" -eq 0 ]
}

@test "a console holds its port" {
    power_on <<<'boot hello'
    console --no-input
    await out hello
    both flock -n board/port true
    [ "$status" -ne 0 ]
    kill -INT "$tool"
    wait "$tool"
}

# ---- files ----

@test "ls: sorted names, CR LF, sizes with -l" {
    power_on <<'END'
log main.c:5          Tick uptime: 46.54, RAM: 53600, 43760 free
FS.List = ["index.html","conf0.json","ecc.crt.pem"]
FS.ListExt = [{"name": "b", "size": 12},{"name": "a", "size": 3}]
END
    both mos ls
    [ "$status" -eq 0 ]
    [ "$err" = "Using port board/port" ]
    [ "$out" = $'conf0.json\r\necc.crt.pem\r\nindex.html\r' ]
    both mos ls -l /x
    [ "$out" = $'a 3\r\nb 12\r' ]
    asked 'FS.List {"path":"/"}'
    asked 'FS.ListExt {"path":"/x"}'
}

@test "get: pieces put together, or nothing" {
    power_on <<'END'
FS.Get = {"data": "aGVs", "left": 2}
FS.Get = {"data": "bG8=", "left": 0}
FS.Get = {"data": "aGVs", "left": 2}
FS.Get ! 500 fread
END
    both mos get f --chunk-size=3
    [ "$status" -eq 0 ]
    [ "$out" = hello ]
    asked 'FS.Get {"filename":"f","len":3,"offset":0}'
    asked 'FS.Get {"filename":"f","len":3,"offset":3}'
    both mos get f --chunk-size=3
    [ "$status" -eq 1 ]
    [ -z "$out" ]
    has "Error: remote error 500: fread" "$err"
    has $'\nget failed' "$err"
}

@test "put: pieces with offsets, and an empty file too" {
    power_on <<<'FS.Put = null'
    printf 'hello' >dir.file
    both mos put ./dir.file --chunk-size=3
    [ "$status" -eq 0 ]
    [ -z "$out" ]
    asked 'FS.Put {"filename":"dir.file","offset":0,"append":false,"data":"aGVs"}'
    asked 'FS.Put {"filename":"dir.file","offset":3,"append":true,"data":"bG8="}'
    : >empty
    both mos put empty other.name
    [ "$status" -eq 0 ]
    asked 'FS.Put {"filename":"other.name","offset":0,"append":false,"data":""}'
    both mos put not-there
    [ "$status" -eq 1 ]
    has "cannot read not-there" "$err"
}

@test "put: a file that the board has no room for is not sent" {
    power_on <<'END'
FS.ListExt = [{"name": "other", "size": 90000},{"name": "big", "size": 7000}]
Sys.GetInfo = {"fs_size": 233681, "fs_free": 12999}
FS.Put = null
END
    head -c 20000 /dev/zero >big
    both mos put big --chunk-size=4096 --rpc-uart-no-delay
    [ "$status" -eq 1 ]
    has "big has 20000 bytes, and the board has room for 19999, the old big counted in: nothing was sent." "$err"
    both mos put big new --chunk-size=4096 --rpc-uart-no-delay
    [ "$status" -eq 1 ]
    has "new has 20000 bytes, and the board has room for 12999: nothing was sent." "$err"
    ! grep -q FS.Put board/requests
    truncate -s 19999 big
    both mos put big --chunk-size=4096 --rpc-uart-no-delay
    [ "$status" -eq 0 ]
    [ "$err" = "Using port board/port" ] # no progress: no terminal
    [ "$(grep -c FS.Put board/requests)" -eq 5 ]
}

@test "put: a board that cannot say how much room it has is sent to all the same" {
    power_on <<<'FS.Put = null'
    head -c 20000 /dev/zero >big
    both mos put big --chunk-size=4096 --rpc-uart-no-delay
    [ "$status" -eq 0 ]
    [ "$(grep -c FS.Put board/requests)" -eq 5 ]
}

@test "put: half of a new file is removed again, half of a replaced one is named" {
    power_on <<'END'
FS.ListExt = [{"name": "old", "size": 3}]
FS.Put = null
FS.Put ! 500 fwrite
FS.Put = null
FS.Put ! 500 fwrite
FS.Remove = null
END
    printf hello >new
    both mos put new --chunk-size=3
    [ "$status" -eq 1 ]
    has "remote error 500: fwrite" "$err"
    has "What had arrived of new was removed from the board again." "$err"
    asked 'FS.Remove {"filename":"new"}'
    both mos put new old --chunk-size=3
    [ "$status" -eq 1 ]
    has 'old is on the board in part, 3 bytes of it: put it again, or remove it with "mos rm old".' "$err"
    [ "$(grep -c FS.Remove board/requests)" -eq 1 ]
}

@test "put: progress of a big file on a terminal" {
    power_on <<<'FS.Put = null'
    head -c 20000 /dev/zero >big
    script -qec "mos put big --chunk-size=4096 --rpc-uart-no-delay" seen </dev/null >/dev/null
    has $'\r4096 of 20000 bytes, 20 %\r' "$(cat seen)"
    has $'\r20000 of 20000 bytes, 100 %' "$(cat seen)"
}

@test "a piece whose answer was damaged is sent again" {
    power_on <<'END'
FS.Put ~ damaged
FS.Put = null
END
    echo x >f
    both mos put f
    [ "$status" -eq 0 ]
    [ "$(grep -c FS.Put board/requests)" -eq 2 ]
}

@test "rm" {
    power_on <<<'FS.Remove ! 500 remove failed'
    both mos rm f
    [ "$status" -eq 1 ]
    has "remote error 500: remove failed" "$err"
    asked 'FS.Remove {"filename":"f"}'
    both mos rm
    has "filename is required" "$err"
}

# ---- call ----

@test "call: indented, in the order and spelling of the board" {
    power_on <<'END'
Sys.GetInfo = {"id": "x", "uptime": 2.50,"list":[1,{}], "h": "<b>"}
Empty = null
END
    both mos call Sys.GetInfo
    [ "$out" = $'{\n  "id": "x",\n  "uptime": 2.50,\n  "list": [\n    1,\n    {}\n  ],\n  "h": "\\u003cb\\u003e"\n}' ]
    asked 'Sys.GetInfo'
    both mos call Empty '{ "b": 1, "a": "é" }'
    [ "$out" = null ]
    asked 'Empty {"b":1,"a":"é"}'
    both mos call Empty '{b}'
    has 'Args [{b}] is not a valid JSON string' "$err"
    both mos call FS.Foo
    [ "$status" -eq 1 ]
    has 'Error: remote error 404: No handler for FS.Foo' "$err"
    has $'\ncall failed' "$err"
}

# ---- configuration ----

config='Config.Get = {"debug":{"level":2},"http":{"enable":true,"listen_addr":":443"},"wifi":{"ap":{"enable":true},"sta":{"enable":false,"ssid":"","pass":""}},"ratio":2.000000}'

@test "config-get: values bare, groups as sorted JSON" {
    power_on <<<"$config"
    both mos config-get http.listen_addr
    [ "$out" = :443 ]
    both mos config-get ratio
    [ "$out" = 2 ]
    both mos config-get http
    [ "$out" = $'{\n  "enable": true,\n  "listen_addr": ":443"\n}' ]
    both mos config-get no.such
    [ "$status" -eq 1 ]
    has 'no config value at path "no.such"' "$err"
    both mos config-get --level 0
    asked 'Config.Get {"level":0}'
}

@test "config-set: types of the present values, saved, restarted" {
    power_on <<END
$config
Config.Set = {"saved": true}
END
    both mos config-set http.listen_addr=8443 debug.level=0x3 http.enable=false
    [ "$status" -eq 0 ]
    [ "$err" = $'Using port board/port\nGetting configuration...\nSetting new configuration...' ]
    asked 'Config.Set {"config":{"debug":{"level":3},"http":{"enable":false,"listen_addr":"8443"}},"save":true,"reboot":true}'
    both mos config-set debug.level=1 --no-save --no-reboot --level=3
    asked 'Config.Set {"config":{"debug":{"level":1}},"level":3}'
    has "Setting new configuration (level 3)..." "$err"
    both mos config-set debug.level=high
    [ "$status" -eq 1 ]
    has 'can'\''t convert "high"' "$err"
    [ "$(grep -c Config.Set board/requests)" -eq 2 ]
}

@test "config-set with firmware that does not save, and one that wants its button pressed" {
    power_on <<END
$config
Config.Set = null
Config.Set ! 418 configuration has been saved but manual device reset is required
Config.Save = {"saved": true}
END
    both mos config-set debug.level=1
    [ "$status" -eq 0 ]
    has "Saving and rebooting..." "$err"
    asked 'Config.Save {"reboot":true,"try_once":false}'
    both mos config-set debug.level=1
    [ "$status" -eq 0 ]
    has "Note: configuration has been saved" "$err"
}

@test "wifi: the password from standard input, too" {
    power_on <<END
$config
Config.Set = {"saved": true}
END
    both mos wifi IoT 12344321
    [ "$status" -eq 0 ]
    asked '"sta":{"enable":true,"pass":"12344321","ssid":"IoT"}'
    echo secret99 | mos wifi IoT -
    asked '"pass":"secret99"'
    both mos wifi IoT
    has "Usage: mos wifi" "$err"
}

# ---- console ----

@test "console: the handout's prefix, once a line, and /dev/null as input" {
    power_on <<<'boot main.c:5          Tick uptime: 46.54'
    console
    await out Tick
    kill -INT "$tool"
    wait "$tool"
    grep -Eq '^\[[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\] main\.c:5 ' out
    [ "$(cat err)" = "Using port board/port" ]
}

@test "console: SIGINT is a good end, and no timestamp" {
    power_on <<<'boot hello'
    console --no-input --timestamp=false
    await out hello
    kill -INT "$tool"
    wait "$tool"
    [ "$(cat out)" = hello ]
}

@test "console: the board goes away" {
    power_on <<<'boot hello'
    console --no-input
    await out hello
    exec 9>&-
    wait "$tool"
    has "has gone" "$(cat err)"
}

# ---- the secure element ----

@test "atca-set-key 4: the handout's line and output" {
    power_on <<END
$(chip)
ATCA.SetKey = null
END
    openssl rand -hex 32 >slot4.key
    both mos -X atca-set-key 4 slot4.key --dry-run=false
    [ "$status" -eq 0 ]
    [ "$err" = "$header
Slot 4 is a non-ECC key slot
Writing block 0...
SetKey successful." ]
    [ -z "$out" ]
    asked "ATCA.SetKey {\"key\":\"$(unhex <slot4.key | base64 -w0)\",\"slot\":4}"
}

@test "atca-set-key 0 with a write key: encrypted, and only when not a dry run" {
    power_on <<END
$(chip)
ATCA.SetKey = null
END
    openssl rand -hex 32 >slot4.key
    openssl ecparam -out ecc.key.pem -name prime256v1 -genkey
    both mos -X atca-set-key 0 ecc.key.pem --write-key=slot4.key
    [ "$status" -eq 0 ]
    has "This is a dry run, would have set the following key on slot 0:" "$err"
    has "Set --dry-run=false to confirm." "$err"
    ! grep -q SetKey board/requests
    # no secret on the terminal
    key=$(openssl pkey -in ecc.key.pem -text -noout | sed -n '/priv:/,/pub:/p' | grep '^ ' | tr -d ' \n:')
    [[ $err$out != *"${key: -16}"* ]]
    [[ $err$out != *"$(head -c 16 slot4.key)"* ]]

    both mos -X atca-set-key 0 ecc.key.pem --write-key=slot4.key --dry-run=false
    [ "$status" -eq 0 ]
    [ "$err" = "$header
Slot 0 is a ECC private key slot
Parsed EC PRIVATE KEY
Data zone is locked, will perform encrypted write using slot 4 using slot4.key
Writing block 0...
SetKey successful." ]
    wkey=$(unhex <slot4.key | base64 -w0)
    key=$(unhex <<<"${key: -64}" | base64 -w0)
    asked "ATCA.SetKey {\"ecc\":true,\"key\":\"$key\",\"slot\":0,\"wkey\":\"$wkey\",\"wkslot\":4}"
}

@test "atca-set-key: a key with leading zeros, and PKCS#8" {
    power_on <<END
$(chip)
ATCA.SetKey = null
END
    openssl rand -hex 32 >slot4.key
    # SEC 1 without the public key, P-256, scalar 42h
    zeros=$(printf '%062d' 0)42
    unhex <<<"30310201010420${zeros}a00a06082a8648ce3d030107" >small.der
    openssl ec -inform DER -in small.der -out small.pem 2>/dev/null
    openssl pkcs8 -topk8 -nocrypt -in small.pem -out small.pkcs8.pem
    for file in small.pem small.pkcs8.pem; do
        both mos atca-set-key 1 "$file" --write-key slot4.key --dry-run=false
        [ "$status" -eq 0 ]
        asked "ATCA.SetKey {\"ecc\":true,\"key\":\"$(unhex <<<"$zeros" | base64 -w0)\",\"slot\":1"
    done
    has "Parsed PRIVATE KEY" "$err"
}

@test "atca-set-key: a wrong write key" {
    power_on <<END
$(chip)
ATCA.SetKey ! 500 Failed to set key: 0xf4
END
    openssl rand -hex 32 >other.key
    openssl ecparam -out ecc.key.pem -name prime256v1 -genkey
    both mos atca-set-key 0 ecc.key.pem --write-key=other.key --dry-run=false
    [ "$status" -eq 1 ]
    has "Error: remote error 500: Failed to set key: 0xf4" "$err"
    has "the chip refused the encrypted write: the write key in other.key is not the one in slot 4" "$err"
    has $'\natca-set-key failed' "$err"
}

@test "atca-set-key: what cannot work is refused before the board is asked to write" {
    power_on <<END
$(chip)
ATCA.SetKey = null
END
    openssl rand -hex 32 >k
    openssl rand -hex 31 >short
    openssl rand -hex 64 >long
    openssl ecparam -out ecc.key.pem -name prime256v1 -genkey
    openssl ecparam -out p384.key.pem -name secp384r1 -genkey
    both mos atca-set-key 0 ecc.key.pem --dry-run=false
    has "data zone is locked, --write-key for slot 4 is required to modify slot 0" "$err"
    both mos atca-set-key 0 p384.key.pem --write-key k --dry-run=false
    has "its curve is secp384r1" "$err"
    both mos atca-set-key 0 ecc.key.pem --write-key short --dry-run=false
    has "short: expected 32 bytes, got 31" "$err"
    both mos atca-set-key 4 short --dry-run=false
    has "short: expected a multiple of 32 bytes, got 31" "$err"
    both mos atca-set-key 4 long --dry-run=false
    has "slot 4 has room for 32 bytes, got 64" "$err"
    both mos atca-set-key 4 ecc.key.pem --dry-run=false
    has "ecc.key.pem: it is a PEM file" "$err"
    both mos atca-set-key 7 ecc.key.pem --dry-run=false
    has "data zone is locked and encrypted writes on slot 7 are not enabled, key cannot be set" "$err"
    both mos atca-set-key 6 k --dry-run=false
    has "slot 6 allows no writes" "$err"
    both mos atca-set-key 16 k
    has 'invalid slot number "16"' "$err"
    both mos atca-set-key 4
    has "slot number and key filename are required" "$err"
    ! grep -q SetKey board/requests
}

@test "a board without the chip" {
    power_on </dev/null
    both mos atca-get-config
    [ "$status" -eq 1 ]
    has "remote error 404: No handler for ATCA.GetConfig" "$err"
    has "sys.atca.enable" "$err"
}

@test "atca-get-config and back, in every format" {
    power_on <<END
$(chip 5555)
ATCA.SetConfig = null
ATCA.LockZone = null
END
    for format in yaml json hex; do
        both mos atca-get-config "chip.$format"
        [ "$status" -eq 0 ]
        both mos atca-set-config "chip.$format" --dry-run=false
        [ "$status" -eq 0 ]
        has "SetConfig successful." "$err"
    done
    [ "$(grep -c "SetConfig {\"config\":\"$(image 5555)\"}" board/requests)" -eq 3 ]
    both mos atca-get-config --format=yaml
    has 'serialnum: "0123d4df07023967ee"' "$out"
    has "WARNING: Either config or data zone are not locked" "$err"
    both mos atca-get-config
    [ "${out%%$'\n'*}" = "0x01, 0x23, 0xd4, 0xdf, " ]
    both mos atca-lock-zone config
    has "dry run" "$err"
    ! grep -q LockZone board/requests
    both mos atca-lock-zone config --dry-run=false
    has "LockZone successful." "$err"
    asked 'ATCA.LockZone {"zone":0}'
    both mos atca-lock-zone data --dry-run=false
    has "the config zone must be locked first" "$err"
    both mos atca-lock-zone otp
    has "invalid zone 'otp'" "$err"
}

@test "atca-set-config on a locked chip" {
    power_on <<<"$(chip)"
    mos atca-get-config chip.yaml
    both mos atca-set-config chip.yaml --dry-run=false
    [ "$status" -eq 1 ]
    has "config zone is already locked" "$err"
}

@test "atca-gen-key and atca-get-pub-key: PEM on standard output or in a file" {
    openssl ecparam -name prime256v1 -genkey -noout -out k.pem
    point=$(openssl pkey -in k.pem -pubout -outform DER | tail -c 64 | base64 -w0)
    power_on <<END
$(chip)
ATCA.GenKey = {"pubkey": "$point"}
ATCA.GetPubKey = {"pubkey": "$point"}
END
    both mos -X atca-gen-key 1
    has "dry run" "$err"
    ! grep -q GenKey board/requests
    both mos -X atca-gen-key 1 pub.pem --dry-run=false
    [ "$status" -eq 0 ]
    has "Generated new ECC key on slot 1" "$err"
    has "Wrote pub.pem" "$err"
    asked 'ATCA.GenKey {"slot":1}'
    both mos atca-get-pub-key 0x01
    [ "$out" = "$(openssl pkey -in k.pem -pubout)" ]
    [ "$out" = "$(cat pub.pem)" ]
    asked 'ATCA.GetPubKey {"slot":1}'
    both mos atca-gen-key 1 no/such/folder --dry-run=false
    [ "$status" -eq 1 ]
    [ "$(grep -c GenKey board/requests)" -eq 1 ] # nowhere to put the public key: the old key stays
    both mos atca-gen-key 14 --dry-run=false
    [ "$status" -eq 0 ]
}

@test "atca-gen-key of a symmetric slot: file for its owner only" {
    power_on <<END
$(chip)
ATCA.SetKey = null
END
    both mos atca-gen-key 4 new.key --dry-run=false
    [ "$status" -eq 0 ]
    has "Generated random 32 byte key" "$err"
    has "Wrote key to new.key" "$err"
    [ "$(stat -c %a new.key)" = 600 ]
    asked "ATCA.SetKey {\"key\":\"$(tr -d ' ,\n' <new.key | sed 's/0x//g' | unhex | base64 -w0)\",\"slot\":4}"
    both mos atca-set-key 4 new.key --dry-run=false # what it writes it can read
    [ "$status" -eq 0 ]
}

@test "atca-gen-csr: nothing is written when the signature does not verify, or the slot cannot sign" {
    openssl ecparam -name prime256v1 -genkey -noout -out k.pem
    point=$(openssl pkey -in k.pem -pubout -outform DER | tail -c 64 | base64 -w0)
    power_on <<END
$(chip)
ATCA.GenKey = {"pubkey": "$point"}
ATCA.GetPubKey = {"pubkey": "$point"}
ATCA.Sign = {"signature": "$(head -c 64 /dev/zero | tr '\0' '\1' | base64 -w0)"}
END
    both mos atca-gen-csr 1 csr.pem --subject /O=TMC/CN=board-1
    [ "$status" -eq 0 ]
    has "dry run" "$err"
    both mos atca-gen-csr 1 csr.pem --subject /O=TMC/CN=board-1 --dry-run=false
    [ "$status" -eq 1 ]
    has "Subject: O = TMC, CN = board-1" "$err"
    has "Signing with slot 1..." "$err"
    has "does not verify" "$err"
    [ -z "$(ls csr.pem* 2>/dev/null)" ]
    both mos atca-gen-csr 1 csr.pem --subject /CN=x --gen-key=false --dry-run=false
    [ "$(grep -c GenKey board/requests)" -eq 1 ]
    asked 'ATCA.GetPubKey {"slot":1}'
    both mos atca-gen-csr 7 --subject /CN=x --dry-run=false
    has "slot 7 does not sign what comes from outside" "$err"
    both mos atca-gen-csr 4 --subject /CN=x --dry-run=false
    has "slot 4 is not an ECC private key slot" "$err"
    both mos atca-gen-csr 1 --dry-run=false
    has "--csr-template or --subject is required" "$err"
}

@test "atca-gen-cert: signed by the authority, on the board" {
    openssl ecparam -name prime256v1 -genkey -noout -out k.pem
    point=$(openssl pkey -in k.pem -pubout -outform DER | tail -c 64 | base64 -w0)
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -subj /CN=ca -days 100 2>/dev/null
    power_on <<END
$(chip)
ATCA.GenKey = {"pubkey": "$point"}
FS.Put = null
END
    both mos atca-gen-cert 1 --subject /O=TMC/CN=board-1 --ca-cert-file ca.crt --ca-key-file ca.key --cert-days 30 --dry-run=false
    [ "$status" -eq 0 ]
    has "Writing certificate to atca-1.crt.pem..." "$err"
    has "Uploading atca-1.crt.pem ($(stat -c %s atca-1.crt.pem) bytes)..." "$err"
    openssl verify -CAfile ca.crt -purpose sslclient atca-1.crt.pem
    [ "$(openssl x509 -in atca-1.crt.pem -pubkey -noout)" = "$(openssl pkey -in k.pem -pubout)" ]
    asked 'FS.Put {"filename":"atca-1.crt.pem","offset":0'
    both mos atca-gen-cert 1 --subject /CN=x --dry-run=false
    has "--ca-cert-file and --ca-key-file are required" "$err"
}
