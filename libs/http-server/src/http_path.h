/* From the target of a request to a name: decoding, and which names the server keeps to itself. */
#ifndef HTTP_PATH_H
#define HTTP_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "mg_str.h"

/* Splits `target` ("/a%20b?x=1", "http://host/a") into the decoded path and the query; decodes in place.
 * False: not a path, a broken escape, or one that hides a NUL. */
bool http_path_decode(char *target, size_t length, struct mg_str *path, struct mg_str *query);

/* Is a file of this name never to be served? `patterns`: http.hidden_files, may be NULL. */
bool http_name_is_hidden(const char *name, const char *patterns);

/* By the extension of `name`. */
const char *http_content_type(const char *name);

/* Does `uri` answer `path`: the same, or above it? */
bool http_path_is_below(struct mg_str path, const char *uri);

#endif
