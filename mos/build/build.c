/* One build, from the manifest to fw.zip. */

#include "build.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build_log.h"
#include "bundle.h"
#include "composition.h"
#include "config_writer.h"
#include "fail.h"
#include "generated_file.h"
#include "generated_sources.h"
#include "ninja_file.h"
#include "program.h"
#include "source_files.h"

struct build {
    const struct build_request *request;
    struct arena arena;
    struct composition composition;
    struct build_version version;
    struct build_log log;
    const char *dir, *gen_dir; /* absolute */
    struct build_error *error;
};

static const char *in(struct build *build, const char *folder, const char *name)
{
    return arena_format(&build->arena, "%s/%s", folder, name);
}

/* --- folders
 * --------------------------------------------------------------------------------------------------- */

/* An absolute path for `wanted`, made if need be; NULL after an error. */
static const char *folder(struct build *build, const char *wanted)
{
    char resolved[PATH_MAX];
    if (!make_folder(wanted, build->error))
        return NULL;
    if (realpath(wanted, resolved))
        return arena_string(&build->arena, resolved);
    build_fail(build->error, "cannot use the folder %s: %s", wanted, strerror(errno));
    return NULL;
}

/* Only what builds make: the folder may be anybody's. */
static bool clean(struct build *build)
{
    static const char *const made[] = {"objs", "gen", "fs", "fw", "fw.zip", "build.log"};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        if (!remove_folder(in(build, build->dir, made[i]), build->error))
            return false;
    }
    return true;
}

static bool prepare_folders(struct build *build)
{
    const struct build_request *request = build->request;
    const char *wanted =
        request->build_dir ? request->build_dir : in(build, build->composition.app->dir, "build");
    build->dir = folder(build, wanted);
    if (!build->dir || (request->clean && !clean(build)))
        return false;
    build->gen_dir = folder(build, request->gen_dir ? request->gen_dir : in(build, build->dir, "gen"));
    return build->gen_dir && folder(build, in(build, build->dir, "objs")) &&
           folder(build, in(build, build->dir, "fw"));
}

/* --- generated sources
 * ----------------------------------------------------------------------------------------- */

static struct config_node *merge_schemas(struct build *build)
{
    struct composition *composition = &build->composition;
    struct config_node *root = config_schema_new(&build->arena);
    if (composition->platform.schema &&
        !config_schema_add(&build->arena, root, composition->platform.schema, false, build->error))
        return NULL;
    for (size_t i = 0; i <= composition->lib_count; i++) {
        bool is_app = i == composition->lib_count;
        const struct manifest *manifest =
            is_app ? &composition->app->manifest : &composition->libs[i]->manifest;
        for (size_t j = 0; j < manifest->schema_count; j++) {
            if (!config_schema_add(&build->arena, root, manifest->schemas[j], !is_app, build->error))
                return NULL;
        }
    }
    return config_schema_check(&build->arena, root, build->error) ? root : NULL;
}

static bool generate_config(struct build *build)
{
    struct config_node *root = merge_schemas(build);
    if (!root)
        return false;
    struct generated_file header;
    generated_file_begin(&header);
    config_write_header(header.stream, root);
    bool written = generated_file_end(&header, in(build, build->gen_dir, "mgos_config.h"), build->error);

    struct generated_file source;
    generated_file_begin(&source);
    config_write_source(source.stream, root);
    written =
        generated_file_end(&source, in(build, build->gen_dir, "mgos_config.c"), build->error) && written;

    struct generated_file json;
    generated_file_begin(&json);
    if (!config_write_json(json.stream, root))
        build_fail(build->error, "cannot write mgos_config_schema.json: out of memory");
    return generated_file_end(&json, in(build, build->gen_dir, "mgos_config_schema.json"), build->error) &&
           written && build->error->text[0] == '\0';
}

static bool generate_rest(struct build *build)
{
    struct generated_file deps;
    generated_file_begin(&deps);
    write_deps_init(deps.stream, &build->composition);
    bool written = generated_file_end(&deps, in(build, build->gen_dir, "mgos_deps_init.c"), build->error);

    struct generated_file info;
    generated_file_begin(&info);
    write_build_info(info.stream, &build->composition, &build->version);
    written = generated_file_end(&info, in(build, build->gen_dir, "build_info.c"), build->error) && written;

    struct generated_file json;
    generated_file_begin(&json);
    written = write_build_info_json(json.stream, &build->version) && written;
    written =
        generated_file_end(&json, in(build, build->gen_dir, "build_info.json"), build->error) && written;

    struct generated_file manifest;
    generated_file_begin(&manifest);
    write_final_manifest(manifest.stream, &build->composition, &build->version);
    return generated_file_end(&manifest, in(build, build->gen_dir, "mos_final.yml"), build->error) && written;
}

/* --- the plan
 * -------------------------------------------------------------------------------------------------- */

static bool add_module(struct build *build, struct ninja_plan *plan, const struct module *module)
{
    struct arena *arena = &build->arena;
    for (size_t i = 0; i < module->manifest.includes.count; i++) {
        const char *include = module->manifest.includes.items[i];
        string_list_add(arena, &plan->includes,
                        include[0] == '/' ? include : arena_format(arena, "%s/%s", module->dir, include));
    }
    return source_files(arena, module->dir, &module->manifest.sources, &plan->sources, build->error);
}

static bool make_plan(struct build *build, struct ninja_plan *plan)
{
    struct arena *arena = &build->arena;
    const struct composition *composition = &build->composition;
    *plan =
        (struct ninja_plan){.composition = composition, .build_dir = build->dir, .gen_dir = build->gen_dir};
    for (size_t i = 0; i < build->request->cflags_extra_count; i++)
        string_list_add(arena, &plan->cflags_extra, build->request->cflags_extra[i]);
    string_list_add(arena, &plan->includes, build->gen_dir);
    for (size_t i = 0; i < composition->platform.includes.count; i++) {
        const char *include = composition->platform.includes.items[i];
        string_list_add(arena, &plan->includes,
                        include[0] == '/' ? include
                                          : arena_format(arena, "%s/%s", composition->repo, include));
    }
    if (!add_module(build, plan, composition->app))
        return false;
    if (plan->sources.count == 0)
        return build_fail(build->error, "%s/mos.yml: `sources` holds no C file", composition->app->dir);
    for (size_t i = 0; i < composition->lib_count; i++) {
        if (!add_module(build, plan, composition->libs[i]))
            return false;
    }
    static const char *const generated[] = {"mgos_config.c", "mgos_deps_init.c", "build_info.c"};
    for (size_t i = 0; i < sizeof generated / sizeof *generated; i++)
        string_list_add(arena, &plan->sources, in(build, build->gen_dir, generated[i]));
    return source_files(arena, composition->repo, &composition->platform.sources, &plan->sources,
                        build->error);
}

static bool write_plan(struct build *build)
{
    struct ninja_plan plan;
    if (!make_plan(build, &plan))
        return false;
    build_log_line(&build->log, "Sources: [%s]", string_list_join(&build->arena, &plan.sources, " "));
    build_log_line(&build->log, "Include dirs: [%s]", string_list_join(&build->arena, &plan.includes, " "));
    struct generated_file ninja;
    generated_file_begin(&ninja);
    ninja_write(ninja.stream, &plan);
    return generated_file_end(&ninja, in(build, build->gen_dir, "build.ninja"), build->error);
}

/* --- running it
 * ------------------------------------------------------------------------------------------------ */

static bool compile(struct build *build)
{
    char jobs[16];
    const char *file = in(build, build->gen_dir, "build.ninja");
    char *argv[] = {"ninja", "-f", (char *)file, NULL, NULL, NULL};
    if (build->request->parallelism > 0) {
        snprintf(jobs, sizeof jobs, "%d", build->request->parallelism);
        argv[3] = "-j";
        argv[4] = jobs;
    }
    build_log_line(&build->log, "Building %s...", build->composition.app->name);
    int status = program_run(build->dir, argv, build_log_bytes, &build->log);
    if (status == 0)
        return true;
    build_log_show(&build->log);
    if (status == 127)
        return build_fail(build->error,
                          "ninja cannot be started; install the package ninja-build (the log is in %s)",
                          build->log.path);
    return build_fail(build->error,
                      "the firmware does not compile: ninja ended with status %d; the compiler's messages "
                      "are above and in %s",
                      status, build->log.path);
}

static bool pack(struct build *build)
{
    const char *staging = in(build, build->dir, "fs"), *elf = in(build, build->dir, "objs/fw.elf");
    const char *archive = in(build, build->dir, "fw.zip");
    if (!stage_filesystem(&build->arena, &build->composition, staging, build->error) ||
        !bundle_write(archive, build->composition.app->name, build->composition.platform.name,
                      &build->version, elf, staging, build->error))
        return false;
    build_log_line(&build->log, "Success, built %s/%s version %s (%s).", build->composition.app->name,
                   build->composition.platform.name, build->version.version, build->version.id);
    report("Firmware saved to %s", archive);
    return true;
}

static void show_warnings(struct build *build, const struct module *module)
{
    for (size_t i = 0; i < module->manifest.warnings.count; i++)
        report("Warning: %s", module->manifest.warnings.items[i]);
}

static bool check_names(struct build *build)
{
    const char *name = build->composition.app->name;
    if (name[0] == '\0' || name[0] == '.' || strpbrk(name, "/ \t\n\"'\\"))
        return build_fail(build->error,
                          "%s: `%s` is no name for an application: no spaces, quotes or slashes, please",
                          build->composition.app->root->file, name);
    const char *version = build->composition.app->manifest.version;
    if (version && strpbrk(version, "/ \t\n\"'\\"))
        return build_fail(build->error, "%s: `%s` is no version: no spaces, quotes or slashes, please",
                          build->composition.app->root->file, version);
    return true;
}

static bool run_steps(struct build *build)
{
    if (!compose(&build->arena, build->request, &build->composition, build->error) || !check_names(build))
        return false;
    show_warnings(build, build->composition.app);
    for (size_t i = 0; i < build->composition.lib_count; i++)
        show_warnings(build, build->composition.libs[i]);
    if (!prepare_folders(build) || !build_log_open(&build->log, in(build, build->dir, "build.log"),
                                                   build->request->verbose, build->error))
        return false;
    build->version = build_version_of(&build->arena, build->composition.app->dir,
                                      build->composition.app->manifest.version);
    if (!generate_config(build) || !generate_rest(build) || !write_plan(build))
        return false;
    return build->request->dry_run || (compile(build) && pack(build));
}

bool build_run(const struct build_request *request, struct build_error *error)
{
    struct build build = {.request = request, .error = error};
    bool built = run_steps(&build);
    build_log_close(&build.log);
    arena_release(&build.arena);
    return built;
}
