/* Start-up of the library: there is nothing to configure; what is logged tells the firmware's TLS apart. */

#include <stdbool.h>

#include "common/cs_dbg.h"

bool mgos_tls_init(void);

bool mgos_tls_init(void)
{
    LOG(LL_INFO, ("TLS 1.2 by BearSSL"));
    return true;
}
