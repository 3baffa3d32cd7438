/* Forwards to mg_str.h. */
#include "../mg_str.h"
