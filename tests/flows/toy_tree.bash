# A tree with a toy platform, toy libraries and a toy application: for tests of `mos build` and of the board, not of the firmware.
# Needs $root, the real tree; works in the current folder.

make_repository() {
    mkdir -p repo/os/boards/linux repo/os/src repo/libs/{alpha,beta,boards}/src repo/libs/beta/fs repo/libs/empty
    cat > repo/os/boards/linux/platform.yml <<EOF
compiler: cc
sources: [os/src/*.c]
includes: [os, $root/os/include, $root/os]
cflags: [-O0, -Wall, -Wextra, -ffunction-sections, -fdata-sections]
ldflags: ["-Wl,--gc-sections"]
libs: [-lm]
config_schema:
  - ["device", "o", {title: "Device"}]
  - ["device.id", "s", "linux_??????", {title: "Name"}]
  - ["debug.level", "i", 2, {title: "Level"}]
EOF
    cat > repo/os/src/start.c <<'EOF'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "build_info.h"
#include "mgos_config.h"
#include "mgos_deps.h"

void cs_log_printf(const char *format, ...) { (void)format; }
int cs_log_print_prefix(int level, const char *file, int line) { (void)level; (void)file; (void)line; return 0; }
void app_main(void);
int main(int argc, char **argv)
{
    const char *cause = "?";
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--uart-fd") == 0)
            dup2(dup2(atoi(argv[i + 1]), 0), 1);
        if (strcmp(argv[i], "--reset-cause") == 0)
            cause = argv[i + 1];
    }
    if (argc > 1)
        printf("boot cause=%s\n", cause);
    mgos_sys_config = mgos_config_defaults;
    if (!mgos_deps_init())
        return 1;
    printf("%s %s\n", build_app, build_version);
    app_main();
    fflush(stdout);
    char line[100];
    while (argc > 1 && fgets(line, sizeof line, stdin)) {
        printf("echo %s", line);
        fflush(stdout);
    }
    return 0;
}
EOF
    cat > repo/libs/alpha/mos.yml <<'EOF'
type: lib
version: 1.5
sources: [src]
libs:
  - origin: https://github.com/mongoose-os-libs/beta
config_schema:
  - ["alpha", "o", {title: "Alpha"}]
  - ["alpha.on", "b", false, {title: "On"}]
  - ["alpha.rate", "d", 2.5, {title: "Rate"}]
  - ["alpha.size", "ui", 4000000000, {title: "Size"}]
  - ["alpha.inner.text", "s", "say \"hi\"\\", {title: "Text"}]
  - ["alpha1", "alpha", {title: "Another"}]
  - ["alpha1.on", true]
  - ["elsewhere.key", 5]
manifest_version: 2017-09-29
EOF
    echo '#include <stdio.h>
#include <stdbool.h>
bool mgos_alpha_init(void);
bool mgos_alpha_init(void) { puts("alpha"); return true; }' > repo/libs/alpha/src/alpha.c
    cat > repo/libs/beta/mos.yml <<'EOF'
type: lib
sources: [src]
filesystem: [fs]
manifest_version: 2017-09-29
EOF
    echo '#include <stdio.h>
#include <stdbool.h>
bool mgos_beta_init(void);
bool mgos_beta_init(void) { puts("beta"); return true; }' > repo/libs/beta/src/beta.c
    echo from-beta > repo/libs/beta/fs/beta.txt
    echo from-beta > repo/libs/beta/fs/index.html
    printf 'type: lib\nmanifest_version: 2017-09-29\n' > repo/libs/empty/mos.yml
    printf 'type: lib\nmanifest_version: 2017-09-29\nconfig_schema:\n  - ["debug.level", 1]\n' > repo/libs/boards/mos.yml
}

make_application() {
    mkdir -p app/src app/fs
    cat > app/mos.yml <<'EOF'
author: mongoose-os
description: A Mongoose OS app skeleton
version: 1.0
libs_version: ${mos.version}
sources:
  - src
filesystem:
  - fs
build_vars:
  FLAVOUR: sweet
cdefs:
  FLAVOUR: "\"${build_vars.FLAVOUR} on ${platform}\""
config_schema:
  - ["debug.level", 3]
  - ["app.address", "i", 0x60, {title: "Address"}]
libs:
  - origin: https://github.com/mongoose-os-libs/boards
  - origin: https://github.com/mongoose-os-libs/empty
  - location: https://github.com/mongoose-os-libs/alpha.git
manifest_version: 2017-09-29
EOF
    cat > app/src/main.c <<'EOF'
#include <stdio.h>
#include "mgos_config.h"
void app_main(void);
void app_main(void)
{
    printf("level %d address %d id %s\n", mgos_sys_config_get_debug_level(), mgos_sys_config_get_app_address(),
           mgos_sys_config_get_device_id());
    printf("rate %.1f size %u text %s\n", mgos_sys_config_get_alpha_rate(), mgos_sys_config_get_alpha_size(),
           mgos_sys_config_get_alpha_inner_text());
    const struct mgos_config_alpha *other = mgos_sys_config_get_alpha1();
    printf("alpha %d alpha1 %d %s\n", mgos_sys_config_get_alpha_on(), other->on, other->inner.text);
    mgos_sys_config_set_debug_level(4);
    printf("now %d, default %d\n", mgos_sys_config_get_debug_level(), mgos_sys_config_get_default_debug_level());
#if defined(MGOS_CONFIG_HAVE_ALPHA1_ON) && defined(MGOS_SYS_CONFIG_HAVE_DEBUG_LEVEL) && MGOS_HAVE_ALPHA && MGOS_HAVE_EMPTY
    puts(FLAVOUR " " MGOS_APP);
#endif
}
EOF
    echo from-app > app/fs/index.html
}
