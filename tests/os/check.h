/* cmocka, with what it needs included before it. */
#ifndef TESTS_OS_CHECK_H
#define TESTS_OS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#endif
