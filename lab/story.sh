# How the demo tells its story: steps, commands shown with their real output, assertions, processes that are always ended.
# Sourced by lab/demo. A step is a function body that stops at its first failed assertion (fail).

passed=0 failed=0
step_name=
out=$WORK/logs/output        # of the last command shown

if [ -t 1 ]; then bold=$(printf '\033[1m') red=$(printf '\033[31m') green=$(printf '\033[32m') plain=$(printf '\033[0m')
else bold='' red='' green='' plain=''; fi

say() { printf '%s\n' "$*"; }

# step FILE: plays one file of lab/steps in a subshell-free way, so that it may leave variables and processes to the next.
play() {
    step_number=$((step_number + 1))
    step_name=$(sed -n '1s/^# *//p' "$1")
    printf '\n%s--- Step %d. %s%s\n' "$bold" "$step_number" "$step_name" "$plain"
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$1"
    # shellcheck disable=SC1090
    . "$1"
    passed=$((passed + 1))
    printf '%s    step %d passed%s\n' "$green" "$step_number" "$plain"
}

# fail EXPECTED: reports what was expected and what was seen, and ends the demo.
fail() {
    failed=$((failed + 1))
    printf '\n%sFAILED in step %d, %s%s\n' "$red" "$step_number" "$step_name" "$plain"
    printf '  expected  %s\n' "$1"
    printf '  saw       '
    tail -n 15 "${2:-$out}" 2>/dev/null | sed '2,$s/^/            /'
    printf '\n  logs      %s\n' "$WORK/logs $WORK/board/console.log $WORK/board/chip.trace"
    exit 1
}

# show COMMAND: prints it as a person would type it, runs it, prints its output. The status is in $status.
show() {
    printf '\n%s$ %s%s\n' "$bold" "$1" "$plain"
    status=0
    (eval "$1") >"$out" 2>&1 </dev/null || status=$?
    # Carriage returns are the tool's (mos ls ends its lines with CR LF).
    if [ "$(wc -l <"$out")" -gt "${show_lines:-40}" ]; then
        head -n "$((${show_lines:-40} - 6))" "$out" | tr -d '\r' | sed 's/^/    /'
        echo '    [...]'
        tail -n 5 "$out" | tr -d '\r' | sed 's/^/    /'
    else
        tr -d '\r' <"$out" | sed 's/^/    /'
    fi
}

run() { # must succeed
    show "$1"
    [ "$status" -eq 0 ] || fail "\`$1\` to succeed; its exit status was $status"
}

refused() { # must fail
    show "$1"
    [ "$status" -ne 0 ] || fail "\`$1\` to be refused; it succeeded"
}

expect() { # TEXT [FILE]: the output of the last command holds this extended regular expression
    grep -Eq -- "$1" "${2:-$out}" || fail "a line matching: $1" "${2:-$out}"
}

expect_not() {
    ! grep -Eq -- "$1" "${2:-$out}" || fail "no line matching: $1" "${2:-$out}"
}

# await FILE REGEX SECONDS [FROM]: until a line after byte FROM of a growing file matches. Follows the file; never polls.
await() {
    timeout "$3" sh -c 'tail -c "+$(($3 + 1))" -F "$1" 2>/dev/null | grep -Em1 -- "$2" >/dev/null' sh "$1" "$2" "${4:-0}" ||
        fail "within $3 s a line matching: $2" "$1"
}

size_of() { if [ -e "$1" ]; then wc -c <"$1"; else echo 0; fi; }

# background NAME COMMAND...: a process of the lab; its output goes to logs/NAME. Ended at the end whatever happens.
background() {
    name=$1
    shift
    "$@" >>"$WORK/logs/$name" 2>&1 </dev/null &
    eval "pid_$name=$!"
    pids="$pids $!"
}

end() { # NAME [SIGNAL]
    eval "pid=\${pid_$1:-}"
    [ -n "$pid" ] || return 0
    kill "-${2:-TERM}" "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    eval "pid_$1="
}

end_all() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    for pid in $pids; do wait "$pid" 2>/dev/null || true; done
    pids=
}

# The console, as a person would watch it while doing something else.
console_open() {
    printf '\n%s$ mos console &%s\n' "$bold" "$plain"
    console_log=$WORK/logs/console
    console_from=$(size_of "$console_log")
    background console mos console --no-input
    await "$console_log" 'Using port' 10 "$console_from"
}

console_await() { await "$console_log" "$1" "${2:-15}" "$console_from"; }

console_close() {
    end console INT
    tail -c "+$((console_from + 1))" "$console_log" | tr -d '\r' >"$out"
    grep -Ev 'Tick|Tock' "$out" | tail -n 32 | sed 's/^/    /'
}

# a_port: a TCP port nobody listens on just now. Whoever takes it tries again with another when he loses the race.
a_port() {
    while :; do
        port=$(($(od -An -N2 -tu2 /dev/urandom) % 28000 + 32000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
}
