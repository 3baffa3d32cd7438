/* Expanding variables, deciding conditions. */

#include "variables.h"

#include <string.h>

enum { MAX_LENGTH = 64 * 1024 };

static const char *no_such_variable(const struct yaml_node *where, const char *name,
                                    struct build_error *error)
{
    build_fail(error,
               "%s:%u: there is no variable `%s`; known are mos.version, mos.platform, platform, "
               "build_vars.NAME and "
               "mos.modules.NAME.path",
               where->file, where->line, name);
    return NULL;
}

const char *variables_expand(struct arena *arena, const struct variables *variables,
                             const struct yaml_node *scalar, struct build_error *error)
{
    const char *rest = scalar->text, *open;
    char *result = arena_string(arena, "");
    while ((open = strstr(rest, "${")) != NULL) {
        const char *close = strchr(open, '}');
        if (!close)
            break;
        const char *name = arena_copy(arena, open + 2, (size_t)(close - open - 2));
        const char *value = string_map_get(&variables->values, name);
        if (!value && !variables->lenient)
            return no_such_variable(scalar, name, error);
        if (!value)
            value = arena_copy(arena, open, (size_t)(close + 1 - open));
        result = arena_format(arena, "%s%.*s%s", result, (int)(open - rest), rest, value);
        rest = close + 1;
        if (strlen(result) > MAX_LENGTH) {
            build_fail(error, "%s:%u: grows beyond all bounds when its variables are replaced", scalar->file,
                       scalar->line);
            return NULL;
        }
    }
    return arena_format(arena, "%s%s", result, rest);
}

/* One operand: a quoted string, or a variable (empty when there is none). */
static const char *operand(struct arena *arena, const struct variables *variables, const char *word)
{
    size_t length = strlen(word);
    if (length >= 2 && (word[0] == '"' || word[0] == '\'') && word[length - 1] == word[0])
        return arena_copy(arena, word + 1, length - 2);
    const char *value = string_map_get(&variables->values, word);
    return value ? value : "";
}

static size_t split(struct arena *arena, const char *text, const char *words[4])
{
    char *save = NULL, *copy = arena_string(arena, text);
    size_t count = 0;
    for (char *word = strtok_r(copy, " \t\n", &save); word && count < 4;
         word = strtok_r(NULL, " \t\n", &save))
        words[count++] = word;
    return count;
}

static bool is_true(const char *value)
{
    return value[0] != '\0' && strcmp(value, "0") != 0 && strcmp(value, "false") != 0;
}

bool variables_hold(struct arena *arena, const struct variables *variables, const struct yaml_node *condition,
                    struct build_error *error)
{
    const char *words[4];
    size_t count = condition->kind == YAML_SCALAR ? split(arena, condition->text, words) : 0;
    if (count == 1) {
        size_t length = strlen(words[0]);
        if (strncmp(words[0], "defined(", 8) == 0 && words[0][length - 1] == ')')
            return string_map_get(&variables->values, arena_copy(arena, words[0] + 8, length - 9)) != NULL;
        return is_true(operand(arena, variables, words[0]));
    }
    if (count == 3 && (strcmp(words[1], "==") == 0 || strcmp(words[1], "!=") == 0)) {
        bool same = strcmp(operand(arena, variables, words[0]), operand(arena, variables, words[2])) == 0;
        return same == (words[1][0] == '=');
    }
    return build_fail(
        error,
        "%s:%u: cannot understand the condition; it may be `defined(name)`, `name == \"value\"` or "
        "`name != \"value\"`",
        condition->file, condition->line);
}
