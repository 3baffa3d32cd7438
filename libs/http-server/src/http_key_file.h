/* Which files hold keys, whatever their names: what the server never gives away (README.md, "Closed by default").
 */
#ifndef HTTP_KEY_FILE_H
#define HTTP_KEY_FILE_H

#include <stdbool.h>
#include <stdint.h>

/* Does the file, of `size` bytes, look like one that holds a private or secret key? True also when it cannot be
 * read. */
bool http_file_holds_a_key(const char *name, uint32_t size);

#endif
