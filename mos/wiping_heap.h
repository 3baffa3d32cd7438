/* Memory for JSON values, wiped when released: frames to the secure element carry keys. */
#ifndef MOS_WIPING_HEAP_H
#define MOS_WIPING_HEAP_H

/* Makes jansson use it; before any JSON value exists. */
void wiping_heap_install(void);

#endif
