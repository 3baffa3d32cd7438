/* See http_file.h. A hidden file is not found: an outsider learns nothing from the answer. */

#include "http_file.h"

#include <string.h>

#include "common/cs_dbg.h"
#include "http_key_file.h"
#include "http_path.h"

static bool may_serve(const struct http_file_rules *rules, const char *name, struct http_file *file)
{
    int32_t size;

    if (http_name_is_hidden(name, rules->hidden_files))
        return false;
    size = storage_size(name);
    if (size < 0)
        return false;
    if (http_file_holds_a_key(name, (uint32_t)size)) {
        LOG(LL_WARN, ("%s looks like a private or secret key: not served", name));
        return false;
    }
    memmove(file->name, name, strlen(name) + 1);
    file->size = (uint32_t)size;
    return true;
}

static bool find_index(const struct http_file_rules *rules, struct http_file *file)
{
    const char *names =
        rules->index_files && *rules->index_files ? rules->index_files : "index.html,index.htm";

    while (*names != '\0') {
        size_t length = strcspn(names, ",");
        char name[STORAGE_NAME_MAX + 1];

        if (length > 0 && length < sizeof name) {
            memcpy(name, names, length);
            name[length] = '\0';
            if (may_serve(rules, name, file))
                return true;
        }
        names += length + (names[length] == ',');
    }
    return false;
}

bool http_file_find(const struct http_file_rules *rules, struct mg_str path, struct http_file *file)
{
    char name[STORAGE_NAME_MAX + 1];

    if (rules->document_root == NULL || strcmp(rules->document_root, "/") != 0)
        return false;
    if (path.len == 1)
        return find_index(rules, file);
    /* The file system is flat (os/storage.h): a name has no '/', and so no way up. */
    if (path.len - 1 > STORAGE_NAME_MAX || memchr(path.p + 1, '/', path.len - 1) != NULL)
        return false;
    memcpy(name, path.p + 1, path.len - 1);
    name[path.len - 1] = '\0';
    return may_serve(rules, name, file);
}
