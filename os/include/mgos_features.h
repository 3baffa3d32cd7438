/* Which optional parts this system has. Applications ask with #if; what is 0 is not declared anywhere. */
#ifndef MGOS_FEATURES_H
#define MGOS_FEATURES_H

#define MGOS_ENABLE_DEBUG_UDP 0
#define MGOS_ENABLE_BITBANG   0

#define MGOS_RECV_MBUF_LIMIT 3072

/* "my-app"; `mos build` sets it. */
#ifndef MGOS_APP
#define MGOS_APP "unnamed"
#endif

#endif
