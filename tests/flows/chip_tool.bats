# hallmark-chip-tool: a chip made, told, compared, checked, its locks rehearsed; and every way to use it wrongly.

bats_require_minimum_version 1.5.0

setup() {
    PATH=$BUILD/chip/tool:$BUILD/chip:$PATH
    cd "$BATS_TEST_TMPDIR"
    chip_pid=
}

teardown() {
    [ -z "$chip_pid" ] || { kill "$chip_pid" && wait "$chip_pid"; } 2>/dev/null || true
}

tool() { hallmark-chip-tool "$@"; }

# refused STATUS TEXT ARGUMENTS...: one sentence on stderr with TEXT, nothing on stdout, this exit status.
refused() {
    local status_wanted=$1 text=$2
    shift 2
    run --separate-stderr tool "$@"
    [ "$status" -eq "$status_wanted" ] && [ -z "$output" ] && [[ "$stderr" == *"$text"* ]] ||
        { echo "exit $status: $output / $stderr"; false; }
}

# A state file's configuration as mos writes it: bytes 16..143 are the zone.
as_mos_writes_it() {
    python3 - "$1" <<'PY'
import sys
config = open(sys.argv[1], 'rb').read()[16:144]
print(''.join('0x%02x%s%s' % (byte, ', ' if i < 127 else '', '\n' if i % 4 == 3 else '') for i, byte in enumerate(config)), end='')
PY
}

# Is this Python expression true of the JSON on standard input, with `slots` as a shorthand?
holds() {
    python3 -c 'import json, sys
told = json.load(sys.stdin)
slots = told.get("slots")
assert eval(sys.argv[1]), sys.argv[1]' "$1"
}

@test "every profile can be made, shown and checked" {
    tool make --help | sed -n '/^profiles/,$s/^  \([a-z0-9-]*\) .*/\1/p' >profiles
    [ "$(wc -l <profiles)" -ge 7 ]
    while read -r profile; do
        tool make "$profile.state" --profile "$profile" >/dev/null
        [ "$(stat -c %a "$profile.state")" = 600 ]
        tool show "$profile.state" | grep -q '^slot 15 '
        run tool check "$profile.state"
        [ "$status" -le 1 ]
    done <profiles
}

@test "serial number, address and 508" {
    tool make a --profile blank --serial 0123456789abcdefee --address 35 >out
    grep -q 'address 35, serial number 0123456789ABCDEFEE' out
    tool show a | grep -q 'I2C address 35'
    tool make b --profile blank --508
    tool show b | grep -q 'ATECC508A'
    tool make c --profile tls-only --508 | grep -q 'an ATECC508A of profile tls-only'
    refused 2 'profile mongoose-508 is made for it' make d --profile mongoose --508
    refused 2 'the 508A has no AES' make d --profile trust --508
    [ -z "$(ls -d d* || true)" ]
}

@test "tls-only comes with a key made in the chip, its public key printed, and its certificate locked" {
    head -c 300 /dev/urandom >certificate
    tool make tls --profile tls-only --data 8=certificate >out
    openssl pkey -pubin -in out -noout
    tool show tls --json >told
    holds 'slots[0]["holds"] == "a key" and slots[0]["is written"] == "never"' <told
    holds 'slots[0]["signs"] == "given digests only (external)" and slots[0]["lock"] == "locked for ever"' <told
    holds 'slots[8]["lock"] == "locked for ever" and slots[8]["is read"] == "by anyone, in clear"' <told
    holds '"sign-external" in slots[0]["can now"] and "generate" not in slots[0]["can now"]' <told
    tool check tls
    # slot 8 starts at 16 + 128 + 8 * 36 in the file
    cmp <(tail -c +433 tls | head -c 300) certificate
    tool make again --profile tls-only >out2
    run ! cmp -s out out2 # every part has its own key
}

@test "trust comes with permanent keys in slots 0 and 1 and certificates locked once they are there" {
    for slot in 10 11 12; do echo "certificate $slot" >"$slot"; done
    tool make t --profile trust --data 10=10 --data 11=11 --data 12=12 >out
    [ "$(grep -c 'BEGIN PUBLIC KEY' out)" -eq 5 ]
    grep -q 'address 35, serial number 0123............01$' out
    tool show t --json | holds 'all(slots[i]["lock"] == "locked for ever" for i in (0, 1, 10, 11, 12))'
    tool show t --json | holds 'all(slots[i]["is written"] == "a new key by GenKey" for i in (2, 3, 4))'
    tool make u --profile trust | grep -q 'Still empty and not locked: slots 10-12'
}

@test "an unprovisioned part stops between the locks, and hallmark-chip serves both" {
    tool make tls --profile tls-only --unprovisioned | grep -q 'then lock the data zone'
    tool show tls | grep -q 'until then     can be given a new key by GenKey'
    run tool rehearse tls data
    [ "$status" -eq 1 ]
    [[ "$output" == *"STRANDED: slot 0: no private key"* ]]
    mkfifo ready
    hallmark-chip --socket bus --state tls --ready-fd 9 9>ready 3>&- &
    chip_pid=$!
    [ "$(cat ready)" = ready ]
    tool show tls >/dev/null # reading needs no leave of the one who serves it
    refused 2 'in use by another' make tls --profile blank
    kill "$chip_pid" && wait "$chip_pid"
    chip_pid=
    hallmark-chip --help | grep -q '^  trust '
}

@test "a configuration is taken as a state, as 128 bytes, and as mos writes it" {
    tool make m --profile mongoose >/dev/null
    as_mos_writes_it m >m.hex
    tail -c +17 m | head -c 128 >m.bin
    tool diff m m.hex
    tool diff m.bin m.hex
    tool diff m - <m.hex
    tool show m.hex | grep -q 'what is in the slots is not known'
    tool show m.hex | sed 1,2d | diff - <(tool show m | sed 1d | grep -v '^  holds ')
}

@test "diff tells words, then bytes, and fails when they differ" {
    tool make a --profile mongoose-unlocked --serial 0123456789ABCDEFEE >/dev/null
    tool make b --profile mongoose-unlocked --serial 0123000000000000EE >/dev/null
    run tool diff a b
    [ "$status" -eq 0 ]
    [[ "$output" == *"do not differ"* ]]
    tool make c --profile mongoose-508 >/dev/null
    run tool diff c a
    [ "$status" -eq 1 ]
    [[ "$output" == *"slot 5  [SlotConfig 8F 8F -> C4 44, KeyConfig 1C 00 -> 38 00]"* ]]
    [[ "$output" == *"  is read        never
              -> encrypted with the key in slot 4"* ]]
    # a reserved bit changes nothing that is possible, and is told all the same
    as_mos_writes_it a | python3 -c 'import sys; t = sys.stdin.read().split(", "); t[99] = t[99].replace("0x00", "0x20"); print(", ".join(t))' >d.hex
    run tool diff a d.hex
    [ "$status" -eq 1 ]
    [[ "$output" == *"byte 99, KeyConfig of slot 1, differs, and nothing that is possible does  [byte 00 -> 20]"* ]]
}

@test "check fails on a danger and names slot, bits and remedy" {
    tool make m --profile mongoose-unlocked >/dev/null
    run tool check m
    [ "$status" -eq 1 ]
    [[ "$output" == *"danger   slot 14 can be overwritten by anyone: its write key is slot 15, which is clear-writable
         [slot 15 SlotConfig bits 15:12 = 0]
         Remedy: "* ]]
    run tool check m --json
    [ "$status" -eq 1 ]
    holds '[f["rule"] for f in told["findings"] if f["severity"] == "danger"] == ["open-key", "open-key"]' <<<"$output"
}

@test "rehearse gives the CRC that a real lock takes, and writes nothing" {
    tool make m --profile mongoose-unlocked --serial 000000000000000000 >/dev/null
    before=$(sha256sum m)
    tool rehearse m config | grep -q 'Lock Param1 00, Param2 96B8: CRC of the configuration'
    run tool rehearse m data
    [ "$status" -eq 1 ]
    [[ "$output" == *"The part would answer 0F"*"not locked yet"* ]]
    run tool rehearse m slot 10
    [ "$status" -eq 1 ]
    [[ "$output" == *"the configuration zone is not locked yet"* ]]
    [ "$(sha256sum m)" = "$before" ]
    [ "$(ls)" = $'m\nm.lock' ]
}

@test "what cannot be made leaves nothing behind, and what is there is left alone" {
    tool make m --profile blank >/dev/null
    before=$(sha256sum m)
    refused 2 'holds a chip already' make m --profile blank
    [ "$(sha256sum m)" = "$before" ]
    echo something >other
    refused 2 'It was left as it is' make other --profile blank
    [ "$(cat other)" = something ]
    refused 2 'there is no profile best' make n --profile best
    refused 2 'a serial number is 18' make n --profile blank --serial 01
    refused 2 '7-bit I2C address' make n --profile blank --address C0
    refused 2 '--data takes a slot and a file' make n --profile tls-only --data 16=m
    refused 2 'cannot read missing' make n --profile tls-only --data 8=missing
    head -c 417 /dev/zero >long
    refused 2 'is longer than the slot, which has 416 bytes' make n --profile tls-only --data 8=long
    refused 2 'SlotLocked' make n --profile tls-only --data 9=other
    refused 2 'private key' make n --profile tls-only --data 0=other
    refused 2 'between the two locks' make n --profile mongoose --data 10=other
    refused 2 'No such file' make folder/n --profile blank
    [ -z "$(ls -d n* || true)" ]
}

@test "wrong usage is told in a sentence" {
    refused 2 'a verb is needed'
    refused 2 'there is no verb "frobnicate"' frobnicate
    for verb in make show diff check rehearse; do
        refused 2 "usage: hallmark-chip-tool $verb" "$verb"
        tool "$verb" --help | grep -q '^  hallmark-chip-tool\|^  mos ' # examples
    done
    refused 2 'cannot read nothing' show nothing
    refused 2 'fewer than 128 bytes' show /dev/null
    echo 'revision: 0x6002' >config.yml
    refused 2 'mos atca-get-config' check config.yml
    tool make m --profile blank >/dev/null
    refused 2 'usage: ' rehearse m everything
    refused 2 'usage: ' rehearse m slot
    refused 2 'numbered 0 to 15' rehearse m slot 16
    run --separate-stderr tool show m --jsn
    [ "$status" -eq 2 ]
    tool --help | grep -q 'exit status'
}

@test "an answer that cannot be written is a failure" {
    [ -e /dev/full ] || skip
    tool make m --profile blank >/dev/null
    run bash -c 'hallmark-chip-tool show m >/dev/full'
    [ "$status" -eq 2 ]
    [[ "$output" == *"cannot write the answer"* ]]
}
