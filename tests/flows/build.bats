# `mos build`: from a manifest to fw.zip, and the sentences for what goes wrong on the way.
# A tree with a toy platform stands in for os/, so that this tests the tool and not the firmware.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    PATH=$BUILD/mos:$PATH
    cd "$BATS_TEST_TMPDIR"
    unset "${!MOS_@}"
    load toy_tree
    make_repository
    make_application
}

build() { mos build -C app --repo "$PWD/repo" --platform linux "$@"; }

@test "an application is built: libraries in order of need, configuration merged, application last" {
    run --separate-stderr build
    [ "$status" -eq 0 ] || { echo "$output $stderr"; false; }
    [ "$stderr" = "Firmware saved to $(realpath app)/build/fw.zip" ]
    run app/build/objs/fw.elf
    expected='beta
alpha
app 1.0
level 3 address 96 id linux_??????
rate 2.5 size 4000000000 text say "hi"\
alpha 0 alpha1 1 say "hi"\
now 4, default 3
sweet on linux app'
    [ "$output" = "$expected" ] || { diff <(echo "$output") <(echo "$expected"); false; }
}

@test "fw.zip: stored members, one folder, a manifest with sorted keys and both checksums" {
    SOURCE_DATE_EPOCH=1548565954 build
    run python3 -c 'import zipfile
for member in zipfile.ZipFile("app/build/fw.zip").infolist(): print(member.compress_type, member.filename)'
    [[ "$output" != *[1-9]" "* && "$output" == *"0 app-1.0/manifest.json"* ]] || { echo "$output"; false; }
    python3 -m zipfile -e app/build/fw.zip out
    [ "$(ls out)" = app-1.0 ]
    cmp out/app-1.0/fw.elf app/build/objs/fw.elf
    run cat out/app-1.0/manifest.json
    [ "${lines[1]}" = '  "build_id": "20190127-051234",' ]
    [ "${lines[2]}" = '  "build_timestamp": "2019-01-27T05:12:34Z",' ]
    [ "${lines[3]}" = '  "name": "app",' ]
    [[ "$output" == *"\"cs_sha1\": \"$(sha1sum < out/app-1.0/fw.elf | cut -d' ' -f1)\""* ]]
    [[ "$output" == *"\"cs_sha256\": \"$(sha256sum < out/app-1.0/fs/index.html | cut -d' ' -f1)\""* ]]
    [[ "$output" == *'"platform": "linux"'*'"version": "1.0"'* ]]
}

@test "files of libraries and application are staged flat, the application's win" {
    build
    [ "$(cat app/build/fs/index.html)" = from-app ]
    [ "$(cat app/build/fs/beta.txt)" = from-beta ]
    [ -e app/build/fs/conf0.json ]
    rm app/fs/index.html
    build
    [ "$(cat app/build/fs/index.html)" = from-beta ]
}

@test "fs_filters choose by name, first match wins" {
    touch app/fs/{a.txt,b.txt,c.bin}
    printf 'fs_filters:\n  - include: a.txt\n  - exclude: "*.txt"\n' >> app/mos.yml
    build
    [ -e app/build/fs/a.txt ]
    [ ! -e app/build/fs/b.txt ]
    [ -e app/build/fs/c.bin ]
}

@test "only what changed is compiled again" {
    objects() { find app/build/objs -name '*.o' -newer mark | sort; }
    export SOURCE_DATE_EPOCH=1000000000
    build
    touch mark
    sleep_until_mtime_moves
    build
    [ -z "$(objects)" ] || { objects; false; }
    SOURCE_DATE_EPOCH=1000000001 build
    [ "$(objects)" = app/build/objs/gen/build_info.c.o ] || { objects; false; }
    build
    touch mark
    sleep_until_mtime_moves
    echo '/* more */' >> app/src/main.c
    build
    [ "$(objects)" = app/build/objs/app/src/main.c.o ] || { objects; false; }
}

# The clock of file times ticks in steps.
sleep_until_mtime_moves() {
    touch first second
    until [ second -nt first ]; do touch second; done
}

@test "a header that changes recompiles who includes it" {
    echo '#define WORD "one"' > app/src/word.h
    sed -i 's/^#include <stdio.h>/&\n#include "word.h"/; s/FLAVOUR " "/WORD " " /' app/src/main.c
    build
    app/build/objs/fw.elf | grep -q '^one app$'
    sleep_until_mtime_moves
    echo '#define WORD "two"' > app/src/word.h
    build
    app/build/objs/fw.elf | grep -q '^two app$'
}

@test "a program that does not compile: the log on stdout, then the error, and the old fw.zip stays" {
    build
    cp app/build/fw.zip old.zip
    echo 'this is no C' >> app/src/main.c
    run --separate-stderr build
    [ "$status" -eq 1 ]
    [[ "$output" == *"main.c:"*error* ]]
    [[ "$stderr" == *"Error: the firmware does not compile"*"build failed"* ]]
    cmp old.zip app/build/fw.zip
    grep -q 'this is no C' app/build/build.log
}

@test "--verbose tells what was built" {
    run --separate-stderr build --verbose
    [[ "$stderr" == *"Building app..."*"Success, built app/linux version 1.0 ("*")."* ]]
}

@test "--build-dir, --clean, --cdef, --build-var and --lib" {
    cp -r repo/libs/beta mine
    sed -i s/beta\"/mine\"/ mine/src/beta.c
    build --build-dir "$PWD/elsewhere" --build-var FLAVOUR=sour --lib "beta:$PWD/mine"
    run elsewhere/objs/fw.elf
    [ "${lines[0]}" = mine ]
    [[ "$output" == *"sour on linux app" ]]
    touch elsewhere/mine.txt
    build --build-dir "$PWD/elsewhere" --clean --build-dry-run
    [ -e elsewhere/mine.txt ]
    [ ! -e elsewhere/objs/fw.elf ]
    build --build-dir "$PWD/elsewhere" --cdef 'FLAVOUR="x"'
    elsewhere/objs/fw.elf | grep -q '^x app$'
}

@test "conditions: applied when they hold, also when they depend on libraries" {
    cat >> app/mos.yml <<'EOF'
conds:
  - when: mos.platform == "linux"
    apply:
      cdefs: {FLAVOUR: "\"salty\""}
  - when: mos.platform != "linux"
    error: not here
  - when: build_vars.MGOS_HAVE_BETA
    apply:
      config_schema:
        - ["debug.level", 7]
EOF
    build
    run app/build/objs/fw.elf
    [[ "$output" == *"level 7"*"salty app" ]] || { echo "$output"; false; }
}

@test "a condition may refuse with its own words" {
    printf 'conds:\n  - when: defined(build_vars.NO_SUCH)\n    error: never\n  - when: defined(build_vars.FLAVOUR)\n    error: No taste, please.\n' >> app/mos.yml
    run build
    [ "$status" -eq 1 ]
    [[ "$output" == *"No taste, please."* ]]
}

@test "mos_linux.yml is merged after mos.yml" {
    printf 'config_schema:\n  - ["debug.level", 5]\n' > app/mos_linux.yml
    build
    app/build/objs/fw.elf | grep -q '^level 5 '
}

refused() {  # refused TEXT [mos build arguments]
    local text=$1
    shift
    run build "$@"
    [ "$status" -eq 1 ] || { echo "status $status: $output"; false; }
    [[ "$output" == *"$text"* ]] || { echo "$output"; false; }
}

@test "an unknown library is named, with the known ones" {
    sed -i 's,libs/alpha.git,libs/gamma,' app/mos.yml
    refused 'there is no library `gamma`. This tree has: alpha, beta, boards, empty.'
}

@test "libraries that need each other" {
    printf 'libs:\n  - name: alpha\n' >> repo/libs/beta/mos.yml
    refused 'needs itself'
}

@test "broken YAML: file and line" {
    echo 'libs_extra: [unclosed' >> app/mos.yml
    refused "mos.yml:2"
}

@test "aliases, duplicate keys, wrong kinds and missing manifest_version are refused with the line" {
    cp app/mos.yml good.yml
    echo 'tags: *x' >> app/mos.yml
    refused 'aliases'
    cp good.yml app/mos.yml
    echo 'version: 2.0' >> app/mos.yml
    refused 'the key `version` is there twice'
    cp good.yml app/mos.yml
    sed -i 's/^sources:.*/sources: src/; /^  - src/d' app/mos.yml
    refused '`sources` must be a list'
    grep -v manifest_version good.yml > app/mos.yml
    refused 'manifest_version is missing'
    sed 's/2017-09-29/2016-01-01/' good.yml > app/mos.yml
    refused 'too old manifest_version "2016-01-01"'
    sed 's/2017-09-29/2031-01-01/' good.yml > app/mos.yml
    refused 'too new manifest_version "2031-01-01"'
    sed 's/build_vars.FLAVOUR/build_vars.FLAVOR/' good.yml > app/mos.yml
    refused 'there is no variable `build_vars.FLAVOR`'
}

@test "schema errors point at the entry" {
    entry() { sed "s/  - \[\"debug.level\", 3\]/  - $1/" good.yml > app/mos.yml; }
    cp app/mos.yml good.yml
    entry '["debug.level", "high"]'
    refused 'debug.level: Invalid default value type'
    entry '["no.such", 3]'
    refused '`no.such` is no configuration key of this firmware'
    entry '["debug.level"]'
    refused 'Invalid entry length: 1'
    entry '["debug.level", "i", 1, {}, 2]'
    refused 'Invalid entry length: 5'
    entry '["a.class", "i", 1, {}]'
    refused 'class is a word of C or C++'
    entry '["a", "no.such", {}]'
    refused 'neither i, ui, b, f, d, s, o nor the path of an object'
    entry '["debug", "i", {}]'
    refused '`debug` is already there with type "o"'
    entry '["alpha1.more", "i", {}]'
    refused 'is a copy of `alpha`, add it there'
    entry '["a", "ui", -1, {}]'
    refused 'from 0 to 4294967295'
    entry '["a", "i", 3000000000, {}]'
    refused '32 bits'
}

@test "no mos.yml, no platform, unknown platforms" {
    run mos build -C repo --repo "$PWD/repo"
    [ "$status" -eq 1 ]
    [[ "$output" == *"No mos.yml file"* ]]
    run mos build -C app --repo "$PWD/repo"
    [[ "$output" == *"--platform must be specified or mos.yml should contain a platform key"* ]]
    run mos build -C app --repo "$PWD/repo" --local --platform esp8266
    [ "$status" -eq 1 ]
    [[ "$output" == *"esp8266 yet: os/boards has [linux]"*"--platform linux"* ]]
    run mos build -C app --repo "$PWD/repo" --platform esp32
    [[ "$output" == *"can't build for the platform esp32; supported platforms are: [linux]"* ]]
    echo 'platforms: [esp8266]' >> app/mos.yml
    refused "can't build for the platform linux; supported platforms are: [esp8266] (use --no-platform-check to override)"
    build --no-platform-check
}

@test "a folder that is not the tree" {
    run mos build -C app --repo "$PWD/app" --platform linux
    [ "$status" -eq 1 ]
    [[ "$output" == *"is not the Hallmark tree"* ]]
}

@test "paths and values with blanks, quotes and dollars" {
    mkdir "odd dir's"
    mv app "odd dir's/my-app"
    ln -s "odd dir's/my-app" app
    sed -i "s/^cdefs:/cflags: [\"-DODD=\\\\\"a b'\$c\\\\\"\"]\ncdefs:/" app/mos.yml
    sed -i 's/puts(FLAVOUR/puts(ODD/' app/src/main.c
    build
    app/build/objs/fw.elf | grep -qF "a b'\$c my-app"
}
