/* Which file of the board answers a path, and whether it may leave the board. */
#ifndef HTTP_FILE_H
#define HTTP_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "mg_str.h"
#include "storage.h"

struct http_file_rules {
    const char *document_root; /* "/"; NULL or "": no files */
    const char *index_files;   /* comma separated; NULL or "": index.html,index.htm */
    const char *hidden_files;  /* pattern, may be NULL */
};

struct http_file {
    char name[STORAGE_NAME_MAX + 1];
    uint32_t size;
};

/* False: nothing to serve there, which includes what is hidden. */
bool http_file_find(const struct http_file_rules *rules, struct mg_str path, struct http_file *file);

#endif
