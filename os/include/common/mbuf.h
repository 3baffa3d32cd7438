/* Forwards to mbuf.h. */
#include "../mbuf.h"
