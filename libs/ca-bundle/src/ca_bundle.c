/* The library is one file, ca.pem; there is nothing to start. */

#include <stdbool.h>

bool mgos_ca_bundle_init(void);

bool mgos_ca_bundle_init(void)
{
    return true;
}
