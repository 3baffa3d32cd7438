/* Forwards to frozen.h, which has JSON_OUT_MBUF. */
#include "frozen.h"
