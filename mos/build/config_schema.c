/* Merging configuration schemas. */

#include "config_schema.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

enum { MAX_MEMBERS = 4096, MAX_DEPTH = 16, MAX_STRUCT_SIZE = 65535 };

const char *config_type_name(enum config_type type)
{
    static const char *const names[] = {"o", "i", "ui", "b", "f", "d", "s"};
    return names[type];
}

struct config_node *config_schema_new(struct arena *arena)
{
    struct config_node *root = arena_alloc(arena, sizeof *root);
    root->key = root->path = root->c_name = "";
    return root;
}

static struct config_node *member(const struct config_node *object, const char *key, size_t length)
{
    for (size_t i = 0; i < object->member_count; i++) {
        const char *name = object->members[i]->key;
        if (strncmp(name, key, length) == 0 && name[length] == '\0')
            return object->members[i];
    }
    return NULL;
}

struct config_node *config_schema_find(struct config_node *root, const char *path)
{
    struct config_node *node = root;
    while (node && *path != '\0') {
        size_t length = strcspn(path, ".");
        node = member(node, path, length);
        path += length;
        path += *path == '.';
    }
    return node;
}

/* --- growing the tree
 * ------------------------------------------------------------------------------------------ */

static struct config_node *append(struct arena *arena, struct config_node *object, const char *key,
                                  enum config_type type)
{
    struct config_node *node = arena_alloc(arena, sizeof *node);
    node->type = type;
    node->key = key;
    node->parent = object;
    node->string = "";
    node->path = object->parent ? arena_format(arena, "%s.%s", object->path, key) : key;
    node->c_name = object->parent ? arena_format(arena, "%s_%s", object->c_name, key) : key;
    if ((object->member_count & (object->member_count - 1)) == 0) { /* full at every power of two */
        struct config_node **members =
            arena_alloc(arena, (object->member_count ? 2 * object->member_count : 1) * sizeof *members);
        if (object->member_count > 0)
            memcpy(members, object->members, object->member_count * sizeof *members);
        object->members = members;
    }
    object->members[object->member_count++] = node;
    return node;
}

static void copy_value(struct config_node *to, const struct config_node *from)
{
    to->type = from->type;
    to->params = from->params;
    to->integer = from->integer;
    to->number = from->number;
    to->string = from->string;
}

static void copy_members(struct arena *arena, struct config_node *to, struct config_node *from)
{
    for (size_t i = 0; i < from->member_count; i++) {
        struct config_node *node = append(arena, to, from->members[i]->key, from->members[i]->type);
        copy_value(node, from->members[i]);
        node->copy_of = from->members[i];
        copy_members(arena, node, from->members[i]);
    }
}

/* Gives every copy below `object` the members that its original has got since. False: there were none. */
static bool update_copies(struct arena *arena, struct config_node *object)
{
    const struct config_node *original = object->copy_of;
    bool changed = false;
    for (size_t i = 0; original && i < original->member_count; i++) {
        if (i == object->member_count) {
            struct config_node *added =
                append(arena, object, original->members[i]->key, original->members[i]->type);
            copy_value(added, original->members[i]);
            added->copy_of = original->members[i];
            changed = true;
        } else if (object->members[i]->type != original->members[i]->type) {
            copy_value(object->members[i], original->members[i]);
            changed = true;
        }
    }
    for (size_t i = 0; i < object->member_count; i++)
        changed |= update_copies(arena, object->members[i]);
    return changed;
}

static size_t count_nodes(const struct config_node *object)
{
    size_t count = 1;
    for (size_t i = 0; i < object->member_count; i++)
        count += count_nodes(object->members[i]);
    return count;
}

static const struct config_node *structure_of(const struct config_node *object)
{
    while (object->copy_of)
        object = object->copy_of;
    return object;
}

/* Does an `object` hold, at any depth, a structure like that of `other`? */
static bool contains(const struct config_node *object, const struct config_node *other)
{
    if (structure_of(object) == structure_of(other))
        return true;
    for (size_t i = 0; i < object->member_count; i++) {
        if (object->members[i]->type == CONFIG_OBJECT && contains(object->members[i], other))
            return true;
    }
    return false;
}

/* --- names
 * ----------------------------------------------------------------------------------------------------- */

static bool is_keyword(const char *word, size_t length)
{
    static const char keywords[] = " alignas alignof and and_eq asm atomic_cancel auto bitand bitor bool "
                                   "break case catch char char16_t char32_t char8_t class "
                                   "compl concept const const_cast consteval constexpr constinit continue "
                                   "co_await co_return co_yield decltype default delete do "
                                   "double dynamic_cast else enum explicit export extern false float for "
                                   "friend goto if inline int long mutable "
                                   "namespace new noexcept not not_eq nullptr operator or or_eq private "
                                   "protected public register reinterpret_cast "
                                   "requires restrict return short signed sizeof static static_assert "
                                   "static_cast struct switch template this "
                                   "thread_local throw true try typedef typeid typename union unsigned using "
                                   "virtual void volatile wchar_t while xor xor_eq ";
    for (const char *at = strchr(keywords, ' '); at && at[1] != '\0'; at = strchr(at + 1, ' ')) {
        if (strncmp(at + 1, word, length) == 0 && at[1 + length] == ' ')
            return true;
    }
    return false;
}

static bool check_path(const struct yaml_node *entry, const char *path, struct build_error *error)
{
    const char *rest = path;
    for (int depth = 1;; depth++) {
        size_t length = strcspn(rest, ".");
        size_t legal = strspn(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        if (length == 0 || legal < length || (rest[0] >= '0' && rest[0] <= '9'))
            return build_fail(
                error,
                "%s:%u: `%s` is no name for a configuration key: its parts are letters, digits and `_`",
                entry->file, entry->line, path);
        if (is_keyword(rest, length))
            return build_fail(error,
                              "%s:%u: `%s`: %.*s is a word of C or C++ and cannot be the name of a key",
                              entry->file, entry->line, path, (int)length, rest);
        if (depth > MAX_DEPTH)
            return build_fail(error, "%s:%u: `%s` is nested too deeply", entry->file, entry->line, path);
        if (rest[length] == '\0')
            return true;
        rest += length + 1;
    }
}

/* The node at `path`, made (as a `type`, with its parents) if it is not there. NULL after an error. */
static struct config_node *make_node(struct arena *arena, struct config_node *root,
                                     const struct yaml_node *entry, const char *path, enum config_type type,
                                     struct build_error *error)
{
    struct config_node *node = root;
    for (const char *rest = path; *rest != '\0';) {
        size_t length = strcspn(rest, ".");
        bool last = rest[length] == '\0';
        enum config_type wanted = last ? type : CONFIG_OBJECT;
        struct config_node *next = member(node, rest, length);
        if (!next && node->copy_of) {
            build_fail(error, "%s:%u: `%s` cannot be added: `%s` is a copy of `%s`, add it there",
                       entry->file, entry->line, path, node->path, node->copy_of->path);
            return NULL;
        }
        if (!next)
            next = append(arena, node, arena_copy(arena, rest, length), wanted);
        if (next->type != wanted &&
            (next->type == CONFIG_OBJECT || wanted == CONFIG_OBJECT || next->copy_of)) {
            build_fail(error, "%s:%u: `%s` is already there with type \"%s\"", entry->file, entry->line,
                       next->path, config_type_name(next->type));
            return NULL;
        }
        node = next;
        rest += length + !last;
    }
    return node;
}

/* --- defaults
 * -------------------------------------------------------------------------------------------------- */

static bool wrong_default(const struct config_node *node, const struct yaml_node *value,
                          struct build_error *error)
{
    static const char *const expected[] = {
        "no default",
        "a whole number of 32 bits",
        "a whole number from 0 to 4294967295",
        "true or false",
        "a number",
        "a number",
        "a text in quotes",
    };
    return build_fail(error, "%s:%u: %s: Invalid default value type: `%s` where \"%s\" wants %s", value->file,
                      value->line, node->path, value->kind == YAML_SCALAR ? value->text : "a list or map",
                      config_type_name(node->type), expected[node->type]);
}

static bool set_default(struct config_node *node, const struct yaml_node *value, struct build_error *error)
{
    if (value->kind != YAML_SCALAR)
        return wrong_default(node, value, error);
    enum yaml_type type = yaml_type(value);
    bool fits;
    switch (node->type) {
    case CONFIG_INT:
        fits = type == YAML_INTEGER && yaml_integer(value, &node->integer) && node->integer >= INT_MIN &&
               node->integer <= INT_MAX;
        break;
    case CONFIG_UNSIGNED:
        fits = type == YAML_INTEGER && yaml_integer(value, &node->integer) && node->integer >= 0 &&
               node->integer <= UINT_MAX;
        break;
    case CONFIG_BOOL:
        node->integer = yaml_bool(value);
        fits = type == YAML_BOOL;
        break;
    case CONFIG_FLOAT:
    case CONFIG_DOUBLE:
        node->number = yaml_number(value);
        fits = (type == YAML_INTEGER || type == YAML_FLOAT) && isfinite(node->number) &&
               (node->type == CONFIG_DOUBLE || fabs(node->number) <= FLT_MAX);
        break;
    case CONFIG_STRING:
        node->string = value->text;
        fits = type == YAML_STRING;
        break;
    default:
        fits = false;
    }
    return fits || wrong_default(node, value, error);
}

static void clear_default(struct config_node *node)
{
    node->integer = 0;
    node->number = 0;
    node->string = "";
}

/* --- entries
 * --------------------------------------------------------------------------------------------------- */

static bool type_from_name(const char *name, enum config_type *type)
{
    for (*type = CONFIG_OBJECT; *type <= CONFIG_STRING; (*type)++) {
        if (strcmp(name, config_type_name(*type)) == 0)
            return true;
    }
    return false;
}

static bool override(struct config_node *root, const struct yaml_node *entry, bool forgive_unknown,
                     struct build_error *error)
{
    const char *path = entry->items[0]->text;
    struct config_node *node = config_schema_find(root, path);
    if (!node && forgive_unknown)
        return true;
    if (!node)
        return build_fail(error,
                          "%s:%u: `%s` is no configuration key of this firmware: name the library that has "
                          "it in `libs:`, or give "
                          "the entry a type",
                          entry->file, entry->line, path);
    return set_default(node, entry->items[1], error);
}

static bool too_many(struct build_error *error)
{
    return build_fail(error, "the configuration has more than %d keys", MAX_MEMBERS);
}

static bool add_copy(struct arena *arena, struct config_node *root, const struct yaml_node *entry,
                     struct build_error *error)
{
    const char *path = entry->items[0]->text, *of = entry->items[1]->text;
    struct config_node *original = config_schema_find(root, of);
    if (!original || original->type != CONFIG_OBJECT || original == root)
        return build_fail(error,
                          "%s:%u: `%s` has the type \"%s\", which is neither i, ui, b, f, d, s, o nor the "
                          "path of an object",
                          entry->file, entry->line, path, of);
    if (config_schema_find(root, path))
        return build_fail(error, "%s:%u: `%s` is already there and cannot become a copy of `%s`", entry->file,
                          entry->line, path, of);
    if (count_nodes(root) + count_nodes(original) > MAX_MEMBERS)
        return too_many(error);
    struct config_node *copy = make_node(arena, root, entry, path, CONFIG_OBJECT, error);
    if (!copy)
        return false;
    for (const struct config_node *above = copy->parent; above->parent; above = above->parent) {
        if (contains(original, above))
            return build_fail(error, "%s:%u: `%s` cannot be a copy of `%s`, which holds what it is in",
                              entry->file, entry->line, path, of);
    }
    copy->copy_of = original;
    copy->params = entry->items[entry->count - 1];
    copy_members(arena, copy, original);
    return true;
}

static bool set_abstract(struct config_node *node, const struct yaml_node *params, struct build_error *error)
{
    const struct yaml_node *abstract = yaml_get(params, "abstract");
    if (!abstract || abstract->kind != YAML_SCALAR || !yaml_bool(abstract))
        return true;
    if (node->type != CONFIG_OBJECT || !node->parent || node->parent->parent)
        return build_fail(error, "%s:%u: `%s` cannot be abstract: only objects at the top can", params->file,
                          params->line, node->path);
    node->abstract = true;
    return true;
}

static bool define(struct arena *arena, struct config_node *root, const struct yaml_node *entry,
                   struct build_error *error)
{
    const struct yaml_node *params = entry->items[entry->count - 1];
    const char *path = entry->items[0]->text;
    enum config_type type;
    if (entry->items[1]->kind != YAML_SCALAR || params->kind != YAML_MAP)
        return build_fail(
            error, "%s:%u: `%s`: an entry is [key, type, {title: …}] or [key, type, default, {title: …}]",
            entry->file, entry->line, path);
    if (!type_from_name(entry->items[1]->text, &type))
        return add_copy(arena, root, entry, error);
    struct config_node *node = make_node(arena, root, entry, path, type, error);
    if (!node)
        return false;
    node->type = type;
    node->params = params;
    if (type == CONFIG_OBJECT && entry->count == 4)
        return build_fail(error, "%s:%u: `%s` is an object and has no default", entry->file, entry->line,
                          path);
    if (type != CONFIG_OBJECT)
        clear_default(node);
    if (entry->count == 4 && !set_default(node, entry->items[2], error))
        return false;
    return set_abstract(node, params, error);
}

static bool add_entry(struct arena *arena, struct config_node *root, const struct yaml_node *entry,
                      bool forgive_unknown, struct build_error *error)
{
    if (entry->kind != YAML_LIST)
        return build_fail(error, "%s:%u: an entry of config_schema is a list such as [\"debug.level\", 3]",
                          entry->file, entry->line);
    if (entry->count < 2 || entry->count > 4)
        return build_fail(
            error, "%s:%u: Invalid entry length: %zu (entry: %s)", entry->file, entry->line, entry->count,
            entry->count > 0 && entry->items[0]->kind == YAML_SCALAR ? entry->items[0]->text : "?");
    if (entry->items[0]->kind != YAML_SCALAR)
        return build_fail(error, "%s:%u: an entry begins with its key, such as \"debug.level\"", entry->file,
                          entry->line);
    if (!check_path(entry, entry->items[0]->text, error))
        return false;
    if (entry->count == 2)
        return override(root, entry, forgive_unknown, error);
    if (!define(arena, root, entry, error))
        return false;
    while (update_copies(arena, root) && count_nodes(root) <= MAX_MEMBERS)
        ; /* a copy of a copy may need another turn */
    return count_nodes(root) <= MAX_MEMBERS || too_many(error);
}

bool config_schema_add(struct arena *arena, struct config_node *root, const struct yaml_node *list,
                       bool forgive_unknown, struct build_error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!add_entry(arena, root, list->items[i], forgive_unknown, error))
            return false;
    }
    return true;
}

/* --- the whole
 * ------------------------------------------------------------------------------------------------- */

/* All nodes but the root. False: too many. */
static bool collect(struct config_node *object, struct config_node **nodes, size_t *count)
{
    for (size_t i = 0; i < object->member_count; i++) {
        if (*count == MAX_MEMBERS)
            return false;
        nodes[(*count)++] = object->members[i];
        if (!collect(object->members[i], nodes, count))
            return false;
    }
    return true;
}

bool config_schema_check(struct arena *arena, struct config_node *root, struct build_error *error)
{
    struct config_node **nodes = arena_alloc(arena, MAX_MEMBERS * sizeof *nodes);
    size_t count = 0;
    /* 8 bytes a member at most, so the offsets fit their 16 bits. */
    if (!collect(root, nodes, &count) || count * 8 > MAX_STRUCT_SIZE)
        return too_many(error);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            if (strcmp(nodes[i]->c_name, nodes[j]->c_name) == 0)
                return build_fail(error, "the configuration keys `%s` and `%s` have the same name in C",
                                  nodes[i]->path, nodes[j]->path);
        }
    }
    return true;
}
